// Lets packages that are read side by side write one after the other, in a fixed order, so that the same packages give the same file.
import type { Cancellable } from '../ports/cancellable.js';
import { orAborted } from '../flow/cancel.js';

/** Numbered turns: who reaches a later one waits until all before it have ended. */
export class Turns {
  readonly #options: Cancellable;
  #now = 0;
  readonly #waiting = new Map<number, () => void>();

  constructor(options: Cancellable) {
    this.#options = options;
  }

  /** Resolves when it is this turn's time; rejects when the work was cancelled. */
  async reached(turn: number): Promise<void> {
    this.#options.signal.throwIfAborted();
    if (turn === this.#now) return;
    await orAborted(new Promise<void>((resolve) => this.#waiting.set(turn, resolve)), this.#options);
  }

  /** Ends the present turn. */
  end(): void {
    this.#now += 1;
    this.#waiting.get(this.#now)?.();
    this.#waiting.delete(this.#now);
  }
}
