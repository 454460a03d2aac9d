// Where a run waits while a person has paused it: before its next step. Steps under way are finished.
import type { Cancellable } from '../ports/cancellable.js';

/** Steps of a run pass through it; while it is closed they wait. */
export class PauseGate {
  readonly #onChange: (isPaused: boolean) => void;
  #waiting: { readonly opened: Promise<void>; readonly open: () => void } | null = null;

  /** `onChange` is called once for each change, with the new state. */
  constructor(onChange: (isPaused: boolean) => void) {
    this.#onChange = onChange;
  }

  get isPaused(): boolean {
    return this.#waiting !== null;
  }

  pause(): void {
    if (this.#waiting) return;
    let open!: () => void;
    const opened = new Promise<void>((resolve) => (open = resolve));
    this.#waiting = { opened, open };
    this.#onChange(true);
  }

  resume(): void {
    if (!this.#waiting) return;
    const { open } = this.#waiting;
    this.#waiting = null;
    open();
    this.#onChange(false);
  }

  /** Resolves at once unless paused; a cancelled run does not wait. */
  async passed({ signal }: Cancellable): Promise<void> {
    while (this.#waiting && !signal.aborted) {
      const { opened } = this.#waiting;
      let stop!: () => void;
      const aborted = new Promise<void>((resolve) => (stop = resolve));
      signal.addEventListener('abort', stop, { once: true });
      await Promise.race([opened, aborted]);
      signal.removeEventListener('abort', stop);
    }
    signal.throwIfAborted();
  }
}
