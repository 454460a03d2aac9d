// Which blobs the images under the tags of the target's repositories have. A blob of an earlier import lies where a tag lists it, so it
// is looked for only there. What is read for that is kept for the decisions about those tags.
import { isDigest, type Digest } from '../../content/digest.js';
import { parseManifest, type RawManifest } from '../../content/manifest.js';
import { isImageManifestType, isIndexType } from '../../content/media-types.js';
import { AppError, isAbort } from '../../errors.js';
import { QUESTIONS_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ImageTarget } from '../../ports/image-target.js';
import type { TagReader } from '../../ports/tag-reader.js';

/** Tags of one repository that are read at most: with more of them it is cheaper to ask for each blob. */
const MOST_TAGS = 16;
/** Digests that are remembered of all repositories, about 100 bytes each. */
const MOST_DIGESTS = 200_000;
/** Bytes of manifests that are kept for decisions. */
const MOST_BYTES = 8 << 20;

/** Tags of one repository, and the blobs of the images under them. Null where it cannot be known. */
type Listed = { readonly tags: ReadonlySet<string>; readonly blobs: ReadonlySet<Digest> } | null;

/** The repositories of one target during one run, as they are before the run writes tags. */
export class ListedBlobs {
  readonly #target: ImageTarget;
  readonly #signal: AbortSignal;
  readonly #asked = new Map<string, Promise<Listed>>();
  /** Tags, as `repository tag`, that are absent or were read, and whose answer was given already. */
  readonly #given = new Set<string>();
  readonly #known = new Map<string, Listed>();
  /** By `repository reference`. */
  readonly #kept = new Map<string, RawManifest>();
  #digests = 0;
  #bytes = 0;

  constructor(target: ImageTarget, { signal }: Cancellable) {
    this.#target = target;
    this.#signal = signal;
  }

  /** True when an image under a tag of the repository has the blob, and where that cannot be known. */
  async mayHave(repository: string, digest: Digest): Promise<boolean> {
    const asking = this.#asked.get(repository) ?? this.#ask(repository);
    this.#asked.set(repository, asking);
    // a failed question is asked again the next time
    asking.catch(() => this.#asked.delete(repository));
    const listed = await asking;
    this.#known.set(repository, listed);
    return listed === null || listed.blobs.has(digest);
  }

  /** True when it was seen what a tag holds, or that there is none; {@link reader} answers with that once. */
  hasRead(repository: string, tag: string): boolean {
    const key = keyOf(repository, tag);
    return this.#kept.has(key) || (this.#isAbsent(repository, tag) && !this.#given.has(key));
  }

  /** The target as far as tags are read in it. What was seen here is answered once; later it is read anew. */
  reader(): TagReader {
    const target = this.#target;
    return {
      kind: target.kind,
      host: target.host,
      blobsPerRepository: target.blobsPerRepository,
      namesAreIndexes: target.namesAreIndexes,
      getManifest: async (repository, reference, options) => {
        const key = keyOf(repository, reference);
        const kept = this.#kept.get(key);
        if (!kept && this.hasRead(repository, reference)) {
          this.#given.add(key);
          return null;
        }
        if (!kept) return target.getManifest(repository, reference, options);
        this.#given.add(key);
        this.#kept.delete(key);
        this.#bytes -= kept.bytes.length;
        return kept;
      },
      getBlob: (repository, digest, options) => target.getBlob(repository, digest, options),
      blobSize: (repository, digest, options) => target.blobSize(repository, digest, options),
    };
  }

  async #ask(repository: string): Promise<Listed> {
    try {
      const tags = await this.#target.listTags(repository, { signal: this.#signal });
      return tags.length > MOST_TAGS ? null : await this.#blobsUnder(repository, tags);
    } catch (error) {
      if (isAbort(error, this.#signal) || !(error instanceof AppError)) throw error;
      // a project that does not exist holds nothing; a registry that lists no tags is asked for each blob
      return error.code === 'registry.project-missing' ? { tags: new Set(), blobs: new Set() } : null;
    }
  }

  async #blobsUnder(repository: string, tags: readonly string[]): Promise<Listed> {
    const found = new Set<Digest>();
    let isKnown = true;
    const read = async (reference: string): Promise<readonly Digest[]> => {
      const manifest = await this.#target.getManifest(repository, reference, { signal: this.#signal });
      if (manifest === null) return [];
      this.#keep(keyOf(repository, reference), manifest);
      const parsed = parseManifest(manifest.bytes, manifest.mediaType);
      if (parsed.kind === 'index')
        return parsed.manifests.flatMap(({ digest, mediaType }) => (isManifest(mediaType) ? [digest] : []));
      if (parsed.kind === 'other') isKnown = false;
      else for (const { digest } of [parsed.config, ...parsed.layers]) found.add(digest);
      return [];
    };
    const children = new Set<Digest>();
    await forEachLimited(tags, QUESTIONS_AT_A_TIME, async (tag) => {
      for (const child of await read(tag)) children.add(child);
    });
    await forEachLimited(children, QUESTIONS_AT_A_TIME, async (child) => {
      // an index in an index
      if ((await read(child)).length > 0) isKnown = false;
    });
    this.#digests += found.size;
    return isKnown && this.#digests <= MOST_DIGESTS ? { tags: new Set(tags), blobs: found } : null;
  }

  #isAbsent(repository: string, reference: string): boolean {
    const known = this.#known.get(repository);
    return known ? !isDigest(reference) && !known.tags.has(reference) : false;
  }

  #keep(key: string, manifest: RawManifest): void {
    if (this.#kept.has(key) || this.#bytes + manifest.bytes.length > MOST_BYTES) return;
    this.#kept.set(key, manifest);
    this.#bytes += manifest.bytes.length;
  }
}

function isManifest(mediaType: string): boolean {
  return isImageManifestType(mediaType) || isIndexType(mediaType);
}

function keyOf(repository: string, reference: string): string {
  return `${repository} ${reference}`;
}
