// Ends an import, undo or prune in which nothing moves any more, with words about where it stood.
import { AppError } from '../../errors.js';
import type { Patience } from '../../flow/patience.js';
import type { PauseGate } from '../../flow/pause-gate.js';
import { endAtStandstill } from '../../flow/watchdog.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { Counters } from '../../run/base/counters.js';

const SHORTEST_STANDSTILL_MS = 10 * 60_000;

/** What tells whether a run moves, and whether it waits on purpose. */
export interface WatchedRun extends Cancellable {
  readonly counters: Counters;
  readonly patience: Patience;
  readonly pause: PauseGate;
}

/**
 * Does work with a signal that is aborted with `run.stalled` when nothing was read, sent or answered for the patience. A registry may
 * take minutes for one answer, so that is at least ten minutes, whatever the patience.
 */
export function untilStandstill<T>(
  { counters, patience, pause, signal }: WatchedRun,
  work: (options: Cancellable) => Promise<T>,
): Promise<T> {
  const limitMs = Math.max(patience.limitMs, SHORTEST_STANDSTILL_MS);
  return endAtStandstill(work, {
    limitMs,
    lastSign: () => counters.lastSign,
    isWaiting: () => pause.isPaused || patience.isWaiting,
    failure: () => {
      const params = { minutes: Math.round(limitMs / 60_000), current: counters.current };
      return new AppError('run.stalled', { origin: 'registry', params, retryable: true });
    },
    signal,
  });
}
