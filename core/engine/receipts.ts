// Receipts of runs in a target: writes one after an import with `--receipt`, and fetches those of other computers.
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

/** Milliseconds that writing a receipt may take after the run was cancelled. */
const GRACE_MS = 30_000;

/**
 * Writes the receipt of a run that has ended into its target and records that in the journal. If that fails, a problem is added; the
 * result of the run does not change.
 */
export async function leaveReceipt(
  journal: Journal,
  target: ConnectedTarget,
  rules: NamingRules,
  { signal, onEvent: emit = () => undefined }: CommandOptions,
): Promise<void> {
  const report = reportOf(journal.run, journal.entries);
  // the run did nothing that could be looked up or undone
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
  // where the journal cannot be written, the report is made from its entries in memory
  await journal.append({ type: 'problem', problem }).catch(() => undefined);
}

/** Fetches the receipts of a target into the state folder; unreadable ones become problem events. */
export async function bringReceipts(
  spec: TargetSpec,
  deps: EngineDeps,
  { signal, onEvent: emit = () => undefined }: CommandOptions,
): Promise<void> {
  // receipts lie beside images, so the chart repositories are not contacted
  const resolved = normalizeTarget({ ...spec, noCharts: true });
  const target = await connectTarget(resolved, {
    readOnly: true,
    signal,
    onRetry: () => undefined,
    onRequest: (line) => deps.log('debug', line),
  });
  try {
    const problems = await bringReceiptsFrom(target, target.rules, deps, { signal });
    for (const error of problems) emit({ type: 'problem', problem: toProblem(error) });
  } finally {
    await target.close();
  }
}

/** The same for a connected target; gives the problems of unreadable receipts. A target without images has no receipts. */
export async function bringReceiptsFrom(
  { images, summary }: ConnectedTarget,
  rules: NamingRules,
  { stateDir }: Pick<EngineDeps, 'stateDir'>,
  { signal }: CommandOptions,
): Promise<readonly AppError[]> {
  if (!images) return [];
  return (await fetchReceipts({ images, rules, location: summary.location, stateDir }, { signal })).problems;
}

/** Like `findRun`, but a run unknown on this computer is looked for among the receipts of the target. Throws `run.unknown`. */
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
