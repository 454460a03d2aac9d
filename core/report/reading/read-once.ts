// Wraps a target so that each manifest and small blob is requested once, and provides a target that holds nothing.
import type { Digest } from '../../content/digest.js';
import type { RawManifest } from '../../content/manifest.js';
import type { TagReader } from '../../ports/tag-reader.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** The target for a comparison of packages alone: every image is new. Names stay as they are, as in a folder. */
export const EMPTY_TARGET: TagReader = {
  kind: 'folder',
  host: '',
  blobsPerRepository: false,
  namesAreIndexes: true,
  getManifest: () => Promise.resolve(null),
  getBlob: () => Promise.resolve(null),
  blobSize: () => Promise.resolve(null),
};

/** For the time that one tag is worked on, because everything that was read stays in memory. */
export class ReadOnce implements TagReader {
  readonly #target: TagReader;
  readonly #manifests = new Map<string, Promise<RawManifest | null>>();
  readonly #blobs = new Map<string, Promise<Buffer | null>>();

  constructor(target: TagReader) {
    this.#target = target;
  }

  get kind(): TagReader['kind'] {
    return this.#target.kind;
  }

  get host(): string {
    return this.#target.host;
  }

  get blobsPerRepository(): boolean {
    return this.#target.blobsPerRepository;
  }

  get namesAreIndexes(): boolean {
    return this.#target.namesAreIndexes;
  }

  getManifest(repository: string, reference: string, options: Cancellable): Promise<RawManifest | null> {
    const key = `${repository} ${reference}`;
    const reading = this.#manifests.get(key) ?? this.#target.getManifest(repository, reference, options);
    this.#manifests.set(key, reading);
    // a manifest that was read by its tag is not requested again by its digest
    void reading.then(
      (found) => found && this.#manifests.set(`${repository} ${found.digest}`, reading),
      () => undefined, // the caller gets the error
    );
    return reading;
  }

  getBlob(repository: string, digest: Digest, options: Cancellable): Promise<Buffer | null> {
    const key = `${repository} ${digest}`;
    const reading = this.#blobs.get(key) ?? this.#target.getBlob(repository, digest, options);
    this.#blobs.set(key, reading);
    return reading;
  }

  blobSize(repository: string, digest: Digest, options: Cancellable): Promise<number | null> {
    return this.#target.blobSize(repository, digest, options);
  }
}
