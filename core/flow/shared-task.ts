// One piece of work for all callers that need its result at the same time: many uploads start, and one token is fetched.
import { isAbort } from '../errors.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Runs at most one task at a time. A failure is thrown to all callers that wait, and the next caller starts the task again. */
export class SharedTask<T> {
  #running: Promise<T> | null = null;

  /** Waits for the task under way, or starts it. When the caller that started it is cancelled, another that waits starts it again. */
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
