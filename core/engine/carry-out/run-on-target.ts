// A run that changes a target without packages: an undo or a prune. Journal, live file, pause and the end of a standstill are the same.
import type { ActiveRuns, EngineDeps } from '../deps.js';
import type { CommandOptions, Report } from '../../contract.js';
import type { Patience } from '../../flow/patience.js';
import { PauseGate } from '../../flow/pause-gate.js';
import { author } from '../../journal/author.js';
import { Journal } from '../../journal/journal.js';
import type { JournalEntry } from '../../journal/journal-entry.js';
import type { LiveRun } from '../../journal/live-run.js';
import { recordFolderWrites } from '../../journal/record-folder-writes.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { reportOf } from '../../report/build-report.js';
import type { Counters } from '../../run/base/counters.js';
import type { ConnectedTarget } from '../../target/connect.js';
import { untilStandstill } from './until-standstill.js';

type Opening = Pick<Extract<JournalEntry, { type: 'run-started' }>, 'undoes' | 'only' | 'weakened'> & {
  readonly kind: 'undo' | 'prune';
};

export interface TargetRun {
  readonly opening: Opening;
  readonly target: ConnectedTarget;
  readonly counters: Counters;
  readonly patience: Patience;
  readonly live: LiveRun;
  readonly active: ActiveRuns;
}

/** Gives the report of the run, however it ended. `work` writes the journal to its end, and throws defects only. */
export async function runOnTarget(
  { opening, target, counters, patience, live, active }: TargetRun,
  deps: EngineDeps,
  { signal, onEvent: emit = () => undefined }: CommandOptions,
  work: (
    run: { readonly journal: Journal; readonly pause: PauseGate },
    options: Cancellable,
  ) => Promise<unknown>,
): Promise<Report> {
  const journal = await Journal.create(deps.stateDir);
  const { run } = journal;
  const { summary, images } = target;
  try {
    await journal.append({
      type: 'run-started',
      ...{ run, version: deps.version, by: author(), target: summary, packages: [] },
      ...opening,
    });
    await live.begin(journal.directory);
    await recordFolderWrites(journal, images, { signal });
    const pause = new PauseGate((isPaused) => emit({ type: isPaused ? 'paused' : 'resumed', run }));
    active.set(run, { pause, patience });
    emit({ type: 'run-started', run, target: summary.location, packages: [] });
    deps.log('info', `${opening.kind} started`, {
      run,
      ...(opening.undoes ? { undoes: opening.undoes.join(' ') } : {}),
      target: summary.location,
    });
    await untilStandstill({ counters, patience, pause, signal }, (watched) =>
      work({ journal, pause }, watched),
    );
    return reportOf(run, journal.entries);
  } finally {
    active.delete(run);
    await journal.close();
    await live.end();
  }
}
