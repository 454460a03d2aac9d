// Keeps the bytes sent per second under a limit that the administrator set.
import { setTimeout as delay } from 'node:timers/promises';
import type { Cancellable } from '../ports/cancellable.js';

/** Makes senders wait so that their bytes stay under the limit, small bodies too; without a limit nobody waits. */
export class RateLimit {
  readonly #bytesPerSecond: number | null;
  /** Time at which the next byte may be sent, in milliseconds of performance.now(). */
  #next = 0;

  constructor(bytesPerSecond: number | null) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resolves when the time is over that these bytes take, so that a run of any size keeps to the limit. */
  async take(bytes: number, options: Cancellable): Promise<void> {
    if (this.#bytesPerSecond === null) return;
    const now = performance.now();
    this.#next = Math.max(now, this.#next) + (bytes * 1000) / this.#bytesPerSecond;
    await delay(this.#next - now, undefined, { signal: options.signal });
  }
}
