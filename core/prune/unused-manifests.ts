// After the tags of a prune are gone: removes the manifests that only they led to, so that a registry can free their layers.
import type { Digest } from '../content/digest.js';
import { parseManifest, type RawManifest } from '../content/manifest.js';
import { manifestTypeOf } from '../layout/manifest-type.js';
import { undoneWork } from '../journal/undone-runs.js';
import type { ImageTarget } from '../ports/image-target.js';
import { concernsOneItem } from '../run/base/run-ending.js';
import { placeOf } from '../target/place.js';
import type { PruneJob, UntaggedManifest } from './prune-job.js';

/** In a folder, before tags go: notes what only they may lead to, so that a prune that is killed leaves nothing without a name. */
export async function expectUnusedContent(
  going: readonly UntaggedManifest[],
  images: ImageTarget,
  job: PruneJob,
): Promise<void> {
  if (!images.upkeep || going.length === 0) return;
  const needed = (await neededByUndo(going, job)).map(({ manifest }) => manifest);
  await images.upkeep.expectUnused(await contentOf(going, images, job), needed, job);
}

/**
 * Removes, in each repository, the manifests of removed tags and their children that nothing uses any more: no tag, no index under a
 * tag, no pin of a chart, and no undo of an earlier run. Where anything of a repository cannot be read, all its manifests stay. In a
 * folder the layers and configs go, too.
 * @param removed what the tags held that were removed
 * @param pinned `repository@sha256:…` of published charts
 */
export async function removeUnusedManifests(
  removed: readonly UntaggedManifest[],
  pinned: ReadonlySet<string>,
  images: ImageTarget,
  job: PruneJob,
): Promise<void> {
  const needed = await neededByUndo(removed, job);
  if (images.upkeep) {
    await images.upkeep.removeUnused(
      await contentOf(removed, images, job),
      needed.map(({ manifest }) => manifest),
      job,
    );
    return;
  }
  const byRepository = new Map<string, RawManifest[]>();
  for (const { now, place } of removed)
    byRepository.set(place.repository, [...(byRepository.get(place.repository) ?? []), now]);
  for (const [repository, manifests] of byRepository) {
    job.signal.throwIfAborted();
    try {
      await removeIn(repository, manifests, pinned, needed, images, job);
    } catch (error) {
      // The tags are gone, which is what was asked for; what cannot be told apart here is left to the registry's own clean-up.
      if (!concernsOneItem(error, job)) throw error;
    }
  }
}

/** What the tags lead to, with configs and layers. */
async function contentOf(
  tags: readonly UntaggedManifest[],
  images: ImageTarget,
  job: PruneJob,
): Promise<readonly Digest[]> {
  const digests = new Set<Digest>();
  for (const { now, place } of tags) await collect(now, place.repository, images, digests, job, true);
  return [...digests];
}

async function removeIn(
  repository: string,
  manifests: readonly RawManifest[],
  pinned: ReadonlySet<string>,
  needed: readonly NeededManifest[],
  images: ImageTarget,
  job: PruneJob,
): Promise<void> {
  const used = new Set<Digest>();
  for (const one of needed) {
    if (one.repository === repository) await collect(one.manifest, repository, images, used, job, false);
  }
  for (const tag of await images.listTags(repository, job)) {
    const manifest = await images.getManifest(repository, tag, job);
    if (manifest) await collect(manifest, repository, images, used, job, false);
  }
  // an index before its children, because registries keep a manifest that an index lists
  for (const manifest of manifests) {
    const unused = new Set<Digest>();
    await collect(manifest, repository, images, unused, job, false);
    for (const digest of unused) {
      if (used.has(digest) || pinned.has(`${repository}@${digest}`)) continue;
      await images.deleteManifest(repository, digest, job);
    }
  }
}

/** Adds the digests of a manifest and of its children, with `withBlobs` of configs and layers, too. An absent child has no children. */
async function collect(
  manifest: RawManifest,
  repository: string,
  images: ImageTarget,
  found: Set<Digest>,
  job: PruneJob,
  withBlobs: boolean,
): Promise<void> {
  found.add(manifest.digest);
  const parsed = parseManifest(manifest.bytes, manifestTypeOf(manifest.bytes) ?? manifest.mediaType);
  if (parsed.kind === 'manifest' && withBlobs) {
    for (const { digest } of [parsed.config, ...parsed.layers]) found.add(digest);
  }
  if (parsed.kind !== 'index') return;
  for (const { digest } of parsed.manifests) {
    if (found.has(digest)) continue;
    found.add(digest);
    const child = await images.getManifest(repository, digest, job);
    if (child) await collect(child, repository, images, found, job, withBlobs);
  }
}

interface NeededManifest {
  readonly repository: string;
  readonly manifest: RawManifest;
}

/**
 * The manifests that an undo of an earlier run would restore. An undo restores a tag only while it holds what the run wrote, so former
 * content of the removed tags does not count.
 */
async function neededByUndo(
  removed: readonly UntaggedManifest[],
  { runs, kept, target: { images, summary }, signal }: PruneJob,
): Promise<readonly NeededManifest[]> {
  const gone = new Set(removed.map(({ target }) => target));
  const isUndone = undoneWork(runs);
  const needed: NeededManifest[] = [];
  for (const { run, target: where, entries } of runs) {
    if (where.location !== summary.location) continue;
    for (const entry of entries) {
      if (entry.type !== 'tag-writing' || !entry.before || gone.has(entry.target)) continue;
      const place = images && placeOf(images, entry.target);
      if (!place || isUndone(run, entry.target)) continue;
      const manifest = await kept.manifest(run, entry.before, { signal });
      if (manifest) needed.push({ repository: place.repository, manifest });
    }
  }
  return needed;
}
