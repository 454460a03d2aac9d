// What was read of a target's tags a short time ago, so that a plan right after a comparison does not read them all again.
import type { Digest } from '../content/digest.js';
import type { RawManifest } from '../content/manifest.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { TagReader } from '../ports/tag-reader.js';

/** Milliseconds for which what was read counts as fresh. */
const FRESH_MS = 5 * 60_000;
/** Bytes of manifests and configs that are kept at most; what comes later is read again. */
const MOST_BYTES = 64 * 1024 * 1024;

interface Survey {
  readonly key: string;
  /** Milliseconds since the epoch at which the first tag was read. */
  readonly begun: number;
  readonly manifests: Map<string, RawManifest | null>;
  readonly blobs: Map<string, Buffer | null>;
  readonly sizes: Map<string, number | null>;
  bytes: number;
}

/** Remembers one survey, of the target that was read last. */
export class SurveyMemory {
  readonly #now: () => number;
  #survey: Survey | null = null;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * A reader of the target and the time of its oldest answer. `key` names the target and the account. With `reuse` answers of the
   * last survey of the same target count while they are fresh; otherwise everything is read anew.
   */
  open(
    key: string,
    target: TagReader,
    reuse: boolean,
  ): { readonly images: TagReader; readonly begun: number } {
    const last = this.#survey;
    const isFresh = last !== null && last.key === key && this.#now() - last.begun < FRESH_MS;
    const survey =
      reuse && isFresh
        ? last
        : {
            ...{ key, begun: this.#now(), bytes: 0 },
            ...{ manifests: new Map(), blobs: new Map(), sizes: new Map() },
          };
    this.#survey = survey;
    return { images: new RememberingReader(target, survey), begun: survey.begun };
  }

  /** To be called when something is written: what was read may not be so any more. */
  forget(): void {
    this.#survey = null;
  }
}

/** Failed questions are not remembered. */
class RememberingReader implements TagReader {
  readonly kind: TagReader['kind'];
  readonly host: string;
  readonly blobsPerRepository: boolean;
  readonly namesAreIndexes: boolean;
  readonly #target: TagReader;
  readonly #survey: Survey;

  constructor(target: TagReader, survey: Survey) {
    this.kind = target.kind;
    this.host = target.host;
    this.blobsPerRepository = target.blobsPerRepository;
    this.namesAreIndexes = target.namesAreIndexes;
    this.#target = target;
    this.#survey = survey;
  }

  async getManifest(
    repository: string,
    reference: string,
    options: Cancellable,
  ): Promise<RawManifest | null> {
    const { manifests } = this.#survey;
    const key = `${repository} ${reference}`;
    const known = manifests.get(key);
    if (known !== undefined) return known;
    const found = await this.#target.getManifest(repository, reference, options);
    if (!this.#fits(found?.bytes.length ?? 0)) return found;
    manifests.set(key, found);
    if (found) manifests.set(`${repository} ${found.digest}`, found);
    return found;
  }

  async getBlob(repository: string, digest: Digest, options: Cancellable): Promise<Buffer | null> {
    const { blobs } = this.#survey;
    const key = `${repository} ${digest}`;
    const known = blobs.get(key);
    if (known !== undefined) return known;
    const found = await this.#target.getBlob(repository, digest, options);
    if (this.#fits(found?.length ?? 0)) blobs.set(key, found);
    return found;
  }

  async blobSize(repository: string, digest: Digest, options: Cancellable): Promise<number | null> {
    const { sizes } = this.#survey;
    const key = `${repository} ${digest}`;
    const known = sizes.get(key);
    if (known !== undefined) return known;
    const found = await this.#target.blobSize(repository, digest, options);
    sizes.set(key, found);
    return found;
  }

  #fits(bytes: number): boolean {
    if (this.#survey.bytes + bytes > MOST_BYTES) return false;
    this.#survey.bytes += bytes;
    return true;
  }
}
