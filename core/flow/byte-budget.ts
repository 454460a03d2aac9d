// Limits how much is used at a time: bytes that wait in memory between the package and the target, uploads that are running.
import { AbortedError, throwIfAborted } from './cancel.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Returns that many bytes of what was taken; without a number, all of it. */
export type GiveBack = (part?: number) => void;

interface Waiter {
  readonly bytes: number;
  readonly grant: () => void;
}

/** A semaphore that counts bytes, or anything else; those who wait are served in their order. */
export class ByteBudget {
  readonly #total: number;
  #free: number;
  readonly #waiting: Waiter[] = [];

  constructor(total: number) {
    this.#total = total;
    this.#free = total;
  }

  /**
   * Resolves when that many bytes may be held; more than the whole budget counts as the whole. Gives a function that returns a part of
   * them, or all that are left; what was returned before is not returned again.
   */
  async take(bytes: number, options: Cancellable): Promise<GiveBack> {
    const { signal } = options;
    throwIfAborted(signal);
    const share = Math.min(bytes, this.#total);
    if (this.#waiting.length > 0 || this.#free < share) await this.#wait(share, signal);
    else this.#free -= share;
    let left = share;
    return (part = left) => {
      const returned = Math.min(part, left);
      if (returned <= 0) return;
      left -= returned;
      this.#free += returned;
      this.#serve();
    };
  }

  #wait(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        const at = this.#waiting.indexOf(waiter);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(new AbortedError());
        this.#serve();
      };
      const waiter: Waiter = {
        bytes,
        grant: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
    });
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next && next.bytes <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.bytes;
      next.grant();
    }
  }
}
