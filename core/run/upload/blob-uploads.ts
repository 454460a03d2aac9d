// The uploads of a run: several at a time, with a limit on the bytes in memory. Failures are kept for the images that they concern.
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import { AppError, isAbort } from '../../errors.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { BLOBS_TAKEN_AT_A_TIME, REPOSITORIES_AT_A_TIME } from '../../flow/limits.js';
import { throwIfAborted } from '../../flow/cancel.js';
import { Channel } from '../../flow/channel.js';
import type { Counters } from '../base/counters.js';
import { RateLimit } from '../../flow/rate-limit.js';
import { endsRun } from '../base/run-ending.js';
import { TaskPool } from '../../flow/task-pool.js';
import { drawn, joined, pour } from './blob-bodies.js';
import type { DiskWindow, KeptBlob } from './disk-window.js';
import { HELD_BYTES, UploadMemory, type PassedBlob } from './upload-memory.js';
import { UploadTurns, type Rest } from './upload-turns.js';

/** How often sending a blob that is kept on disk to one repository is tried. */
const TRIES = 3;

export interface UploadOptions {
  readonly target: ImageTarget;
  readonly counters: Counters;
  /** Uploads at a time. */
  readonly concurrency: number;
  /** Null: no limit. */
  readonly bytesPerSecond: number | null;
  /** Keeps blobs on disk that are sent again or to several repositories. */
  readonly window: DiskWindow;
  readonly signal: AbortSignal;
}

/** A blob that is being read. */
export interface ReadBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly body: AsyncIterable<Buffer>;
  /** The digest of the body, known after its last byte; absent: the target has to compute it. */
  readonly proof?: Promise<Digest> | undefined;
}

/** Finds out to which repositories a blob has to be sent; empty where it is not needed. Reports its failures itself. */
export type Destinations = () => Promise<readonly string[]>;

/** Told of each upload that the target confirmed; throws where the target does not have the blob all the same. */
export type OnStored = (repository: string, blob: Pick<Descriptor, 'digest' | 'size'>) => Promise<void>;

/** The uploads of one run into one target. */
export class BlobUploads {
  readonly #target: ImageTarget;
  readonly #counters: Counters;
  readonly #signal: AbortSignal;
  readonly #onStored: OnStored;
  readonly #memory: UploadMemory;
  /** Blobs that were read and are not stored yet. */
  readonly #taken = new TaskPool(BLOBS_TAKEN_AT_A_TIME);
  readonly #turns: UploadTurns;
  readonly #rate: RateLimit;
  readonly #window: DiskWindow;
  readonly #inFlight = new Map<Digest, Promise<void>>();
  readonly #failures = new Map<Digest, AppError>();
  #fatal: AppError | null = null;

  constructor(options: UploadOptions, onStored: OnStored) {
    this.#target = options.target;
    this.#counters = options.counters;
    this.#signal = options.signal;
    this.#onStored = onStored;
    this.#memory = new UploadMemory(options.concurrency, options.signal);
    this.#turns = new UploadTurns(options.concurrency, options);
    this.#rate = new RateLimit(options.bytesPerSecond);
    this.#window = options.window;
  }

  /** Waits for the upload of this blob, if there is one. */
  async ended(digest: Digest): Promise<void> {
    await this.#inFlight.get(digest);
  }

  failureOf(digest: Digest): AppError | null {
    return this.#failures.get(digest) ?? null;
  }

  /** Waits for all uploads. */
  async drain(): Promise<void> {
    await this.#taken.drain();
  }

  /** Reads a body while its repositories are found out. Resolves when the body was read, not when it is stored. */
  async stream(blob: ReadBlob, destinations: Destinations): Promise<void> {
    if (blob.size <= HELD_BYTES) await this.#hold(blob, destinations);
    else await this.#passOn(blob, destinations);
  }

  /**
   * As {@link stream}, for a blob that came in an earlier pass. A large one is kept on disk, so that it can be sent to any number
   * of repositories and a failed upload can be repeated without another pass. Resolves when all uploads have ended.
   */
  async streamAgain({ digest, size, body }: ReadBlob, destinations: Destinations): Promise<void> {
    if (size <= HELD_BYTES) {
      await this.#hold({ digest, size, body }, destinations);
      return;
    }
    await this.ended(digest);
    const repositories = await destinations();
    if (repositories.length === 0) return;
    const kept = await this.#window.open(size, { signal: this.#signal });
    if (kept) await this.#keepAndSend(digest, size, body, repositories, kept);
    else await this.#passOnSideBySide(digest, size, body, repositories.slice(0, REPOSITORIES_AT_A_TIME));
  }

  /** As {@link stream} for bytes in memory; resolves when they are queued. */
  async queue(digest: Digest, bytes: Buffer, destinations: Destinations): Promise<void> {
    const release = await this.#memory.take(bytes.length);
    const send = async (to: readonly string[], rest?: Rest): Promise<void> => {
      await this.#sendBytes(to, digest, bytes, { rest });
    };
    await this.#start(digest, destinations, send, release);
  }

  /** Sends bytes and waits until they are stored; a failure is thrown. */
  async sendNow(repository: string, digest: Digest, bytes: Buffer): Promise<void> {
    await this.#rate.take(bytes.length, { signal: this.#signal });
    await this.#target.putBlob(repository, digest, bytes.length, bytes, { signal: this.#signal });
    await this.#stored(repository, digest, bytes.length);
  }

  /** Sends a body whose digest is known only after its last byte, and waits until it is stored. `start`: its first bytes. */
  async sendUnknown(repository: string, start: Buffer, rest: AsyncIterator<Buffer>): Promise<void> {
    try {
      const body = this.#limited(null, 0, joined(start, rest));
      const stored = await this.#target.putBlobOfUnknownDigest(repository, body, { signal: this.#signal });
      await this.#stored(repository, stored.digest, stored.size);
    } catch (error) {
      this.fail(null, error);
    }
  }

  /** As {@link UploadMemory.startOf}. */
  startOf(body: AsyncIterator<Buffer>): Promise<{ readonly bytes: Buffer; readonly complete: boolean }> {
    return this.#memory.startOf(body);
  }

  /** Keeps a failure for the images that lack the blob. A failure that ends the run is also thrown by the next `throwFatal`. */
  fail(digest: Digest | null, error: unknown): void {
    if (isAbort(error, this.#signal)) return;
    const failure =
      error instanceof AppError
        ? error
        : new AppError('app.defect', { origin: 'app', params: { detail: String(error) }, cause: error });
    if (digest !== null) this.#failures.set(digest, failure);
    if (endsRun(failure)) this.#fatal ??= failure;
  }

  /** Throws a cancellation, or a failure that ends the run. */
  throwFatal(): void {
    throwIfAborted(this.#signal);
    if (this.#fatal) throw this.#fatal;
  }

  async #hold({ digest, size, body, proof }: ReadBlob, destinations: Destinations): Promise<void> {
    const held = await this.#memory.hold(size, body);
    // A body of another length than announced is damaged, and the reader of the package reports it.
    if (!held) return;
    let isInUse = false;
    const send = async (to: readonly string[], rest?: Rest): Promise<void> => {
      const areStored = await this.#sendBytes(to, digest, held.bytes, { proof, rest });
      if (!areStored) isInUse = true;
    };
    await this.#start(digest, destinations, send, () => held.release(isInUse));
  }

  async #passOn({ digest, size, body, proof }: ReadBlob, destinations: Destinations): Promise<void> {
    const { channel, onSent, release } = await this.#memory.pass(size);
    const send = async ([first]: readonly string[]): Promise<void> => {
      if (first === undefined) channel.abandon();
      else await this.#sendStream(first, digest, size, channel, { proof, onSent });
    };
    await this.#start(digest, destinations, send, release);
    await pour(body, [channel], this.#memory.pool);
  }

  /** Without space on disk, a few repositories get the same stream; the others get the blob in a further pass. */
  async #passOnSideBySide(
    digest: Digest,
    size: number,
    body: AsyncIterable<Buffer>,
    repositories: readonly string[],
  ): Promise<void> {
    const window = Math.floor(this.#memory.window / repositories.length);
    const release = await this.#memory.take(this.#memory.window);
    const streams = repositories.map((repository) => ({ repository, channel: this.#memory.channel(window) }));
    try {
      const sending = streams.map(({ repository, channel }) =>
        this.#sendStream(repository, digest, size, channel),
      );
      await pour(
        body,
        streams.map(({ channel }) => channel),
        this.#memory.pool,
      ).finally(() => Promise.all(sending));
    } finally {
      release();
    }
  }

  async #keepAndSend(
    digest: Digest,
    size: number,
    body: AsyncIterable<Buffer>,
    repositories: readonly string[],
    kept: KeptBlob,
  ): Promise<void> {
    try {
      // A body of another length than announced is damaged, and the reader of the package reports it.
      if ((await kept.writeAll(body, { signal: this.#signal })) !== size) return;
      const pool = new TaskPool(REPOSITORIES_AT_A_TIME);
      for (const repository of repositories)
        await pool.start(() => this.#sendKept(repository, digest, size, kept));
      await pool.drain();
    } catch (error) {
      if (!(error instanceof AppError) || error.origin !== 'disk') throw error;
      this.#window.giveUp(); // the next pass sends the blob without the disk
    } finally {
      await kept.close();
    }
  }

  async #sendKept(repository: string, digest: Digest, size: number, kept: KeptBlob): Promise<void> {
    for (let left = TRIES; left > 0; left -= 1) {
      const failure = await this.#sendStream(repository, digest, size, kept.read({ signal: this.#signal }));
      if (!failure?.retryable || endsRun(failure)) return;
      throwIfAborted(this.#signal);
    }
  }

  /** Finds out where a blob goes and sends it there while the package is read on. Resolves when that has begun. */
  async #start(
    digest: Digest,
    destinations: Destinations,
    send: (repositories: readonly string[], rest?: Rest) => Promise<void>,
    release: () => void,
  ): Promise<void> {
    const before = this.#inFlight.get(digest);
    let done!: () => void;
    const ended = new Promise<void>((resolve) => (done = resolve));
    this.#inFlight.set(digest, ended);
    await this.#taken.start(async () => {
      try {
        await before;
        const repositories = await destinations();
        await (repositories.length === 0 ? send([]) : this.#turns.run((rest) => send(repositories, rest)));
      } catch (error) {
        await send([]);
        throw error;
      } finally {
        if (this.#inFlight.get(digest) === ended) this.#inFlight.delete(digest);
        release();
        done();
      }
    });
  }

  /** True when each of the repositories has stored the bytes. */
  async #sendBytes(
    repositories: readonly string[],
    digest: Digest,
    bytes: Buffer,
    { proof, rest }: { readonly proof?: Promise<Digest> | undefined; readonly rest?: Rest | undefined },
  ): Promise<boolean> {
    // one upload rests only where all of this turn do
    const options = { ...this.#putting(proof), ...(repositories.length === 1 ? { rest } : {}) };
    const sent = await Promise.all(
      repositories.map(async (repository) => {
        try {
          await this.#rate.take(bytes.length, { signal: this.#signal });
          this.#counters.sending(digest, bytes.length, bytes.length);
          await this.#target.putBlob(repository, digest, bytes.length, bytes, options);
          await this.#stored(repository, digest, bytes.length);
          return true;
        } catch (error) {
          this.#failed(digest, error);
          return false;
        }
      }),
    );
    return sent.every(Boolean);
  }

  /** Null when the blob is stored; else why not, which is kept for {@link failureOf} as well. */
  async #sendStream(
    repository: string,
    digest: Digest,
    size: number,
    chunks: AsyncIterable<Uint8Array>,
    { proof, onSent }: Partial<Pick<ReadBlob, 'proof'> & Pick<PassedBlob, 'onSent'>> = {},
  ): Promise<AppError | null> {
    const underWay: Uint8Array[] = [];
    const giveBack = (chunk: Uint8Array): void => {
      this.#memory.pool.give(chunk);
      onSent?.(chunk.length);
    };
    try {
      const source = chunks instanceof Channel ? drawn(chunks, giveBack, underWay) : chunks;
      const body = this.#limited(digest, size, source);
      await this.#target.putBlob(repository, digest, size, body, this.#putting(proof));
      await this.#stored(repository, digest, size);
      for (const chunk of underWay) this.#memory.pool.give(chunk);
      return null;
    } catch (error) {
      for (const chunk of underWay) this.#memory.pool.drop(chunk);
      return this.#failed(digest, error);
    } finally {
      if (chunks instanceof Channel) chunks.abandon();
    }
  }

  #putting(proof?: Promise<Digest>): Parameters<ImageTarget['putBlob']>[4] {
    return { signal: this.#signal, ...(proof ? { proof } : {}) };
  }

  #failed(digest: Digest, error: unknown): AppError | null {
    this.#counters.failed(digest);
    this.fail(digest, error);
    return this.failureOf(digest);
  }

  async #stored(repository: string, digest: Digest, size: number): Promise<void> {
    await this.#onStored(repository, { digest, size });
    this.#failures.delete(digest);
    this.#counters.sent(digest, size);
  }

  /** The body, slowed down to the limit of the administrator and counted for the progress display. */
  async *#limited(
    digest: Digest | null,
    size: number,
    chunks: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      await this.#rate.take(chunk.length, { signal: this.#signal });
      this.#counters.sending(digest, chunk.length, size);
      yield chunk;
    }
  }
}
