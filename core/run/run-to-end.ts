// How every run ends, import or undo: what was written is made durable, and the journal gets the result.
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

/** Does the work of a run and writes its journal to the end. AppErrors become problems of the run; defects are thrown. */
export async function runToEnd(run: EndingRun, work: () => Promise<void>): Promise<Report['result']> {
  const { record, target, signal } = run;
  const ended = await attempt(work, { signal });
  // the flush has a time limit of its own, because the signal of a cancelled run is aborted already
  const isShut = ended instanceof AppError && ended.code === 'folder.locked';
  const flush = () => target.flush({ signal: AbortSignal.timeout(LAST_FLUSH_MS) });
  const flushed = isShut ? null : await attempt(flush, { signal });
  const result = ended === 'cancelled' ? ended : null;
  for (const failure of [ended, flushed]) {
    if (!(failure instanceof AppError)) continue;
    // when the journal cannot be written, the report is made from its entries in memory
    await record.problem(failure).catch(() => undefined);
  }
  const final = result ?? record.result();
  await record.end(final).catch(() => undefined);
  return final;
}

/** Gives the AppError or cancellation by which a step ended, or null; a defect is thrown. A signal may carry the error that aborted it. */
async function attempt(
  step: () => Promise<void>,
  { signal }: Cancellable,
): Promise<AppError | 'cancelled' | null> {
  try {
    await step();
    return null;
  } catch (error) {
    if (isAbort(error, signal)) return signal.reason instanceof AppError ? signal.reason : 'cancelled';
    if (error instanceof AppError) return error;
    throw error;
  }
}
