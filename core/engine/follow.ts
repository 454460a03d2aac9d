// `runs --follow`: tells what a run of another process does, from its journal and its live state, until it ends.
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandOptions, Report, RunEvent } from '../contract.js';
import { findRun, readJournal, type TimedEntry } from '../journal/journal.js';
import { readLive } from '../journal/live-run.js';
import { reportOf } from '../report/build-report.js';
import type { EngineDeps } from './deps.js';

const EVERY_MS = 500;

/**
 * Gives the report of a run when it has ended; until then its events. A run whose process is gone has ended. Stopping to follow does not
 * stop the run. Throws `run.unknown`.
 */
export async function follow(
  wanted: string,
  { stateDir }: EngineDeps,
  { signal, onEvent: emit = () => undefined }: CommandOptions,
): Promise<Report> {
  const run = await findRun(stateDir, wanted);
  let journalTold = 0;
  let liveTold = 0;
  for (;;) {
    // The live state is read first: when it is gone, the journal is complete.
    const live = await readLive(stateDir, run, { signal });
    const entries = (await readJournal(stateDir, run)) ?? [];
    for (const entry of entries.slice(journalTold)) for (const event of eventsOf(entry, run)) emit(event);
    journalTold = entries.length;
    for (const { at, event } of live?.events ?? []) if (at > liveTold) emit(event);
    liveTold = live?.count ?? liveTold;
    if (!live) return reportOf(run, entries);
    await sleep(EVERY_MS, undefined, { signal });
  }
}

/** The events that the run itself told when it wrote a line of its journal. */
function eventsOf(entry: TimedEntry, run: string): readonly RunEvent[] {
  switch (entry.type) {
    case 'run-started':
      return [{ type: 'run-started', run, target: entry.target.location, packages: entry.packages }];
    case 'image':
    case 'chart': {
      const { problem } = entry;
      return problem ? [entry, { type: 'problem', problem }] : [entry];
    }
    case 'problem':
      return [{ type: 'problem', problem: entry.problem }];
    case 'run-ended':
      return [{ type: 'run-ended', run, result: entry.result }];
    default:
      return [];
  }
}
