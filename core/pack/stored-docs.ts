// Keeps charts, hints, manifests and configs of the packages until they are written, each once.
import { digestOf, type Digest } from '../content/digest.js';
import type { Spool, SpoolRef } from '../run/base/spool.js';

/** Small bytes by their digest. */
export interface Doc {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** Puts bytes into the spool and finds them by digest. */
export class StoredDocs {
  readonly #spool: Spool;
  readonly #refs = new Map<Digest, SpoolRef>();

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  async put(bytes: Buffer): Promise<Doc> {
    const digest = digestOf(bytes);
    if (!this.#refs.has(digest)) this.#refs.set(digest, await this.#spool.put(bytes));
    return { digest, size: bytes.length };
  }

  /** The bytes of a digest that was put; a defect when it was not. */
  async get(digest: Digest): Promise<Buffer> {
    const ref = this.#refs.get(digest);
    if (!ref) throw new Error(`${digest} was never put`);
    return this.#spool.get(ref);
  }
}
