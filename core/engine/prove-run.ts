// The proof at the end of an import (`--verify`): reads back everything that the run recorded.
import type { CommandOptions, ImportRequest } from '../contract.js';
import type { NamingRules } from '../chart/relocation/naming.js';
import { AppError, isAbort, toProblem } from '../errors.js';
import { RunHistory } from '../report/reading/run-history.js';
import { prove } from '../report/verify/verify.js';
import { expectedOfRun } from '../report/verify/verify-run.js';
import type { Journal } from '../journal/journal.js';
import type { ConnectedTarget } from '../target/connect.js';

/**
 * Appends the proof to the journal; where the target cannot be read any more, or the proof is cancelled, a problem that says why.
 * A run that was cancelled before its end is not proven.
 */
export async function proveRun(
  { keepCharts = [], requirePlatforms = [], target: spec }: ImportRequest,
  journal: Journal,
  target: ConnectedTarget,
  rules: NamingRules,
  stateDir: string,
  { signal, onEvent: emit = () => undefined }: CommandOptions,
): Promise<void> {
  if (signal.aborted) return;
  try {
    const proof = await prove({
      expected: expectedOfRun(journal.entries, keepCharts),
      target,
      images: target.images,
      readAs: spec.credentials?.username ?? 'anonymous',
      rules,
      history: await RunHistory.read(stateDir, target.summary.location, { signal }),
      full: false,
      requirePlatforms,
      emit,
      signal,
    });
    await journal.append({ type: 'proof', proof });
  } catch (error) {
    const isCancelled = isAbort(error, signal);
    if (!isCancelled && !(error instanceof AppError)) throw error;
    const reason = isCancelled ? new AppError('verify.cancelled', { origin: 'app' }) : error;
    await journal.append({ type: 'problem', problem: toProblem(reason) });
  }
}
