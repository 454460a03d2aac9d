// What an undo in a folder target does besides its names: unused content is removed and the lists of names get their former bytes.
import type { Digest } from '../content/digest.js';
import type { RawManifest } from '../content/manifest.js';
import type { NameList } from '../ports/image-target.js';
import { IMAGE_NAMES } from '../journal/journal.js';
import type { PlannedChart, UndoJob } from './undo-job.js';
import { undoneWork } from '../journal/undone-runs.js';

/** To be called before the first name is written: an undo that is killed leaves nothing without a name. */
export async function expectUnusedContent(job: UndoJob): Promise<void> {
  const upkeep = job.target.images?.upkeep;
  if (upkeep) await upkeep.expectUnused(await storedBlobs(job), await neededByOtherRuns(job), job);
}

/** To be called after the last name was written. */
export async function tidyFolder(job: UndoJob, charts: readonly PlannedChart[]): Promise<void> {
  const upkeep = job.target.images?.upkeep;
  if (upkeep) {
    await upkeep.removeUnused(await storedBlobs(job), await neededByOtherRuns(job), job);
    await restoreList(job, IMAGE_NAMES, upkeep.names);
  }
  const lists = new Map(
    charts.flatMap((chart) => (chart.charts?.names ? [[chart.url, chart.charts.names]] : [])),
  );
  for (const [url, names] of lists) await restoreList(job, url, names);
}

async function storedBlobs({ runs, kept, signal }: UndoJob): Promise<readonly Digest[]> {
  return (await Promise.all(runs.map(({ run }) => kept.storedBlobs(run, { signal })))).flat();
}

/** Restores the list as the oldest of the runs found it, if it names the same as now. */
async function restoreList({ runs, kept, signal }: UndoJob, place: string, list: NameList): Promise<void> {
  for (const { run, entries } of runs.toReversed()) {
    const found = entries.find((entry) => entry.type === 'name-list' && entry.place === place);
    if (found?.type !== 'name-list') continue;
    const former = found.before === null ? null : await kept.nameList(run, found.before, { signal });
    if (former !== null || found.before === null) await list.restore(former, { signal });
    return;
  }
}

/** Manifests that an undo of another run would restore; their parts must not be removed. */
async function neededByOtherRuns(job: UndoJob): Promise<readonly RawManifest[]> {
  const { history, runs, kept, target, signal } = job;
  const isUndone = undoneWork(history);
  const needed: RawManifest[] = [];
  for (const { run, kind, target: where, entries } of history) {
    const isOther = kind === 'import' && where.location === target.summary.location;
    if (!isOther || runs.some((one) => one.run === run)) continue;
    for (const entry of entries) {
      if (entry.type !== 'tag-writing' || !entry.before || isUndone(run, entry.target)) continue;
      const manifest = await kept.manifest(run, entry.before, { signal });
      if (manifest) needed.push(manifest);
    }
  }
  return needed;
}
