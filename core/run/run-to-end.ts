// How every run ends, whatever it does: what was written becomes durable, and the journal says how it went.
import type { Report } from '../contract.js';
import { AppError, isAbort } from '../errors.js';
import type { ConnectedTarget } from '../target/connect.js';
import type { RunRecord } from './base/run-record.js';
import type { Cancellable } from '../ports/cancellable.js';

const LAST_FLUSH_MS = 30_000;

export interface EndingRun {
  readonly record: RunRecord;
  readonly target: Pick<ConnectedTarget, 'flush'>;
  readonly signal: AbortSignal;
}

/** Does the work of a run and writes its journal to the end. Throws only what nobody foresaw. */
export async function runToEnd(run: EndingRun, work: () => Promise<void>): Promise<Report['result']> {
  const { record, target, signal } = run;
  const ended = await attempt(work, { signal });
  // what was written is made durable however the run ended; a cancelled run does not wait for it for ever
  const isShut = ended instanceof AppError && ended.code === 'folder.locked';
  const flush = () => target.flush({ signal: AbortSignal.timeout(LAST_FLUSH_MS) });
  const flushed = isShut ? null : await attempt(flush, { signal });
  const result = ended === 'cancelled' ? ended : null;
  for (const failure of [ended, flushed]) {
    if (!(failure instanceof AppError)) continue;
    // where the journal itself cannot be written, the report is made from what it holds in memory
    await record.problem(failure).catch(() => undefined);
  }
  const final = result ?? record.result();
  await record.end(final).catch(() => undefined);
  return final;
}

/** What a run can fail by is an answer here; what nobody foresaw is thrown. */
async function attempt(
  step: () => Promise<void>,
  { signal }: Cancellable,
): Promise<AppError | 'cancelled' | null> {
  try {
    await step();
    return null;
  } catch (error) {
    if (isAbort(error, signal)) return 'cancelled';
    if (error instanceof AppError) return error;
    throw error;
  }
}
