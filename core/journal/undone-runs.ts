// Which rows of former runs no longer count, because a later undo took them back.
import type { FormerRun } from './former-runs.js';

/**
 * Gives a function that tells for a run and a tag whether the run's row was undone since. An undo takes back all rows of its runs,
 * except those that it left or that failed. An undo that was limited to charts, or that did not end, takes back only the tags in its
 * own rows. An undo that was undone itself takes back nothing.
 */
export function undoneWork(history: readonly FormerRun[]): (run: string, target: string) => boolean {
  const undone = new Map<string, (target: string) => boolean>();
  const isUndone = (run: string, target: string): boolean => undone.get(run)?.(target) ?? false;
  // newest first: whether an undo was undone itself is then known before its own rows are read
  for (const undo of history) {
    if (undo.kind !== 'undo') continue;
    const rows = undo.entries.filter((entry) => entry.type === 'image');
    const done = new Set(rows.filter((row) => row.action === 'replace').map((row) => row.target));
    // `skip`: the tag already held what it held before the run
    const left = new Set(
      rows.filter((row) => row.action !== 'replace' && row.action !== 'skip').map((row) => row.target),
    );
    const takesAll = wentThrough(undo) && undo.only.length === 0;
    for (const run of undo.undoes) {
      const before = undone.get(run);
      undone.set(run, (target) => {
        if (before?.(target)) return true;
        if (isUndone(undo.run, target)) return false;
        return takesAll ? !left.has(target) : done.has(target);
      });
    }
  }
  return isUndone;
}

/** False for an undo that was killed or cancelled, or whose target went away: tags without a row were not reached. */
function wentThrough({ entries }: FormerRun): boolean {
  // problems with codes of `undo` are notes, which do not end the undo
  if (entries.some((entry) => entry.type === 'problem' && !entry.problem.code.startsWith('undo.')))
    return false;
  return entries.some((entry) => entry.type === 'run-ended' && entry.result !== 'cancelled');
}
