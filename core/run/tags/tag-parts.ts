// The manifests that a tag leads to by digest. zot takes a manifest out of the repository when the only tag that holds it moves,
// also if the new index under that tag lists it, and children that no index lists any more. So they are read again after each write,
// and put again by digest where they are gone.
// https://github.com/project-zot/zot/blob/6d19b44/pkg/storage/common/common.go#L209
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import { parseManifest, type RawManifest } from '../../content/manifest.js';
import { describePlatform, type Platform } from '../../content/platform.js';
import { isImageManifestType, isIndexType } from '../../content/media-types.js';
import { isImageChild, type ChildState, type TagState } from '../../plan/tag-state.js';
import { lingering } from '../../flow/lingering-signal.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { concernsOneItem } from '../base/run-ending.js';

/** After a cancel, the parts of a tag that was written may take this long to be read again (milliseconds). */
const GRACE_MS = 30_000;

export type Parts = ReadonlyMap<Digest, RawManifest>;

/** A platform that an index lists and whose manifest the target does not have. */
export interface LostChild {
  /** As `describePlatform` writes it. */
  readonly platform: string;
  readonly digest: Digest;
  /** `put-back`: the manifest was known from elsewhere and is there again; `lost`: it is known nowhere. */
  readonly outcome: 'put-back' | 'lost';
  /** True when a former run brought it, so that its loss is not the work of who made the index. */
  readonly isOurs: boolean;
}

/** What can be pulled by digest through a tag, as far as the survey read it: its single manifest, or the children of its index. */
export function partsIn(state: TagState): Parts {
  if (state.kind === 'manifest') return new Map([[state.manifest.digest, state.manifest]]);
  if (state.kind !== 'index') return new Map();
  return new Map(state.children.flatMap(({ manifest }) => (manifest ? [[manifest.digest, manifest]] : [])));
}

/** The digests of images that the tag served and that `next` does not list. */
export function replacedBy(state: TagState, next: RawManifest): ReadonlySet<Digest> {
  const stay = new Set([next.digest, ...childrenIn(next)]);
  const served = state.kind === 'manifest' ? [state.child] : state.kind === 'index' ? state.children : [];
  return new Set(served.map((child) => child.descriptor.digest).filter((digest) => !stay.has(digest)));
}

/** The manifests that `former` lists and `next` (null: nothing) does not; those that are not in `known` are read from the target. */
export async function displacedParts(
  target: ImageTarget,
  repository: string,
  former: RawManifest,
  next: RawManifest | null,
  known: Parts,
  options: Cancellable,
): Promise<readonly RawManifest[]> {
  const stay = new Set(next ? [next.digest, ...childrenIn(next)] : []);
  const displaced: RawManifest[] = [];
  for (const digest of childrenIn(former)) {
    if (stay.has(digest)) continue;
    const manifest = known.get(digest) ?? (await target.getManifest(repository, digest, options));
    if (manifest) displaced.push(manifest);
  }
  return displaced;
}

/** The entries of an index that are images for a platform; none for a single manifest. */
export function imageChildren({
  bytes,
  mediaType,
}: RawManifest): readonly (Descriptor & { readonly platform: Platform })[] {
  const parsed = parseManifest(bytes, mediaType);
  return parsed.kind === 'index' ? parsed.manifests.filter(isImageChild) : [];
}

/** The digests of the manifests that an index lists, attestations included; none for a single manifest. */
function childrenIn({ bytes, mediaType }: RawManifest): readonly Digest[] {
  const parsed = parseManifest(bytes, mediaType);
  if (parsed.kind !== 'index') return [];
  const { manifests } = parsed;
  return manifests.flatMap((one) =>
    isImageChild(one) || isImageManifestType(one.mediaType) ? [one.digest] : [],
  );
}

/** Gives a manifest that a tag lists, from anywhere but the target; null when it is known nowhere. */
export type Recall = (
  repository: string,
  tag: string,
  part: Pick<Descriptor, 'digest' | 'mediaType'>,
) => Promise<RawManifest | null>;

export interface TagPartsOptions extends Cancellable {
  readonly target: ImageTarget;
  /** Where a manifest that the target lost may be known; by default nowhere. */
  readonly recall?: Recall;
}

/** A child of an index, as the survey found it. */
export type IndexChild = Pick<ChildState, 'platform' | 'descriptor' | 'version'>;

/** A tag that gets other content. */
export interface MovedTag {
  readonly repository: string;
  readonly written: RawManifest;
  /** What can be pulled by digest before, and children that the written index lists. */
  readonly parts: Iterable<RawManifest>;
  /** Those of them that were put and read back right before; they are read again only where the target was seen to lose one. */
  readonly fresh: ReadonlySet<Digest>;
}

/** Sees to it that a target has the manifests that its tags lead to. */
export class TagParts {
  readonly #options: TagPartsOptions;
  #isLossy = false;

  constructor(options: TagPartsOptions) {
    this.#options = options;
  }

  /** True when the target was seen to lose a manifest because a tag moved. */
  get isLossy(): boolean {
    return this.#isLossy;
  }

  /**
   * Writes a tag with `write`, then reads its parts by their digests and puts those again that are gone, also when the write failed
   * (the target may have done it) or the run was cancelled meanwhile.
   */
  async around<T>(tag: MovedTag, { signal }: Cancellable, write: () => Promise<T>): Promise<T> {
    const grace = lingering(signal, GRACE_MS);
    try {
      const result = await write().catch(async (error: unknown) => {
        await this.#keep(tag, grace).catch(() => undefined);
        throw error;
      });
      await this.#keep(tag, grace);
      return result;
    } finally {
      grace.release();
    }
  }

  async #keep({ repository, written, parts, fresh }: MovedTag, options: Cancellable): Promise<void> {
    const { target } = this.#options;
    if (target.kind === 'folder') return; // no content goes away there when a name changes
    // a former index itself is not needed by digest; its children are
    const others = [...parts].filter((one) => one.digest !== written.digest && !isIndexType(one.mediaType));
    for (const part of others.filter(({ digest }) => !fresh.has(digest)))
      await this.#putIfGone(repository, part, options);
    if (!this.#isLossy) return;
    for (const part of others.filter(({ digest }) => fresh.has(digest)))
      await this.#putIfGone(repository, part, options);
  }

  async #putIfGone(repository: string, part: RawManifest, options: Cancellable): Promise<void> {
    const { target } = this.#options;
    if (await target.getManifest(repository, part.digest, options)) return;
    this.#isLossy = true;
    await target.putManifest(repository, part.digest, part, options);
  }

  /** The children that were not in the target and that the tag still lists with `next`, without those in `brought`. */
  async findLost(
    repository: string,
    tag: string,
    state: TagState,
    next: RawManifest | null,
    brought: Parts,
  ): Promise<readonly LostChild[]> {
    if (state.kind !== 'index') return [];
    const stay = new Set(childrenIn(next ?? state.manifest));
    const lost: LostChild[] = [];
    for (const child of state.children) {
      const { digest } = child.descriptor;
      if (child.complete || child.manifest || brought.has(digest) || !stay.has(digest)) continue;
      lost.push(await this.putBack(repository, tag, child));
    }
    return lost;
  }

  /** A manifest that a tag lists, from anywhere but the target; null when it is known nowhere. */
  async recall(...asked: Parameters<Recall>): Promise<RawManifest | null> {
    return (await this.#options.recall?.(...asked)) ?? null;
  }

  /** Puts a child again that the target lost, if it is known from elsewhere. */
  async putBack(repository: string, tag: string, child: IndexChild): Promise<LostChild> {
    const { target } = this.#options;
    const manifest = await this.recall(repository, tag, child.descriptor);
    if (!manifest) return lostChild(child, 'lost');
    try {
      await target.putManifest(repository, manifest.digest, manifest, this.#options);
      return lostChild(child, 'put-back');
    } catch (error) {
      // its blobs may be gone as well
      if (!concernsOneItem(error, this.#options)) throw error;
      return lostChild(child, 'lost');
    }
  }
}

function lostChild({ platform, descriptor, version }: IndexChild, outcome: LostChild['outcome']): LostChild {
  return {
    platform: describePlatform(platform),
    digest: descriptor.digest,
    outcome,
    isOurs: version !== null,
  };
}
