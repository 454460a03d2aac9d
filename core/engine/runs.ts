// The commands `runs` and `report`: list past runs and give their reports, from the journals.
import type { CommandOptions, Report, RunsRequest, RunSummary } from '../contract.js';
import { AppError } from '../errors.js';
import { reportOf, summarizeRun } from '../report/build-report.js';
import { findRun, listRuns, readJournal } from '../journal/journal.js';
import type { EngineDeps } from './deps.js';
import { bringReceipts } from './receipts.js';

/**
 * The history, newest first; with a target also the runs whose receipts lie there. Receipts that cannot be read are `problem`
 * events. Throws `config.bad-date`, and what connecting to the target throws.
 */
export async function runs(
  request: RunsRequest,
  deps: EngineDeps,
  options: CommandOptions,
): Promise<readonly RunSummary[]> {
  const { signal } = options;
  const since = timeOf(request.since);
  const location = request.location?.toLowerCase() ?? '';
  if (request.target) await bringReceipts(request.target, deps, options);
  const summaries: RunSummary[] = [];
  for (const run of await listRuns(deps.stateDir)) {
    signal.throwIfAborted();
    const summary = summarizeRun((await readJournal(deps.stateDir, run)) ?? []);
    if (!summary || Date.parse(summary.started) < since) continue;
    if (summary.target.toLowerCase().includes(location)) summaries.push(summary);
  }
  return summaries.reverse();
}

/** Milliseconds since 1970; a date alone means 00:00 UTC, no date means 0. */
function timeOf(since: string | undefined): number {
  if (since === undefined) return 0;
  const time = /^\d{4}-\d{2}-\d{2}/.test(since) ? Date.parse(since) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new AppError('config.bad-date', { origin: 'config', params: { date: since } });
}

/** The report of one run: its id, the unambiguous start of it, or `latest`. Throws `run.unknown`. */
export async function report(wanted: string, deps: EngineDeps, { signal }: CommandOptions): Promise<Report> {
  signal.throwIfAborted();
  const run = await findRun(deps.stateDir, wanted);
  return reportOf(run, (await readJournal(deps.stateDir, run)) ?? []);
}
