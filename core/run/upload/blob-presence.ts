// Which repository of the target holds which blob: the target is asked once for each, and what this run stores is remembered, too.
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import { AppError } from '../../errors.js';
import type { TagReader } from '../../ports/tag-reader.js';
import type { Cancellable } from '../../ports/cancellable.js';

type Blob = Pick<Descriptor, 'digest' | 'size'>;

/** What is known of the blobs of one target during one run. */
export class BlobPresence {
  readonly #target: TagReader;
  readonly #signal: AbortSignal;
  /** Sizes that the target has told, by repository and digest; null where it has no such blob. */
  readonly #asked = new Map<string, Promise<number | null>>();
  /** Blobs that a repository has with another size. */
  readonly #damaged = new Set<Digest>();
  readonly #holders = new Map<Digest, Set<string>>();
  readonly #brought = new Set<string>();
  /** Repositories for which the target confirmed blobs that it does not have: some registries answer for all repositories together. */
  readonly #distrusted = new Set<string>();

  constructor(target: TagReader, { signal }: Cancellable) {
    this.#target = target;
    this.#signal = signal;
  }

  /** True when the repository had the blob, with this size, before this run. False for a blob that this run stored. */
  async wasThere(repository: string, blob: Blob): Promise<boolean> {
    const place = this.#place(repository);
    const key = `${place} ${blob.digest}`;
    if (this.#brought.has(key) || this.#distrusted.has(place)) return false;
    const asking = this.#asked.get(key) ?? this.#ask(repository, blob.digest);
    this.#asked.set(key, asking);
    // a failed question is asked again the next time
    asking.catch(() => this.#asked.delete(key));
    const found = await asking;
    if (found !== null && found !== blob.size) this.#damaged.add(blob.digest);
    if (found !== blob.size || this.#brought.has(key) || this.#distrusted.has(place)) return false;
    this.#hold(place, blob.digest);
    return true;
  }

  /** True when a repository was found to have other bytes under this digest, which an upload may leave as they are. */
  isDamaged(digest: Digest): boolean {
    return this.#damaged.has(digest);
  }

  /** True when the repository has the blob now. */
  async has(repository: string, blob: Blob): Promise<boolean> {
    return this.wasBrought(repository, blob.digest) || (await this.wasThere(repository, blob));
  }

  wasBrought(repository: string, digest: Digest): boolean {
    return this.#brought.has(`${this.#place(repository)} ${digest}`);
  }

  /** A repository that is known to hold the blob; null when none is. */
  holderOf(digest: Digest): string | null {
    return this.holdersOf(digest)[0] ?? null;
  }

  /** Every repository that is known to hold the blob. */
  holdersOf(digest: Digest): readonly string[] {
    return [...(this.#holders.get(digest) ?? [])];
  }

  /** Says that this run stored the blob in the repository, or mounted it. */
  brought(repository: string, digest: Digest): void {
    const place = this.#place(repository);
    this.#brought.add(`${place} ${digest}`);
    this.#hold(place, digest);
  }

  /** Says that the target confirmed blobs of this repository and then did not find them: from now on only what this run stored counts. */
  distrust(repository: string): void {
    const place = this.#place(repository);
    this.#distrusted.add(place);
    for (const [digest, places] of this.#holders) {
      if (!this.#brought.has(`${place} ${digest}`)) places.delete(place);
    }
  }

  #hold(place: string, digest: Digest): void {
    const known = this.#holders.get(digest);
    if (known) known.add(place);
    else this.#holders.set(digest, new Set([place]));
  }

  async #ask(repository: string, digest: Digest): Promise<number | null> {
    try {
      return await this.#target.blobSize(repository, digest, { signal: this.#signal });
    } catch (error) {
      // a project that does not exist holds no blobs
      if (error instanceof AppError && error.code === 'registry.project-missing') return null;
      throw error;
    }
  }

  #place(repository: string): string {
    return this.#target.blobsPerRepository ? repository : '';
  }
}
