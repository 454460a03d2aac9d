// Which rows of former runs no longer count, because a later undo took them back.
import type { Cancellable } from '../ports/cancellable.js';
import type { FormerRun } from './former-runs.js';
import { parseJournalLine, type TimedEntry } from './journal-entry.js';
import { journalLines } from './journal-lines.js';

/** What an undo did, as far as it tells which rows no longer count. */
export interface FormerUndo {
  readonly run: string;
  /** Ids of the runs that it took back. */
  readonly undoes: readonly string[];
  /** True when it took back all rows of its runs but those in `left`; else only those in `done`. */
  readonly takesAll: boolean;
  /** Tags that got back what they held. */
  readonly done: ReadonlySet<string>;
  /** Tags that were left as they are, or failed. */
  readonly left: ReadonlySet<string>;
}

/** Gives a function that tells for a run and a tag whether the run's row was undone since. `history`: newest first. */
export function undoneWork(history: readonly FormerRun[]): (run: string, target: string) => boolean {
  return undoneBy(history.flatMap(({ entries }) => undoOf(entries) ?? []));
}

/**
 * As {@link undoneWork}, for undos, newest first. An undo takes back all rows of its runs, except those that it left or that failed.
 * An undo that was limited to charts, or that did not end, takes back only the tags in its own rows. An undo that was undone itself
 * takes back nothing.
 */
export function undoneBy(undos: readonly FormerUndo[]): (run: string, target: string) => boolean {
  const undone = new Map<string, (target: string) => boolean>();
  const isUndone = (run: string, target: string): boolean => undone.get(run)?.(target) ?? false;
  // newest first: whether an undo was undone itself is then known before its own rows are read
  for (const undo of undos) {
    for (const run of undo.undoes) {
      const before = undone.get(run);
      undone.set(run, (target) => {
        if (before?.(target)) return true;
        if (isUndone(undo.run, target)) return false;
        return undo.takesAll ? !undo.left.has(target) : undo.done.has(target);
      });
    }
  }
  return isUndone;
}

/** Reads the undos among these runs (oldest first) from their journals, and gives them newest first. */
export async function readUndos(
  stateDir: string,
  runs: readonly string[],
  options: Cancellable,
): Promise<readonly FormerUndo[]> {
  const undos: FormerUndo[] = [];
  for (const run of runs.toReversed()) {
    if (!(await isUndo(stateDir, run, options))) continue;
    const entries: TimedEntry[] = [];
    const types = ['run-started', 'image', 'problem', 'run-ended'];
    for await (const lines of journalLines(stateDir, run, types, options))
      entries.push(...lines.flatMap((line) => parseJournalLine(line) ?? []));
    const undo = undoOf(entries);
    if (undo) undos.push(undo);
  }
  return undos;
}

/** Reads no further than to the begin of the run. */
async function isUndo(stateDir: string, run: string, options: Cancellable): Promise<boolean> {
  for await (const [line] of journalLines(stateDir, run, ['run-started'], options)) {
    const start = line === undefined ? null : parseJournalLine(line);
    return start?.type === 'run-started' && start.kind === 'undo';
  }
  return false;
}

/** Null for a run that is no undo. */
function undoOf(entries: readonly TimedEntry[]): FormerUndo | null {
  const start = entries.find((entry) => entry.type === 'run-started');
  if (start?.kind !== 'undo') return null;
  const rows = entries.filter((entry) => entry.type === 'image');
  return {
    run: start.run,
    undoes: start.undoes ?? [],
    takesAll: wentThrough(entries) && (start.only ?? []).length === 0,
    done: new Set(rows.filter((row) => row.action === 'replace').map((row) => row.target)),
    // `skip`: the tag already held what it held before the run
    left: new Set(
      rows.filter((row) => row.action !== 'replace' && row.action !== 'skip').map((row) => row.target),
    ),
  };
}

/** False for an undo that was killed or cancelled, or whose target went away: tags without a row were not reached. */
function wentThrough(entries: readonly TimedEntry[]): boolean {
  // problems with codes of `undo` are notes, which do not end the undo
  if (entries.some((entry) => entry.type === 'problem' && !entry.problem.code.startsWith('undo.')))
    return false;
  return entries.some((entry) => entry.type === 'run-ended' && entry.result !== 'cancelled');
}
