// Repeats a request a few times with growing pauses, where it may be sent twice and where the error may end by itself.
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.js';

export interface RetryPolicy {
  /** Milliseconds before the second, third, ... attempt, each varied by half. */
  readonly pauses: readonly number[];
  /** Called before each further attempt. */
  readonly onRetry: (error: AppError) => void;
}

export const DEFAULT_PAUSES: readonly number[] = [500, 2_000, 6_000];

/** The longest wait that a server may ask for; a longer one is left to a later pass. */
const LONGEST_WAIT = 120_000;

/** An error of an answer that may have had a Retry-After header. */
interface Postponed {
  readonly retryAfterMs: number | null;
}

/**
 * Runs `attempt` again after a retryable AppError; `worthwhile` can narrow that. Throws the last error.
 * `attempt` must be repeatable: it must not consume a stream or continue an upload session whose state is not known.
 */
export async function withRetries<T>(
  policy: RetryPolicy,
  attempt: () => Promise<T>,
  options: { readonly signal: AbortSignal; readonly worthwhile?: (error: AppError) => boolean },
): Promise<T> {
  const { signal, worthwhile = () => true } = options;
  for (let made = 0; ; made += 1) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      const usual = policy.pauses[made];
      if (signal.aborted || usual === undefined) throw error;
      if (!(error instanceof AppError) || !error.retryable || !worthwhile(error)) throw error;
      const wait = waitAfter(error, usual);
      if (wait > LONGEST_WAIT) throw error;
      policy.onRetry(error);
      await pause(wait, undefined, { signal });
    }
  }
}

function waitAfter(error: AppError, usual: number): number {
  const asked = isPostponed(error) ? error.retryAfterMs : null;
  // The pause varies so that clients which were refused at the same time do not return at the same time.
  return asked ?? usual * (0.5 + Math.random());
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
