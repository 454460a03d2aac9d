// The history as a table, newest first.
import type { RunSummary } from '../../core/contract.js';
import type { TextKey } from '../../core/engine.js';
import type { CommandContext } from '../command.js';
import { table } from './text/table.js';

const RESULT: Readonly<Record<RunSummary['result'], TextKey>> = {
  done: 'cli.result.done',
  partial: 'cli.result.partial',
  failed: 'cli.result.failed',
  cancelled: 'cli.result.cancelled',
  interrupted: 'cli.result.interrupted',
};

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
    run.kind === 'undo' ? say('cli.runs.undo', { runs: run.undoes.join(', ') }) : say('cli.runs.import'),
    say(RESULT[run.result]),
    String(run.images),
    String(run.charts),
    run.target,
    run.user,
    say(run.at === 'here' ? 'cli.runs.here' : 'cli.runs.there'),
    run.packages.join(', '),
  ]);
  return `${table([header, ...rows]).join('\n')}\n`;
}
