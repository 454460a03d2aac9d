// One piece of work for all who need its result at the same time: many uploads start, one token is fetched.
import { isAbort } from '../errors.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Runs at most one at a time; a failure is told to all who wait, and the next caller starts anew. */
export class SharedTask<T> {
  #running: Promise<T> | null = null;

  /** Joins the work under way or starts it. When the one who started it cancels, another who still waits starts it again. */
  async run(start: () => Promise<T>, options: Cancellable): Promise<T> {
    for (;;) {
      options.signal.throwIfAborted();
      const joined = this.#running !== null;
      this.#running ??= start().finally(() => {
        this.#running = null;
      });
      try {
        return await this.#running;
      } catch (error) {
        if (joined && isAbort(error) && !options.signal.aborted) continue;
        throw error;
      }
    }
  }
}
