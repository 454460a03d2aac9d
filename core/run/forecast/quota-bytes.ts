// How many bytes of an import a project's quota will count: blobs and manifests that none of the project's manifests names yet.
import type { Digest } from '../../content/digest.js';
import { parseManifest } from '../../content/manifest.js';
import { isImageManifestType, isIndexType } from '../../content/media-types.js';
import { QUESTIONS_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { projectOf } from '../../target/projects.js';
import { concernsOneItem } from '../base/run-ending.js';
import type { TagJob } from '../tags/tag-jobs.js';
import { STORES, type TagForecast } from '../tags/tag-rows.js';
import type { BlobSurvey } from './blob-survey.js';

/** What an import stores in one project. */
export interface ProjectLoad {
  readonly repositories: ReadonlySet<string>;
  /** Bytes of each blob and manifest, whether the project has it or not. */
  readonly items: ReadonlyMap<Digest, number>;
  /** Blobs among them that a repository of the project answers to hold. */
  readonly held: ReadonlySet<Digest>;
}

type MutableLoad = {
  readonly repositories: Set<string>;
  readonly items: Map<Digest, number>;
  readonly held: Set<Digest>;
};

/** What the images that are written store in each project. */
export function loadsOf(
  forecasts: ReadonlyMap<TagJob, TagForecast>,
  survey: BlobSurvey,
): ReadonlyMap<string, ProjectLoad> {
  const loads = new Map<string, MutableLoad>();
  for (const [job, { decision }] of forecasts) {
    const project = projectOf(job.repository);
    const load = loads.get(project) ?? { repositories: new Set(), items: new Map(), held: new Set() };
    loads.set(project, load);
    for (const [at, { offer }] of job.chosen.entries()) {
      const action = decision.rows[at]?.action;
      if (!action || !STORES.has(action)) continue;
      load.repositories.add(job.repository);
      const manifests = [offer.manifest, ...offer.attestations.map(({ manifest }) => manifest)];
      for (const { digest, size } of [...offer.blobs, ...manifests]) load.items.set(digest, size);
      const held = new Set(survey.of(offer).held.map((position) => survey.blobs[position]?.digest));
      for (const { digest } of offer.blobs) if (held.has(digest)) load.held.add(digest);
    }
    if (decision.write) load.items.set(decision.write.digest, decision.write.bytes.length);
  }
  return loads;
}

/** Bytes of a load. */
export function bytesOf({ items }: ProjectLoad): number {
  return [...items.values()].reduce((sum, size) => sum + size, 0);
}

/** Bytes that no answer of the registry says to be there. Blobs of deleted repositories are said to be there, and count again. */
export function bytesNotHeld({ items, held }: ProjectLoad): number {
  return [...items].reduce((sum, [digest, size]) => (held.has(digest) ? sum : sum + size), 0);
}

/**
 * Bytes that are new to the project by its own manifests: the tags of the load's repositories are read. A blob that a manifest names and
 * that is not there counts, because it is sent again. What only an untagged manifest or another repository names counts as new.
 */
export async function bytesNewByManifests(
  target: ImageTarget,
  { items, held, repositories }: ProjectLoad,
  options: Cancellable,
): Promise<number> {
  const named = new Set<Digest>();
  const manifests = new Set<Digest>();
  const read = async (repository: string, reference: string): Promise<void> => {
    const raw = await target.getManifest(repository, reference, options);
    if (!raw || manifests.has(raw.digest)) return;
    manifests.add(raw.digest);
    const parsed = parseManifest(raw.bytes, raw.mediaType);
    if (parsed.kind === 'manifest')
      for (const { digest } of [parsed.config, ...parsed.layers]) named.add(digest);
    if (parsed.kind !== 'index') return;
    for (const { digest, mediaType } of parsed.manifests)
      if (isImageManifestType(mediaType) || isIndexType(mediaType)) await read(repository, digest);
  };
  await forEachLimited(repositories, QUESTIONS_AT_A_TIME, async (repository) => {
    try {
      for (const tag of await target.listTags(repository, options)) await read(repository, tag);
    } catch (error) {
      // what cannot be read counts as new
      if (!concernsOneItem(error, options)) throw error;
    }
  });
  const isThere = (digest: Digest): boolean =>
    manifests.has(digest) || (held.has(digest) && named.has(digest));
  return [...items].reduce((sum, [digest, size]) => (isThere(digest) ? sum : sum + size), 0);
}
