// One tag of a comparison: all images that it holds, and what an import of the packages would make of it.
import type { Digest } from '../../content/digest.js';
import { parseImageConfig } from '../../content/image-config.js';
import { parseManifest, type ImageManifest } from '../../content/manifest.js';
import type { Platform } from '../../content/platform.js';
import { isAboutTheTag } from '../../plan/survey.js';
import type { ChildState, TagState } from '../../plan/tag-state.js';
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
  /** Bytes of that manifest; null as `manifest`. */
  readonly manifestBytes: Buffer | null;
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
}

export interface ViewOptions extends TagDeciderOptions {
  readonly labels: readonly PackageLabel[];
  readonly spool: Spool;
}

/** Reads the tag with all its children and decides as an import does. Throws only what concerns the whole target. */
export async function viewTag(job: TagJob, options: ViewOptions): Promise<TagView> {
  const { labels, spool, signal } = options;
  const { repository, tag } = job;
  const target = new ReadOnce(options.target);
  const decider = new TagDecider({ ...options, target });
  const forecast = await decider.decide(repository, tag, await tagInputs(job, labels, spool));
  const held: HeldImage[] = [];
  const { state } = forecast;
  for (const child of childrenOf(state)) held.push(await heldImage(target, repository, child, { signal }));
  return { job, ...forecast, held };
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
  const unknown = {
    ...{ platform, digest, mediaType },
    ...{ manifest: null, manifestBytes: null, configBytes: null, created: null },
  };
  try {
    const raw = await target.getManifest(repository, digest, options);
    const manifest = raw && parseManifest(raw.bytes, raw.mediaType);
    if (manifest?.kind !== 'manifest') return { ...unknown, state: 'incomplete' };
    const configBytes = await target.getBlob(repository, manifest.config.digest, options);
    const created = configBytes ? (parseImageConfig(configBytes)?.created ?? null) : null;
    const read = { manifest, manifestBytes: raw?.bytes ?? null, configBytes, created };
    return { ...unknown, ...read, state: configBytes ? 'whole' : 'incomplete' };
  } catch (error) {
    if (!isAboutTheTag(error)) throw error;
    return { ...unknown, state: 'unreadable' };
  }
}
