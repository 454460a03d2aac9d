// The commands `runs` and `report`: what was done, from the journals.
import type { CommandOptions, Report, RunsRequest, RunSummary } from '../contract.js';
import { AppError } from '../errors.js';
import { buildReport, summarizeRun } from '../report/build-report.js';
import { findRun, listRuns, readJournal } from '../run/journal.js';
import type { EngineDeps } from './deps.js';

/** The history, newest first. */
export async function runs(
  _request: RunsRequest,
  deps: EngineDeps,
  { signal }: CommandOptions,
): Promise<readonly RunSummary[]> {
  const summaries: RunSummary[] = [];
  for (const run of await listRuns(deps.stateDir)) {
    signal.throwIfAborted();
    const summary = summarizeRun((await readJournal(deps.stateDir, run)) ?? []);
    if (summary) summaries.push(summary);
  }
  return summaries.reverse();
}

/** The report of one run: its id, the unambiguous start of it, or `latest`. Throws `run.unknown`. */
export async function report(wanted: string, deps: EngineDeps): Promise<Report> {
  const run = await findRun(deps.stateDir, wanted);
  return reportOf(run, (await readJournal(deps.stateDir, run)) ?? []);
}

/** The report of a journal. Throws `run.unknown` when the journal has no beginning. */
export function reportOf(run: string, entries: Parameters<typeof buildReport>[0]): Report {
  const made = buildReport(entries);
  if (!made) throw new AppError('run.unknown', { origin: 'config', params: { run } });
  return made;
}
