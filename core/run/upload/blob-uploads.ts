// The uploads of a run: several at a time, with a limit on the bytes in memory. Failures are kept for the images that they concern.
import type { Digest } from '../../content/digest.js';
import { AppError, isAbort } from '../../errors.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { ByteBudget } from '../../flow/byte-budget.js';
import { throwIfAborted } from '../../flow/cancel.js';
import { Channel } from '../../flow/channel.js';
import type { Counters } from '../base/counters.js';
import { RateLimit } from '../../flow/rate-limit.js';
import { endsRun } from '../base/run-ending.js';
import { TaskPool } from '../../flow/task-pool.js';

/** Blobs up to this size are held whole, so that a failed upload can be repeated without reading the package again. */
export const HELD_BYTES = 8 * 1024 * 1024;
/** Bytes by which an upload may lag behind the reader of the package. */
const WINDOW = 8 * 1024 * 1024;
/** Bytes of all uploads that wait in memory between package and target. */
const BUDGET = 64 * 1024 * 1024;

export interface UploadOptions {
  readonly target: ImageTarget;
  readonly counters: Counters;
  /** Uploads at a time. */
  readonly concurrency: number;
  /** Null: no limit. */
  readonly bytesPerSecond: number | null;
  readonly signal: AbortSignal;
}

export class BlobUploads {
  readonly #target: ImageTarget;
  readonly #counters: Counters;
  readonly #signal: AbortSignal;
  readonly #onStored: (repository: string, digest: Digest) => void;
  readonly #budget = new ByteBudget(BUDGET);
  readonly #pool: TaskPool;
  readonly #rate: RateLimit;
  readonly #inFlight = new Map<Digest, Promise<void>>();
  readonly #failures = new Map<Digest, AppError>();
  #fatal: AppError | null = null;

  constructor(options: UploadOptions, onStored: (repository: string, digest: Digest) => void) {
    this.#target = options.target;
    this.#counters = options.counters;
    this.#signal = options.signal;
    this.#onStored = onStored;
    this.#pool = new TaskPool(options.concurrency);
    this.#rate = new RateLimit(options.bytesPerSecond);
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
    await this.#pool.drain();
  }

  /** Sends a body to repositories; resolves when the body was read to its end. */
  async stream(
    digest: Digest,
    size: number,
    body: AsyncIterable<Buffer>,
    repositories: readonly string[],
  ): Promise<void> {
    if (size <= HELD_BYTES) await this.#hold(digest, size, body, repositories);
    else await this.#passOn(digest, size, body, repositories);
  }

  /** Sends bytes to repositories; resolves when they are queued. */
  async queue(digest: Digest, bytes: Buffer, repositories: readonly string[]): Promise<void> {
    const release = await this.#budget.take(bytes.length, { signal: this.#signal });
    await this.#start(digest, bytes.length, repositories, () => bytes, release);
  }

  /** Sends bytes and waits until they are stored; a failure is thrown. */
  async sendNow(repository: string, digest: Digest, bytes: Buffer): Promise<void> {
    await this.#rate.take(bytes.length, { signal: this.#signal });
    await this.#target.putBlob(repository, digest, bytes.length, bytes, { signal: this.#signal });
    this.#stored(repository, digest, bytes.length);
  }

  /** Sends a body whose digest is known only after its last byte, and waits until it is stored. `start`: its first bytes. */
  async sendUnknown(repository: string, start: Buffer, rest: AsyncIterator<Buffer>): Promise<void> {
    try {
      const body = this.#limited(start, rest);
      const stored = await this.#target.putBlobOfUnknownDigest(repository, body, { signal: this.#signal });
      this.#stored(repository, stored.digest, stored.size);
    } catch (error) {
      this.fail(null, error);
    }
  }

  /** Reads the start of a body into memory; `complete` when the body is not longer than {@link HELD_BYTES}. */
  async startOf(
    body: AsyncIterator<Buffer>,
  ): Promise<{ readonly bytes: Buffer; readonly complete: boolean }> {
    const release = await this.#budget.take(HELD_BYTES, { signal: this.#signal });
    try {
      return await collect(body, HELD_BYTES);
    } finally {
      release();
    }
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

  async #hold(
    digest: Digest,
    size: number,
    body: AsyncIterable<Buffer>,
    repositories: readonly string[],
  ): Promise<void> {
    const release = await this.#budget.take(size, { signal: this.#signal });
    const whole = await collect(body[Symbol.asyncIterator](), size).catch((error: unknown) => {
      release();
      throw error;
    });
    // a body of another length than announced is damaged, and the reader of the package reports it
    if (!whole.complete || whole.bytes.length !== size) release();
    else await this.#start(digest, size, repositories, () => whole.bytes, release);
  }

  async #passOn(
    digest: Digest,
    size: number,
    body: AsyncIterable<Buffer>,
    repositories: readonly string[],
  ): Promise<void> {
    const release = await this.#budget.take(WINDOW * repositories.length, { signal: this.#signal });
    const channels = repositories.map(() => new Channel(WINDOW));
    await this.#start(digest, size, repositories, (at) => channelAt(channels, at), release);
    try {
      for await (const chunk of body) {
        await this.#rate.take(chunk.length, { signal: this.#signal });
        this.#counters.sending(digest, chunk.length * channels.length, size * channels.length);
        for (const channel of channels) await channel.push(chunk);
      }
      for (const channel of channels) channel.end();
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      for (const channel of channels) channel.fail(failure);
      throw error;
    }
  }

  async #start(
    digest: Digest,
    size: number,
    repositories: readonly string[],
    bodyFor: (at: number) => Uint8Array | Channel,
    release: () => void,
  ): Promise<void> {
    let done!: () => void;
    this.#inFlight.set(digest, new Promise((resolve) => (done = resolve)));
    await this.#pool.start(async () => {
      try {
        await Promise.all(
          repositories.map((repository, at) => this.#send(repository, digest, size, bodyFor(at))),
        );
      } finally {
        this.#inFlight.delete(digest);
        release();
        done();
      }
    });
  }

  async #send(repository: string, digest: Digest, size: number, body: Uint8Array | Channel): Promise<void> {
    try {
      if (body instanceof Uint8Array) {
        await this.#rate.take(size, { signal: this.#signal });
        this.#counters.sending(digest, size, size);
      }
      await this.#target.putBlob(repository, digest, size, body, { signal: this.#signal });
      this.#stored(repository, digest, size);
    } catch (error) {
      this.#counters.failed(digest);
      this.fail(digest, error);
    } finally {
      if (body instanceof Channel) body.abandon();
    }
  }

  #stored(repository: string, digest: Digest, size: number): void {
    this.#onStored(repository, digest);
    this.#failures.delete(digest);
    this.#counters.sent(digest, size);
  }

  async *#limited(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for (let chunk: Buffer | null = start; chunk !== null;) {
      await this.#rate.take(chunk.length, { signal: this.#signal });
      this.#counters.sending(null, chunk.length, 0);
      yield chunk;
      const next = await rest.next();
      chunk = next.done ? null : next.value;
    }
  }
}

function channelAt(channels: readonly Channel[], at: number): Channel {
  const channel = channels[at];
  if (!channel) throw new RangeError('no channel for this repository');
  return channel;
}

/** The whole body or, when it is longer than `limit` bytes, its start. It is copied, because chunks are slices of larger buffers. */
async function collect(
  body: AsyncIterator<Buffer>,
  limit: number,
): Promise<{ readonly bytes: Buffer; readonly complete: boolean }> {
  let bytes = Buffer.allocUnsafeSlow(limit);
  let length = 0;
  for (let next = await body.next(); !next.done; next = await body.next()) {
    const chunk = next.value;
    if (length + chunk.length > limit) {
      return { bytes: Buffer.concat([bytes.subarray(0, length), chunk]), complete: false };
    }
    length += chunk.copy(bytes, length);
  }
  if (length < limit / 2) bytes = Buffer.from(bytes.subarray(0, length));
  return { bytes: bytes.subarray(0, length), complete: true };
}
