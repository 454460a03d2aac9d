// Hands one blob of the package to a receiver while it is read: hashes it, compresses it where the package holds it uncompressed, and
// reads it to its end even if the receiver stops early.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import { Digester, type Digest } from '../../content/digest.js';
import type { AppError } from '../../errors.js';
import { freeMemory } from '../../flow/free-memory.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import type { ByteReader, Pull } from '../bytes/byte-reader.js';
import { blobDamaged, damaged } from '../bytes/damage.js';
import { gzipLayer } from '../bytes/gzip-layer.js';
import type { LayerFiles } from '../programs/layer-files.js';
import type { LayerProbe } from '../programs/layer-probe.js';
import type { PassingBlob, ProvenBlob } from '../stream/package-stream.js';
import { compressionOf } from '../bytes/sniff.js';

export interface BlobInput {
  readonly reader: ByteReader;
  readonly size: number;
  /** Digest of the stored bytes that their file name claims; null when the name holds no digest. */
  readonly claim: Digest | null;
  /** True when a manifest in the package may refer to the stored bytes, so that they must not be changed. */
  readonly verbatim: boolean;
  /** Its path in the package, for messages. */
  readonly label: string;
  readonly budget: PassBudget;
  /** Gets the stored bytes as well, to look for programs. */
  readonly probe?: LayerProbe<LayerFiles> | null;
}

/** What is known of a blob after its last byte. */
export interface BlobOutcome {
  /** Digest and size of the bytes that were delivered. */
  readonly blob: ProvenBlob;
  /** Digest of the uncompressed layer; null when the layer was not decompressed. */
  readonly diffId: Digest | null;
  readonly problem: AppError | null;
}

/** Receives the blob; when it fails, the pass ends. */
export type Deliver = (blob: PassingBlob) => Promise<void>;

/**
 * Hands a blob to `deliver` and reads it to its end; without `deliver` it is only read and hashed. Wrong bytes are answered as `problem`.
 * Throws what the package or the receiver throws. When both fail, the package's error is thrown, because it probably caused the other.
 */
export async function passBlob(input: BlobInput, deliver: Deliver | null): Promise<BlobOutcome> {
  const { reader, claim } = input;
  const compression = compressionOf(await reader.peek(6));
  const stored = new Digester();
  const compress = !input.verbatim && compression !== 'gzip' && compression !== 'zstd';
  const sent = compress ? new Digester() : stored;
  // a legacy name holds no digest, so the bytes can be checked only by comparing the uncompressed ones with the config's diff_ids
  const inside =
    !compress && claim === null && compression === 'gzip' ? new GunzipDigester(input.budget) : null;

  const see = async (piece: Buffer): Promise<void> => {
    // decompressing goes on in another thread while this one hashes
    const looking = input.probe?.take(piece);
    const unpacking = inside?.update(piece);
    stored.update(piece);
    await looking;
    await unpacking;
  };
  const raw: Pull = async () => {
    const piece = await reader.next();
    if (piece !== null) await see(piece);
    return piece;
  };
  const compressed = compress ? gzipLayer(reader, see) : null;
  const pull: Pull = compressed
    ? async () => {
        const piece = await compressed();
        if (piece !== null) sent.update(piece);
        return piece;
      }
    : raw;

  const body = new OrderedPull(pull);
  const proof = new Proof();
  try {
    await deliver?.({
      claimed: compress ? null : claim,
      size: compress ? null : input.size,
      body: body.iterable(),
      ...(compress || claim === null ? {} : { proof: proof.digest }),
    });
    await body.finish();
  } catch (error) {
    const failure: unknown = body.failure === null ? error : body.failure.error;
    proof.fail(failure);
    throw failure;
  }

  const storedBlob = stored.finish();
  proof.give(storedBlob.digest);
  const wrong = claim !== null && storedBlob.digest !== claim;
  const diffId = inside ? await inside.finish() : compression === null ? storedBlob.digest : null;
  const unreadable = inside !== null && diffId === null;
  return {
    blob: compress ? sent.finish() : storedBlob,
    diffId,
    problem: wrong
      ? blobDamaged(input.label, claim, storedBlob.digest)
      : unreadable
        ? damaged(input.label, input.label, storedBlob.size, 'the layer cannot be decompressed')
        : null,
  };
}

/** A digest that is known later. */
class Proof {
  readonly digest: Promise<Digest>;
  give: (digest: Digest) => void = () => undefined;
  fail: (error: unknown) => void = () => undefined;

  constructor() {
    this.digest = new Promise((resolve, reject) => {
      this.give = resolve;
      this.fail = reject;
    });
    this.digest.catch(() => undefined); // it may be that nobody waits for it
  }
}

/** Gives pieces one after the other even when the receiver asks for several at once, and none after `finish` was called. */
class OrderedPull {
  readonly #pull: Pull;
  #turn: Promise<unknown> = Promise.resolve();
  #over = false;
  failure: { readonly error: unknown } | null = null;

  constructor(pull: Pull) {
    this.#pull = pull;
  }

  iterable(): AsyncIterable<Buffer> {
    const next = async (): Promise<IteratorResult<Buffer, undefined>> => {
      const value = this.#over ? null : await this.#next();
      return value === null ? { done: true, value: undefined } : { done: false, value };
    };
    // no `return`: when a receiver stops early, finish() reads the rest
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  async finish(): Promise<void> {
    this.#over = true;
    while ((await this.#next()) !== null);
  }

  #next(): Promise<Buffer | null> {
    const mine = this.#turn.then(async () => {
      try {
        return await this.#pull();
      } catch (error) {
        this.failure ??= { error };
        throw error;
      }
    });
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

/** Computes the digest of the decompressed bytes of a gzip stream; null when it cannot be decompressed. */
class GunzipDigester {
  readonly #inflate = createGunzip({ chunkSize: 1 << 20 });
  readonly #digest: Promise<Digest | null>;

  constructor(budget: PassBudget) {
    const hash = createHash('sha256');
    this.#inflate.on('data', (piece: Buffer) => {
      if (budget.affords('output', piece.length)) {
        hash.update(piece);
        freeMemory(piece);
      } else this.#inflate.destroy(new Error('too large'));
    });
    this.#digest = once(this.#inflate, 'end').then(
      (): Digest => `sha256:${hash.digest('hex')}`,
      () => null,
    );
  }

  /** Resolves when the piece is not used any more. */
  async update(piece: Buffer): Promise<void> {
    if (this.#inflate.destroyed) return;
    const written = new Promise<void>((resolve) => this.#inflate.write(piece, () => resolve()));
    await Promise.race([written, this.#digest]);
  }

  async finish(): Promise<Digest | null> {
    this.#inflate.end();
    return this.#digest;
  }
}
