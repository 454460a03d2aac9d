// Checks that the blobs of the target exist, have the right size and, where asked, the right digest. Each blob is checked once.
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import { type AppError } from '../../errors.js';
import { TaskPool } from '../../flow/task-pool.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { concernsOneItem } from '../../run/base/run-ending.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { CONTENTS_AT_A_TIME, QUESTIONS_AT_A_TIME } from '../../flow/limits.js';

/** What is wrong with a blob. */
export type BlobFinding =
  | { readonly kind: 'missing' }
  | { readonly kind: 'size'; readonly actual: number }
  | { readonly kind: 'damaged'; readonly actual: Digest }
  | { readonly kind: 'unreadable'; readonly problem: AppError };

/** HEAD requests at a time; hashing uses a processor, so fewer blobs are hashed at a time. */

type BlobTarget = Pick<ImageTarget, 'blobSize' | 'blobDigest' | 'blobsPerRepository'>;

/** Checks of blobs; each blob of each repository is checked once. */
export class BlobProofs {
  readonly #target: BlobTarget;
  readonly #full: boolean;
  readonly #options: Cancellable;
  readonly #pool: TaskPool;
  readonly #known = new Map<string, Promise<BlobFinding | null>>();
  #bytes = 0;

  /** `full`: read and hash every blob instead of asking for its size. */
  constructor(target: BlobTarget, full: boolean, options: Cancellable) {
    this.#target = target;
    this.#full = full;
    this.#options = options;
    this.#pool = new TaskPool(full ? CONTENTS_AT_A_TIME : QUESTIONS_AT_A_TIME);
  }

  /** The blobs that were checked, each once for each repository. */
  get checked(): { readonly blobs: number; readonly bytes: number } {
    return { blobs: this.#known.size, bytes: this.#bytes };
  }

  /** The problem of a blob, null when it is right. A blob that several images share is checked once in each repository. */
  check(repository: string, blob: Descriptor): Promise<BlobFinding | null> {
    const key = `${this.#target.blobsPerRepository ? repository : ''} ${blob.digest} ${String(blob.size)}`;
    const known = this.#known.get(key);
    if (known) return known;
    const checking = this.#inTurn(() => this.#check(repository, blob));
    this.#known.set(key, checking);
    this.#bytes += blob.size;
    return checking;
  }

  #inTurn(work: () => Promise<BlobFinding | null>): Promise<BlobFinding | null> {
    return new Promise((resolve, reject) => {
      void this.#pool.start(() => work().then(resolve, reject));
    });
  }

  async #check(repository: string, blob: Descriptor): Promise<BlobFinding | null> {
    this.#options.signal.throwIfAborted();
    try {
      if (!this.#full) {
        const size = await this.#target.blobSize(repository, blob.digest, this.#options);
        if (size !== null) return size === blob.size ? null : { kind: 'size', actual: size };
        // a folder calls a damaged blob absent once it has found the damage: read it to tell the two apart
      }
      return await this.#compare(repository, blob);
    } catch (error) {
      if (!concernsOneItem(error, this.#options)) throw error;
      return { kind: 'unreadable', problem: error };
    }
  }

  async #compare(repository: string, { digest, size }: Descriptor): Promise<BlobFinding | null> {
    const actual = await this.#target.blobDigest(repository, digest, this.#options);
    if (actual === null) return { kind: 'missing' };
    if (actual.digest !== digest) {
      return actual.size === size
        ? { kind: 'damaged', actual: actual.digest }
        : { kind: 'size', actual: actual.size };
    }
    // then the size in the descriptor is wrong, not the blob
    return actual.size === size ? null : { kind: 'size', actual: actual.size };
  }
}
