// The history as a table, newest first.
import { outcomeOfRun } from '../../core/contract.js';
import type { Outcome, RunSummary } from '../../core/contract.js';
import type { TextKey } from '../../core/engine.js';
import type { CommandContext } from '../command.js';
import { table } from './text/table.js';

const OUTCOME: Readonly<Record<Outcome, TextKey>> = {
  imported: 'cli.result.imported',
  gaps: 'cli.result.gaps',
  stopped: 'cli.result.stopped',
  failed: 'cli.result.failed',
  undone: 'cli.result.undone',
  'undone-in-part': 'cli.result.undone-in-part',
  pruned: 'cli.result.pruned',
  'pruned-in-part': 'cli.result.pruned-in-part',
};

function kindText({ kind, undoes }: RunSummary, say: CommandContext['say']): string {
  if (kind === 'undo') return say('cli.runs.undo', { runs: undoes.join(', ') });
  return say(kind === 'prune' ? 'cli.runs.prune' : 'cli.runs.import');
}

/** Returns the history of runs as a table. */
export function runsText(runs: readonly RunSummary[], { say }: Pick<CommandContext, 'say'>): string {
  if (runs.length === 0) return `${say('cli.runs.none')}\n`;
  const header = [
    say('cli.runs.run'),
    say('cli.runs.when'),
    say('cli.runs.kind'),
    say('cli.runs.result'),
    say('cli.runs.images'),
    say('cli.runs.charts'),
    say('cli.runs.target'),
    say('cli.runs.who'),
    say('cli.runs.where'),
    say('cli.runs.packages'),
  ];
  const rows = runs.map((run) => [
    run.run,
    // Seconds and the time zone are shown, fractions of a second are not.
    run.started.replace(/\.\d+Z$/, 'Z'),
    kindText(run, say),
    say(OUTCOME[outcomeOfRun(run)]),
    String(run.images),
    String(run.charts),
    run.target,
    run.user,
    say(run.at === 'here' ? 'cli.runs.here' : 'cli.runs.there'),
    run.packages.join(', '),
  ]);
  return `${table([header, ...rows]).join('\n')}\n`;
}
