// Repeats a request a few times with growing pauses, where it may be sent twice and where the error may end by itself.
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.js';
import type { Patience } from '../../flow/patience.js';
import type { ServerWatch } from '../../flow/server-watch.js';
import type { Cancellable, Resting } from '../../ports/cancellable.js';
import { mayBeAway, stayedAway } from './away.js';

export interface RetryPolicy {
  /** Milliseconds before the second, third, ... attempt, each varied by half. */
  readonly pauses: readonly number[];
  /** Called before each further attempt. */
  readonly onRetry: (error: AppError) => void;
  /** For waits that a server asks for and that are longer than the usual pauses. */
  readonly patience: Patience;
  /** Whether the server answers at all; absent: a failure always concerns one request. */
  readonly watch?: ServerWatch | null;
}

/** The first ones are short: where a proxy fails a part of all requests, most succeed at once when they are sent again. */
export const DEFAULT_PAUSES: readonly number[] = [100, 300, 1_000, 3_000, 6_000];

/** A longer wait that a server asks for (milliseconds) is told to the user and bounded by the run's patience. */
const USUAL_WAIT = 10_000;

/** An error of an answer that may have had a Retry-After header. */
interface Postponed {
  readonly retryAfterMs: number | null;
}

/**
 * Runs `attempt` again after a retryable AppError; `worthwhile` can narrow that. While the server is away, attempts wait for its return
 * and none is counted. Throws the last error, or `registry.asks-to-wait` where a server asks for a longer wait than the policy's patience
 * has left, or `registry.stayed-away`.
 * `attempt` must be repeatable: it must not consume a stream or continue an upload session whose state is not known.
 */
export async function withRetries<T>(
  policy: RetryPolicy,
  attempt: () => Promise<T>,
  options: Resting & { readonly worthwhile?: (error: AppError) => boolean },
): Promise<T> {
  const { signal, worthwhile = () => true, rest = (resting: Promise<void>) => resting } = options;
  let retries = 0;
  let hasWaited = false;
  for (;;) {
    signal.throwIfAborted();
    await atHand(policy, { signal });
    try {
      const result = await attempt();
      if (hasWaited) policy.patience.recovered();
      policy.watch?.succeeded();
      return result;
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError) || !error.retryable || !worthwhile(error))
        throw error;
      if (await wasAway(policy, error, { signal })) {
        policy.onRetry(error);
        continue;
      }
      const asked = isPostponed(error) ? error.retryAfterMs : null;
      if (asked !== null && asked > USUAL_WAIT) {
        if (!(await policy.patience.wait(asked, error, { signal }))) throw asksToWait(error, asked);
        policy.onRetry(error);
        hasWaited = true;
        continue;
      }
      const usual = policy.pauses[retries];
      if (usual === undefined) throw error;
      retries += 1;
      policy.onRetry(error);
      // The pause varies so that clients which were refused at the same time do not return at the same time.
      await rest(pause(asked ?? usual * (0.5 + Math.random()), undefined, { signal }));
    }
  }
}

/** Waits while the server is known to be away. Throws `registry.stayed-away`. */
async function atHand({ watch }: RetryPolicy, options: Cancellable): Promise<void> {
  if (watch && (await watch.passed(options)) === 'gone') throw stayedAway(watch);
}

/**
 * True when a request failed because the server was away; it answers again then. False for a failure of one request. Throws
 * `registry.stayed-away`.
 */
export async function wasAway(
  { watch }: Pick<RetryPolicy, 'watch'>,
  error: AppError,
  options: Cancellable,
): Promise<boolean> {
  if (!watch || !mayBeAway(error)) return false;
  const verdict = await watch.judge(options);
  if (verdict === 'gone') throw stayedAway(watch);
  return verdict === 'back';
}

function asksToWait(error: AppError, ms: number): AppError {
  const { host = '', reason = '' } = error.params;
  return new AppError('registry.asks-to-wait', {
    origin: error.origin,
    params: { host, reason, seconds: Math.ceil(ms / 1_000) },
    retryable: true,
    cause: error,
  });
}

function isPostponed(error: AppError): error is AppError & Postponed {
  return 'retryAfterMs' in error;
}

/** Milliseconds of a Retry-After header, seconds or a date; null when absent or unreadable. https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
