// What prunes left that did not come to their end: tags of charts that they removed, and manifests of tags that they removed.
import { isDigest } from '../content/digest.js';
import type { RawManifest } from '../content/manifest.js';
import type { TagSummary } from '../contract.js';
import { TAGS_AT_A_TIME } from '../flow/limits.js';
import { forEachLimited } from '../flow/task-pool.js';
import type { FormerRun } from '../journal/former-runs.js';
import type { ImageTarget } from '../ports/image-target.js';
import { concernsOneItem } from '../run/base/run-ending.js';
import { placeOf } from '../target/place.js';
import type { PruneJob, UntaggedManifest } from './prune-job.js';

/** A tag that a chart named which such a prune was to remove. */
export interface LeftTag {
  /** `host/repo:tag`. */
  readonly target: string;
  /** The chart: folder of the package, name and version. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** A tag that such a prune removed, or was about to remove. */
interface RemovedTag {
  readonly run: string;
  readonly target: string;
  readonly before: TagSummary;
}

/**
 * Finds what prunes of a target noted and may not have removed: they were killed, stopped, or something failed. Each chart and tag is
 * noted before it goes, so the journals name them in each of these cases. Whether they are there is not looked at. Tags that an import
 * brought again since are left out.
 * @param runs newest first
 */
export function unfinishedPrunes(
  runs: readonly FormerRun[],
  location: string,
): { readonly tags: readonly LeftTag[]; readonly removed: readonly RemovedTag[] } {
  const broughtSince = new Set<string>();
  const tags: LeftTag[] = [];
  const removed: RemovedTag[] = [];
  for (const { run, kind, target: where, entries } of runs) {
    if (where.location !== location) continue;
    const isDone = entries.some((entry) => entry.type === 'run-ended' && entry.result === 'done');
    for (const entry of entries) {
      if (kind === 'import' && entry.type === 'image') broughtSince.add(entry.target);
      if (kind !== 'prune' || isDone) continue;
      if (entry.type === 'chart-images') {
        const { repo: folder, name, version, images } = entry;
        for (const target of images)
          if (!broughtSince.has(target)) tags.push({ target, folder, name, version });
      }
      if (entry.type === 'tag-writing' && entry.before && !broughtSince.has(entry.target))
        removed.push({ run, target: entry.target, before: entry.before });
    }
  }
  return { tags, removed };
}

/**
 * The manifests of removed tags that the registry still has. A folder needs none of this: it notes what is about to lose its last name.
 * What cannot be read is left to the registry's own clean-up.
 */
export async function untaggedManifests(
  removed: readonly RemovedTag[],
  images: ImageTarget,
  job: PruneJob,
): Promise<readonly UntaggedManifest[]> {
  const untagged: UntaggedManifest[] = [];
  await forEachLimited(images.upkeep ? [] : removed, TAGS_AT_A_TIME, async ({ run, target, before }) => {
    job.signal.throwIfAborted();
    const found = await untaggedManifest({ run, target, before }, images, job);
    if (found) untagged.push(found);
  });
  return untagged;
}

async function untaggedManifest(
  { run, target, before }: RemovedTag,
  images: ImageTarget,
  job: PruneJob,
): Promise<UntaggedManifest | null> {
  const place = placeOf(images, target);
  if (!place || !isDigest(before.digest)) return null;
  try {
    if (await images.getManifest(place.repository, place.tag, job)) return null;
    if (!(await images.getManifest(place.repository, before.digest, job))) return null;
  } catch (error) {
    if (!concernsOneItem(error, job)) throw error;
    return null;
  }
  const now: RawManifest | null = await job.kept.manifest(run, before, job);
  return now && { target, place, now };
}
