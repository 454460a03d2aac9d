// Reads the written tags again at the end of a run: another writer may have read a tag before our write and then dropped a platform.
import type { Digest } from '../../content/digest.js';
import { parseImageConfig } from '../../content/image-config.js';
import { parseManifest, type RawManifest } from '../../content/manifest.js';
import { platformKey, type Platform } from '../../content/platform.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { concernsOneItem } from '../base/run-ending.js';
import { imageChildren, type IndexChild, type LostChild } from './tag-parts.js';
import type { TagInput, TagOutcome, TagWriter } from './tag-writer.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** How often a tag that changed again is merged before it is left to the other writer, and one that could not be read is read again. */
const ROUNDS = 3;

/** Tags that are not as the run wrote them. */
export interface Swept {
  /** Tags that had lost a platform, with the outcome of merging it again. */
  readonly mended: readonly TagOutcome[];
  /** Tags that could not be read again. */
  readonly unread: readonly TagOutcome[];
  /** Tags that list a platform whose manifest was gone, each with what became of it. */
  readonly lost: readonly { readonly outcome: TagOutcome; readonly child: LostChild }[];
}

/**
 * Reads every written tag again; platforms that it held when this run wrote it and that are gone are merged again by the same
 * rules. What another writer put in place of a platform is left alone. Where the target was seen to lose manifests, the children of
 * each tag are read as well: a later move of another tag in the repository may have taken them.
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
  const lost: { outcome: TagOutcome; child: LostChild }[] = [];
  const mayLose = writer.parts.isLossy;
  let open = outcomes.filter((outcome) => outcome.written !== null);
  for (let round = 1; round <= ROUNDS && open.length > 0; round += 1) {
    const again: TagOutcome[] = [];
    // a folder collects names, and drops the change of a name that another program changed meanwhile
    await target.flush(options);
    await forEachLimited(open, concurrency, async (outcome) => {
      const { repository, tag, written } = outcome;
      if (!written) return;
      try {
        const now = await target.getManifest(repository, tag, options);
        if (now?.digest === written.digest) {
          if (!mayLose) return;
          for (const child of await lostChildren(target, repository, written, outcome, options))
            lost.push({ outcome, child: await writer.parts.putBack(repository, tag, child) });
          return;
        }
        const gone = await lostImages(target, writer, outcome, now, options);
        if (gone.length === 0) return;
        const next = await writer.write(repository, tag, gone);
        mended.push(next);
        again.push(next);
      } catch (error) {
        if (!concernsOneItem(error, options)) throw error;
        // where a part of all requests fails, it is read after the others
        if (error.retryable && round < ROUNDS) again.push(outcome);
        else unread.push(outcome);
      }
    });
    open = again.filter((outcome) => outcome.written !== null);
  }
  return { mended, unread, lost };
}

/** The children of a written index that are gone, without those that were gone before. */
async function lostChildren(
  target: ImageTarget,
  repository: string,
  written: RawManifest,
  { lost }: TagOutcome,
  options: Cancellable,
): Promise<readonly IndexChild[]> {
  const before = new Set(lost.flatMap(({ outcome, digest }) => (outcome === 'lost' ? [digest] : [])));
  const gone: IndexChild[] = [];
  for (const descriptor of imageChildren(written)) {
    if (before.has(descriptor.digest)) continue;
    if (await target.getManifest(repository, descriptor.digest, options)) continue;
    gone.push({ descriptor, platform: descriptor.platform, version: null });
  }
  return gone;
}

/**
 * The images that the written manifest has and the present one has not. Another writer that had read the tag before this run wrote it
 * puts back what this run replaced: such an image does not count as present.
 */
async function lostImages(
  target: ImageTarget,
  { parts }: TagWriter,
  { repository, tag, written, replaced }: TagOutcome,
  now: RawManifest | null,
  options: Cancellable,
): Promise<readonly TagInput[]> {
  const read = (digest: Digest): Promise<RawManifest | null> =>
    target.getManifest(repository, digest, options);
  const others = (await imagesOf(target, repository, now, read, options)).map(({ incoming }) => incoming);
  const present = new Set(
    others.flatMap(({ descriptor, platform }) =>
      replaced.has(descriptor.digest) ? [] : [platformKey(platform)],
    ),
  );
  const readOrRecall = async (digest: Digest, mediaType: string): Promise<RawManifest | null> =>
    (await read(digest)) ?? parts.recall(repository, tag, { digest, mediaType });
  const ours = await imagesOf(target, repository, written, readOrRecall, options);
  return ours.filter((one) => !present.has(platformKey(one.incoming.platform)));
}

async function imagesOf(
  target: ImageTarget,
  repository: string,
  manifest: RawManifest | null,
  read: (digest: Digest, mediaType: string) => Promise<RawManifest | null>,
  options: Cancellable,
): Promise<readonly TagInput[]> {
  if (!manifest) return [];
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed.kind === 'other') return [];
  if (parsed.kind === 'manifest') return present(await inputFor(target, repository, manifest, null, options));
  const inputs: TagInput[] = [];
  for (const { digest, mediaType, platform } of imageChildren(manifest)) {
    const raw = await read(digest, mediaType);
    if (raw) inputs.push(...present(await inputFor(target, repository, raw, platform, options)));
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
