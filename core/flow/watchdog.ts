// Ends work that stands still: without it, a run in which nothing moves any more would wait for ever.
import { setInterval as every } from 'node:timers/promises';
import type { Cancellable } from '../ports/cancellable.js';
import { eitherSignal } from './cancel.js';

export interface StandstillOptions extends Cancellable {
  /** Milliseconds without a sign of life after which the work is ended. */
  readonly limitMs: number;
  /** When the last sign of life came, on the monotonic clock. */
  readonly lastSign: () => number;
  /** True while the work waits on purpose; such time does not count. */
  readonly isWaiting: () => boolean;
  /** The reason with which the signal of the work is aborted. */
  readonly failure: () => Error;
}

const LOOKS = 20;

/** Runs work with a signal that is aborted, with `failure` as its reason, after `limitMs` without a sign of life. */
export async function endAtStandstill<T>(
  work: (options: Cancellable) => Promise<T>,
  { limitMs, lastSign, isWaiting, failure, signal }: StandstillOptions,
): Promise<T> {
  const standstill = new AbortController();
  const done = new AbortController();
  let waitedUntil = performance.now();
  const watching = (async () => {
    for await (const _ of every(limitMs / LOOKS, undefined, { signal: done.signal, ref: false })) {
      const now = performance.now();
      if (isWaiting()) waitedUntil = now;
      else if (now - Math.max(lastSign(), waitedUntil) >= limitMs) standstill.abort(failure());
    }
  })();
  watching.catch(() => undefined);
  try {
    return await work({ signal: eitherSignal(signal, standstill.signal) });
  } finally {
    done.abort();
  }
}
