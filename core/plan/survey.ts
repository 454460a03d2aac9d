// Reads what a tag holds now, as far as the decision needs it: platforms, configs, build times, completeness.
import { isAttachedTag } from '../contract.js';
import type { Descriptor } from '../content/descriptor.js';
import type { Digest } from '../content/digest.js';
import { parseImageConfig, type ImageConfig } from '../content/image-config.js';
import { parseManifest, type ImageIndex, type ImageManifest, type RawManifest } from '../content/manifest.js';
import { isImageConfigType } from '../content/media-types.js';
import type { Platform } from '../content/platform.js';
import { AppError } from '../errors.js';
import type { TagReader } from '../ports/tag-reader.js';
import type { IncomingImage } from './fuse.js';
import { childKey, isImageChild, type ChildState, type TagState } from './tag-state.js';
import type { Cancellable } from '../ports/cancellable.js';

export interface SurveyOptions extends Cancellable {
  /** True when the repository holds the blob, with the size that its descriptor says. */
  readonly hasBlob: (repository: string, blob: Descriptor) => Promise<boolean>;
  /** Package version that brought a manifest to this tag, as far as journals know. */
  readonly versionOf: (digest: Digest) => string | null;
  /** True: of an index the children of all platforms are read, so that a lost one is found. Otherwise only those that come in. */
  readonly everyChild?: boolean;
}

/** Codes of failures that concern the whole target. */
const NOT_ABOUT_THE_TAG =
  /^registry\.(?:unreachable|credentials-refused$|account-refused$|login-unavailable$|host-not-allowed$|login-lost$|token-service-failed$|stayed-away$|asks-to-wait$)/;

/** True for a failure that concerns one tag, so that the others can still be used; all other failures concern the whole target. */
export function isAboutTheTag(error: unknown): error is AppError {
  return error instanceof AppError && !NOT_ABOUT_THE_TAG.test(error.code);
}

/**
 * Reads the state of `repository:tag`. What cannot be read is `blocked`; nothing is guessed. Throws what concerns the whole target (see {@link isAboutTheTag}).
 */
export async function surveyTag(
  target: TagReader,
  repository: string,
  tag: string,
  incoming: readonly IncomingImage[],
  options: SurveyOptions,
): Promise<TagState> {
  try {
    const manifest = await tagManifest(target, repository, tag, options);
    if (manifest === null) return { kind: 'absent' };
    if (manifest === UNPROVEN) return { kind: 'absent', isUnproven: true };
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    switch (parsed.kind) {
      case 'other':
        return {
          kind: 'blocked',
          reason: parsed.isUnsupported ? 'unsupported-manifest' : 'not-an-image',
          detail: parsed.reason,
        };
      case 'index':
        return await surveyIndex(target, repository, manifest, parsed, incoming, options);
      case 'manifest':
        return await surveySingle(target, { repository, tag }, manifest, parsed, incoming, options);
    }
  } catch (error) {
    if (!isAboutTheTag(error)) throw error;
    // the registry says that the project does not exist, so the tag does not either
    if (error.code === 'registry.project-missing') return { kind: 'absent' };
    return { kind: 'blocked', reason: 'unreadable', detail: error.message };
  }
}

const UNPROVEN = 'unproven';

/** `unproven`: the target seems not to have the tag, and only a connection that may write can prove it. */
async function tagManifest(
  target: TagReader,
  repository: string,
  tag: string,
  options: Cancellable,
): Promise<RawManifest | null | typeof UNPROVEN> {
  try {
    return await target.getManifest(repository, tag, options);
  } catch (error) {
    if (error instanceof AppError && error.code === 'registry.absence-unproven') return UNPROVEN;
    throw error;
  }
}

async function surveyIndex(
  target: TagReader,
  repository: string,
  manifest: RawManifest,
  index: ImageIndex,
  incoming: readonly IncomingImage[],
  options: SurveyOptions,
): Promise<TagState> {
  const wanted = new Set(incoming.map((image) => childKey(image.platform)));
  const children: ChildState[] = [];
  for (const descriptor of index.manifests) {
    if (!isImageChild(descriptor)) continue;
    const { platform } = descriptor;
    const version = options.versionOf(descriptor.digest);
    if (!wanted.has(childKey(platform))) {
      const looked = options.everyChild ? await lookForChild(target, repository, descriptor, options) : {};
      children.push({
        descriptor,
        platform,
        config: null,
        created: null,
        version,
        complete: true,
        ...looked,
      });
      continue;
    }
    const raw = await target.getManifest(repository, descriptor.digest, options);
    const parsed = raw && parseManifest(raw.bytes, raw.mediaType);
    const child = parsed?.kind === 'manifest' ? parsed : null;
    children.push({
      descriptor,
      version,
      ...(await lookInto(target, repository, platform, child, incoming, options)),
      ...(raw ? { manifest: raw } : {}),
    });
  }
  return { kind: 'index', manifest, index, children };
}

/** A child that is not changed. One that cannot be read is not complete, but does not keep others from coming in. */
async function lookForChild(
  target: TagReader,
  repository: string,
  { digest }: Descriptor,
  options: Cancellable,
): Promise<Pick<ChildState, 'complete' | 'manifest'>> {
  try {
    const manifest = await target.getManifest(repository, digest, options);
    return manifest ? { complete: true, manifest } : { complete: false };
  } catch (error) {
    if (!isAboutTheTag(error)) throw error;
    return { complete: false };
  }
}

async function surveySingle(
  target: TagReader,
  { repository, tag }: { readonly repository: string; readonly tag: string },
  manifest: RawManifest,
  image: ImageManifest,
  incoming: readonly IncomingImage[],
  options: SurveyOptions,
): Promise<TagState> {
  const { digest, mediaType, bytes } = manifest;
  const descriptor: Descriptor = { mediaType, digest, size: bytes.length };
  const version = options.versionOf(digest);
  const same = incoming.find((one) => one.descriptor.digest === digest || one.config === image.config.digest);
  // what is attached to an image has no platform of its own: it counts as that of its image
  const compared = same ?? (isAttachedTag(tag) ? incoming[0] : undefined);
  // the config of an image that comes in is known
  const platform = (compared ?? (await readConfig(target, repository, image, options)))?.platform;
  if (!platform?.architecture || !platform.os) {
    if (!platform) {
      const detail = `its config ${image.config.digest} cannot be read`;
      return { kind: 'blocked', reason: 'unreadable', detail };
    }
    // the config of an artifact (a chart, a signature) has a media type of its own
    const reason = isImageConfigType(image.config.mediaType) ? 'unsupported-manifest' : 'not-an-image';
    return { kind: 'blocked', reason, detail: 'its config names no platform' };
  }
  const child = {
    descriptor,
    version,
    ...(await lookInto(target, repository, platform, image, incoming, options)),
  };
  return { kind: 'manifest', manifest, child };
}

/** What only matters where the same platform comes in: the config, its build time, and whether all blobs are there. */
async function lookInto(
  target: TagReader,
  repository: string,
  platform: Platform,
  image: ImageManifest | null,
  incoming: readonly IncomingImage[],
  options: SurveyOptions,
): Promise<Pick<ChildState, 'platform' | 'config' | 'created' | 'complete'>> {
  if (image === null) return { platform, config: null, created: null, complete: false };
  const rival = incoming.find((one) => childKey(one.platform) === childKey(platform));
  const config = image.config.digest;
  if (!rival) return { platform, config, created: null, complete: true };
  if (rival.config === config) {
    return {
      platform,
      config,
      created: rival.created,
      complete: await isComplete(repository, image, options),
    };
  }
  const other = await readConfig(target, repository, image, options);
  return { platform, config, created: other?.created ?? null, complete: other !== null };
}

async function isComplete(
  repository: string,
  image: ImageManifest,
  options: SurveyOptions,
): Promise<boolean> {
  for (const blob of [image.config, ...image.layers]) {
    if (blob.urls?.length) continue; // clients get such layers from their URLs, not from the registry
    if (!(await options.hasBlob(repository, blob))) return false;
  }
  return true;
}

async function readConfig(
  target: TagReader,
  repository: string,
  image: ImageManifest,
  options: SurveyOptions,
): Promise<ImageConfig | null> {
  const bytes = await target.getBlob(repository, image.config.digest, options);
  return bytes && parseImageConfig(bytes);
}
