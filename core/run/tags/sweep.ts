// Reads the written tags again at the end of a run: another writer may have read a tag before our write and then dropped a platform.
import { parseImageConfig } from '../../content/image-config.js';
import { parseManifest, type RawManifest } from '../../content/manifest.js';
import { platformKey, type Platform } from '../../content/platform.js';
import { isImageChild } from '../../plan/tag-state.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { concernsOneItem } from '../base/run-ending.js';
import type { TagInput, TagOutcome, TagWriter } from './tag-writer.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** How often a tag that changed again is merged before it is left to the other writer. */
const ROUNDS = 3;

/** Tags that are not as the run wrote them. */
export interface Swept {
  /** Tags that had lost a platform, with the outcome of merging it again. */
  readonly mended: readonly TagOutcome[];
  /** Tags that could not be read again. */
  readonly unread: readonly TagOutcome[];
}

/**
 * Reads every written tag again; platforms that it held when this run wrote it and that are gone are merged again by the same
 * rules. What another writer put in place of a platform is left alone.
 */
export async function sweep(
  target: ImageTarget,
  writer: TagWriter,
  outcomes: readonly TagOutcome[],
  concurrency: number,
  options: Cancellable,
): Promise<Swept> {
  const mended: TagOutcome[] = [];
  const unread: TagOutcome[] = [];
  let open = outcomes.filter((outcome) => outcome.written !== null);
  for (let round = 1; round <= ROUNDS && open.length > 0; round += 1) {
    const again: TagOutcome[] = [];
    await forEachLimited(open, concurrency, async (outcome) => {
      const { repository, tag, written } = outcome;
      if (!written) return;
      const lost = await lostImages(target, repository, tag, written, options).catch((error: unknown) => {
        if (!concernsOneItem(error, options)) throw error;
        unread.push(outcome);
        return [];
      });
      if (lost.length === 0) return;
      const next = await writer.write(repository, tag, lost);
      mended.push(next);
      again.push(next);
    });
    open = again.filter((outcome) => outcome.written !== null);
  }
  return { mended, unread };
}

/** The images that the written manifest has and the present one has not. */
async function lostImages(
  target: ImageTarget,
  repository: string,
  tag: string,
  written: RawManifest,
  options: Cancellable,
): Promise<readonly TagInput[]> {
  const now = await target.getManifest(repository, tag, options);
  if (now?.digest === written.digest) return [];
  const present = new Set(
    (await imagesOf(target, repository, now, options)).map((one) => platformKey(one.incoming.platform)),
  );
  const ours = await imagesOf(target, repository, written, options);
  return ours.filter((one) => !present.has(platformKey(one.incoming.platform)));
}

async function imagesOf(
  target: ImageTarget,
  repository: string,
  manifest: RawManifest | null,
  options: Cancellable,
): Promise<readonly TagInput[]> {
  if (!manifest) return [];
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed.kind === 'other') return [];
  if (parsed.kind === 'manifest') return present(await inputFor(target, repository, manifest, null, options));
  const inputs: TagInput[] = [];
  for (const child of parsed.manifests) {
    if (!isImageChild(child)) continue;
    const raw = await target.getManifest(repository, child.digest, options);
    if (raw) inputs.push(...present(await inputFor(target, repository, raw, child.platform, options)));
  }
  return inputs;
}

async function inputFor(
  target: ImageTarget,
  repository: string,
  manifest: RawManifest,
  platform: Platform | null,
  options: Cancellable,
): Promise<TagInput | null> {
  const image = parseManifest(manifest.bytes, manifest.mediaType);
  if (image.kind !== 'manifest') return null;
  const bytes = await target.getBlob(repository, image.config.digest, options);
  const config = bytes && parseImageConfig(bytes);
  const own = platform ?? config?.platform;
  if (!own) return null;
  const { mediaType, digest } = manifest;
  return {
    incoming: {
      platform: own,
      descriptor: { mediaType, digest, size: manifest.bytes.length },
      manifest,
      config: image.config.digest,
      created: config?.created ?? null,
      version: null,
      attestations: [],
    },
    attached: [],
    sources: [],
  };
}

function present(input: TagInput | null): readonly TagInput[] {
  return input ? [input] : [];
}
