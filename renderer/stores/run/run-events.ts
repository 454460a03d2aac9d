// What the run screen computes of a run's progress: rates and the remaining time. Pure.
import type { RunProgress } from '../../../core/contract.js';

/** Bytes a second over the last ten seconds; null while nothing is sent: paused, its server away, ended, or just begun. */
export function rateOf({
  samples,
  pausedSince,
  ended,
}: Pick<RunProgress, 'samples' | 'pausedSince' | 'ended'>): number | null {
  if (pausedSince !== null || ended !== null) return null;
  const last = samples.at(-1);
  const first = samples.at(-11) ?? samples[0];
  if (!last || !first || last.at <= first.at) return null;
  return ((last.sent - first.sent) * 1000) / (last.at - first.at);
}

/** Rates of the last minute, for the curve. */
export function ratesOf({ samples }: Pick<RunProgress, 'samples'>): readonly number[] {
  return samples.slice(1).map((sample, index) => {
    const before = samples[index] ?? sample;
    return sample.at > before.at ? ((sample.sent - before.sent) * 1000) / (sample.at - before.at) : 0;
  });
}

/** Seconds of work so far: the time since the start without pauses; null before it began. */
export function secondsAtWork(progress: RunProgress, now: number): number | null {
  const { startedAt, endedAt, pausedFor, pausedSince } = progress;
  if (startedAt === null) return null;
  const until = pausedSince ?? endedAt ?? now;
  return Math.max(0, until - startedAt - pausedFor) / 1000;
}

/** Seconds left, computed from the work so far; null in the first twenty seconds, which are too short for that. */
export function secondsLeft(progress: RunProgress, now: number): number | null {
  const { ended, pausedSince, done } = progress;
  const passed = secondsAtWork(progress, now);
  if (passed === null || ended !== null || pausedSince !== null || passed < 20 || done <= 0.01) return null;
  return (passed / done) * (1 - done);
}
