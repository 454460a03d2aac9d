// One tag of a comparison: all images that it holds, and what an import of the packages would make of it.
import type { Digest } from '../../content/digest.js';
import { parseImageConfig } from '../../content/image-config.js';
import { parseManifest, type ImageManifest } from '../../content/manifest.js';
import type { Platform } from '../../content/platform.js';
import type { TagDecision } from '../../plan/fuse.js';
import { isAboutTheTag } from '../../plan/survey.js';
import type { ChildState, TagState } from '../../plan/tag-state.js';
import type { BlobPresence } from '../../run/upload/blob-presence.js';
import type { Spool } from '../../run/base/spool.js';
import { TagDecider, type TagDeciderOptions } from '../../run/tags/tag-decider.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import { tagInputs, type TagJob } from '../../run/tags/tag-jobs.js';
import type { TagForecast } from '../../run/tags/tag-rows.js';
import type { TagReader } from '../../ports/tag-reader.js';
import { ReadOnce } from '../reading/read-once.js';

/** One image that the tag serves. */
export interface HeldImage {
  readonly platform: Platform;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Null when the manifest is missing or could not be read. */
  readonly manifest: ImageManifest | null;
  /** Null when the config is missing or could not be read. */
  readonly configBytes: Buffer | null;
  readonly created: string | null;
  /** `incomplete`: manifest or config are missing; `unreadable`: the target did not answer whether they are there. */
  readonly state: 'whole' | 'incomplete' | 'unreadable';
}

/** Everything that was read of one tag. */
export interface TagView extends TagForecast {
  readonly job: TagJob;
  readonly held: readonly HeldImage[];
  /** Bytes of the blobs that the repository lacks of the images that would be written, each blob once. */
  readonly bytesToSend: number;
}

export interface ViewOptions extends TagDeciderOptions {
  readonly labels: readonly PackageLabel[];
  readonly spool: Spool;
}

/** Reads the tag with all its children and decides as an import does. Throws only what concerns the whole target. */
export async function viewTag(job: TagJob, options: ViewOptions): Promise<TagView> {
  const { presence, labels, spool, signal } = options;
  const { repository, tag } = job;
  const target = new ReadOnce(options.target);
  const decider = new TagDecider({ ...options, target });
  const forecast = await decider.decide(repository, tag, await tagInputs(job, labels, spool));
  const held: HeldImage[] = [];
  const { state, decision } = forecast;
  for (const child of childrenOf(state)) held.push(await heldImage(target, repository, child, { signal }));
  return { job, ...forecast, held, bytesToSend: await bytesToSend(job, decision, presence) };
}

function childrenOf(state: TagState): readonly ChildState[] {
  switch (state.kind) {
    case 'absent':
    case 'blocked':
      return [];
    case 'manifest':
      return [state.child];
    case 'index':
      return state.children;
  }
}

async function heldImage(
  target: TagReader,
  repository: string,
  { descriptor, platform }: ChildState,
  options: { readonly signal: AbortSignal },
): Promise<HeldImage> {
  const { digest, mediaType } = descriptor;
  const unknown = { platform, digest, mediaType, manifest: null, configBytes: null, created: null };
  try {
    const raw = await target.getManifest(repository, digest, options);
    const manifest = raw && parseManifest(raw.bytes, raw.mediaType);
    if (manifest?.kind !== 'manifest') return { ...unknown, state: 'incomplete' };
    const configBytes = await target.getBlob(repository, manifest.config.digest, options);
    const created = configBytes ? (parseImageConfig(configBytes)?.created ?? null) : null;
    return { ...unknown, manifest, configBytes, created, state: configBytes ? 'whole' : 'incomplete' };
  } catch (error) {
    if (!isAboutTheTag(error)) throw error;
    return { ...unknown, state: 'unreadable' };
  }
}

async function bytesToSend(job: TagJob, decision: TagDecision, presence: BlobPresence): Promise<number> {
  const blobs = new Map<Digest, number>();
  for (const [at, { action }] of decision.rows.entries()) {
    const chosen = job.chosen[at];
    if (!chosen || action === 'skip' || action === 'keep' || action === 'conflict' || action === 'blocked')
      continue;
    for (const { digest, size } of chosen.offer.blobs) blobs.set(digest, size);
  }
  const sizes = await Promise.all(
    [...blobs].map(async ([digest, size]) =>
      (await isThere(presence, job.repository, { digest, size })) ? 0 : size,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function isThere(
  presence: BlobPresence,
  repository: string,
  blob: { readonly digest: Digest; readonly size: number },
): Promise<boolean> {
  try {
    return await presence.has(repository, blob);
  } catch (error) {
    // an import would have to send a blob whose presence is unknown
    if (!isAboutTheTag(error)) throw error;
    return false;
  }
}
