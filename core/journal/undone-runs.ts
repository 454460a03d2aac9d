// Which work of former runs no longer counts, because a later undo took it back.
import type { FormerRun } from './former-runs.js';

/**
 * Says of a row of a run, by its target, whether it was undone since. An undo takes back all that its runs did but what it left or
 * could not do; one that was limited to charts only what it says. An undo that was undone itself takes back nothing any more.
 */
export function undoneWork(history: readonly FormerRun[]): (run: string, target: string) => boolean {
  const undone = new Map<string, (target: string) => boolean>();
  const isUndone = (run: string, target: string): boolean => undone.get(run)?.(target) ?? false;
  // newest first, so that it is known of an undo whether it still counts
  for (const undo of history) {
    if (undo.kind !== 'undo') continue;
    const rows = undo.entries.filter((entry) => entry.type === 'image');
    const done = new Set(rows.filter((row) => row.action === 'replace').map((row) => row.target));
    // `skip`: it was as before the run already
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

/** False for an undo that was killed or cancelled, or whose target was lost on the way: what has no row was not reached. */
function wentThrough({ entries }: FormerRun): boolean {
  // what an undo notes of itself ends nothing
  if (entries.some((entry) => entry.type === 'problem' && !entry.problem.code.startsWith('undo.')))
    return false;
  return entries.some((entry) => entry.type === 'run-ended' && entry.result !== 'cancelled');
}
