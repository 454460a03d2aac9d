// Receipts of runs in a target: left there by an import that was asked to, and read again on any computer.
import type { NamingRules } from '../chart/relocation/naming.js';
import type { CommandOptions, RunEvent, TargetSpec } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import { reportOf } from '../report/build-report.js';
import { fetchReceipts } from '../receipts/fetch-receipts.js';
import { findRun, type Journal } from '../journal/journal.js';
import { pushReceipt } from '../receipts/push-receipt.js';
import { connectTarget, type ConnectedTarget } from '../target/connect.js';
import { normalizeTarget } from '../target/spec.js';
import type { EngineDeps } from './deps.js';

/** How long a receipt may take once its run was cancelled. */
const GRACE_MS = 30_000;

/**
 * Puts the receipt of a run that has ended into its target and says so in the journal. A receipt that could not be written leaves
 * the run complete and adds a problem.
 */
export async function leaveReceipt(
  journal: Journal,
  target: ConnectedTarget,
  rules: NamingRules,
  { signal, onEvent: emit = () => undefined }: CommandOptions,
): Promise<void> {
  const report = reportOf(journal.run, journal.entries);
  // nothing was done that somebody would look up or undo
  if (report.result === 'failed' || !target.images) return;
  try {
    const patience = signal.aborted ? AbortSignal.timeout(GRACE_MS) : signal;
    const source = { target: target.images, rules, journal };
    const { reference, digest, leftOut } = await pushReceipt(source, report, { signal: patience });
    await journal.append({ type: 'receipt', reference, digest });
    if (leftOut.length === 0) return;
    const params = { reference, files: leftOut.join(', ') };
    await tell(journal, new AppError('receipt.left-out', { origin: 'app', params }), emit);
  } catch (error) {
    if (!signal.aborted && !(error instanceof AppError)) throw error;
    if (error instanceof AppError) await tell(journal, error, emit);
    const params = { run: journal.run, location: target.summary.location };
    await tell(journal, new AppError('receipt.not-written', { origin: 'app', params }), emit);
  }
}

async function tell(journal: Journal, error: AppError, emit: (event: RunEvent) => void): Promise<void> {
  const problem = toProblem(error);
  emit({ type: 'problem', problem });
  // where the journal itself cannot be written, the report is made from what it holds in memory
  await journal.append({ type: 'problem', problem }).catch(() => undefined);
}

/** Brings the receipts of a target into the state folder; what could not be read is told as problems. */
export async function bringReceipts(
  spec: TargetSpec,
  deps: EngineDeps,
  { signal, onEvent: emit = () => undefined }: CommandOptions,
): Promise<void> {
  // charts have no part in it: their repositories need not be asked
  const resolved = normalizeTarget({ ...spec, noCharts: true });
  const target = await connectTarget(resolved, {
    readOnly: true,
    signal,
    onRetry: () => undefined,
    onRequest: (line) => deps.log('debug', line),
  });
  try {
    const problems = await bringReceiptsFrom(target, resolved.rules, deps, { signal });
    for (const error of problems) emit({ type: 'problem', problem: toProblem(error) });
  } finally {
    await target.close();
  }
}

/** The same for a target that is connected; answers what could not be read. A target without images has no receipts. */
export async function bringReceiptsFrom(
  { images, summary }: ConnectedTarget,
  rules: NamingRules,
  { stateDir }: Pick<EngineDeps, 'stateDir'>,
  { signal }: CommandOptions,
): Promise<readonly AppError[]> {
  if (!images) return [];
  return (await fetchReceipts({ images, rules, location: summary.location, stateDir }, { signal })).problems;
}

/** As `findRun`; a run that this computer does not know may have left a receipt in the target. Throws `run.unknown`. */
export async function findRunOrReceipt(
  wanted: string,
  target: TargetSpec,
  deps: EngineDeps,
  options: CommandOptions,
): Promise<string> {
  try {
    return await findRun(deps.stateDir, wanted);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'run.unknown') throw error;
    await bringReceipts(target, deps, options);
    return findRun(deps.stateDir, wanted);
  }
}
