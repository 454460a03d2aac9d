// Gets blobs into the target while the package streams by: asks first, mounts where it can, sends each byte once.
import type { Descriptor } from '../content/descriptor.js';
import { digestOf, type Digest } from '../content/digest.js';
import { AppError, isAbort } from '../errors.js';
import type { PassingBlob } from '../package/package-stream.js';
import type { ImageTarget } from '../target/image-target.js';
import { ByteBudget } from './byte-budget.js';
import { throwIfAborted } from './cancel.js';
import { Channel } from './channel.js';
import type { Counters } from './counters.js';
import { KnownBlobs } from './known-blobs.js';
import { RateLimit } from './rate-limit.js';
import { endsRun } from './run-ending.js';
import { TaskPool } from './task-pool.js';

/** Blobs up to this size are held whole, so that a failed upload can be repeated without reading the package again. */
const BUFFERED = 8 * 1024 * 1024;
/** What a streaming upload may lag behind the reader. */
const WINDOW = 8 * 1024 * 1024;
/** All bytes that wait between package and target. */
const BUDGET = 64 * 1024 * 1024;

export interface BlobSenderOptions {
  readonly target: ImageTarget;
  readonly counters: Counters;
  /** Uploads at a time. */
  readonly concurrency: number;
  readonly bytesPerSecond: number | null;
  readonly signal: AbortSignal;
}

/** What `ensure` found: there before this run, brought there by this run, or not there. */
export type BlobState = 'present' | 'moved' | 'missing';

export class BlobSender {
  readonly #target: ImageTarget;
  readonly #counters: Counters;
  readonly #signal: AbortSignal;
  readonly #known = new KnownBlobs();
  /** `repository digest` of what this run put there: it was missing before. */
  readonly #storedHere = new Set<string>();
  readonly #budget = new ByteBudget(BUDGET);
  readonly #pool: TaskPool;
  readonly #rate: RateLimit;
  readonly #inFlight = new Map<Digest, Promise<void>>();
  readonly #failures = new Map<Digest, AppError>();
  /** Registries that refuse one mount refuse the next as well: then bytes go to every repository that needs them. */
  #mountsRefused = false;
  #hasMounted = false;
  /** Repositories whose "it is there" was not true: some registries answer for all repositories at once. */
  readonly #distrusted = new Set<string>();
  #fatal: AppError | null = null;

  constructor(options: BlobSenderOptions) {
    this.#target = options.target;
    this.#counters = options.counters;
    this.#signal = options.signal;
    this.#pool = new TaskPool(options.concurrency);
    this.#rate = new RateLimit(options.bytesPerSecond);
  }

  /** Why a blob could not be stored, when sending it was tried and failed. */
  failureOf(digest: Digest): AppError | null {
    return this.#failures.get(digest) ?? null;
  }

  /**
   * Takes a blob that comes by. `any`: one of the repositories must have it in the end (which of them need it is not known yet);
   * `all`: each of them. Resolves when the body is taken, not when it is stored; `settle` waits for that. Failures are kept for
   * `failureOf`; only what makes going on senseless is thrown.
   * A blob whose digest is known only at its end (compressed on the way) is held when small; a large one is sent at once where
   * `maySendUnknown` says that the target cannot have it yet, else its digest is learned in this pass and its bytes go in the next.
   */
  async place(
    blob: PassingBlob,
    repositories: readonly string[],
    need: 'any' | 'all',
    maySendUnknown: () => Promise<boolean>,
  ): Promise<void> {
    this.throwFatal();
    const { claimed, size, body } = blob;
    if (claimed !== null && size !== null) {
      const goals = await this.#goals(claimed, size, repositories, need);
      if (goals.length > 0) await this.#upload(claimed, size, body, goals);
      return;
    }
    const release = await this.#budget.take(BUFFERED, { signal: this.#signal });
    try {
      await this.#placeUnknown(body[Symbol.asyncIterator](), repositories, need, maySendUnknown);
    } finally {
      release();
    }
  }

  /** Sees to it that a repository has a blob, from bytes at hand or by a mount; never streams. */
  async ensure(repository: string, blob: Descriptor, bytes: Buffer | null): Promise<BlobState> {
    const key = this.#key(repository);
    await this.#inFlight.get(blob.digest);
    this.throwFatal();
    if (this.#storedHere.has(`${key} ${blob.digest}`)) return 'moved';
    if (this.#known.has(key, blob.digest)) return 'present';
    if (await this.#isThere(repository, blob.digest, blob.size)) return 'present';
    if (await this.#mount(repository, blob.digest, blob.size)) return 'moved';
    if (bytes === null) return 'missing';
    await this.#rate.take(bytes.length, { signal: this.#signal });
    await this.#target.putBlob(repository, blob.digest, blob.size, bytes, { signal: this.#signal });
    this.#stored(repository, blob.digest, blob.size);
    return 'moved';
  }

  /** True when this run has seen the blob in that repository. */
  saw(repository: string, digest: Digest): boolean {
    return this.#known.has(this.#key(repository), digest);
  }

  /** The target confirmed blobs of this repository and then did not find them: from now on only what this run puts there counts. */
  distrust(repository: string): void {
    this.#distrusted.add(this.#key(repository));
    this.#known.forgetAll(this.#key(repository));
  }

  /** Waits until everything that was taken is stored or has failed. */
  async settle(): Promise<void> {
    await this.#pool.drain();
  }

  /** Repositories to send to: those that need the blob, after asking and mounting; none when asking fails. */
  async #goals(
    digest: Digest,
    size: number,
    repositories: readonly string[],
    need: 'any' | 'all',
  ): Promise<readonly string[]> {
    try {
      return await this.#lacking(digest, size, repositories, need);
    } catch (error) {
      if (isAbort(error, this.#signal) || !(error instanceof AppError)) throw error;
      this.#fail(digest, error);
      this.throwFatal();
      return [];
    }
  }

  async #lacking(
    digest: Digest,
    size: number,
    repositories: readonly string[],
    need: 'any' | 'all',
  ): Promise<readonly string[]> {
    const places = this.#target.blobsPerRepository ? [...new Set(repositories)] : repositories.slice(0, 1);
    await this.#inFlight.get(digest);
    const asked = await Promise.all(
      places.map(async (repository) => ({
        repository,
        there:
          this.#known.has(this.#key(repository), digest) || (await this.#isThere(repository, digest, size)),
      })),
    );
    const absent = asked.filter((place) => !place.there).map((place) => place.repository);
    if (absent.length === 0 || (need === 'any' && absent.length < places.length)) return [];
    const goals: string[] = [];
    for (const repository of need === 'any' ? absent.slice(0, 1) : absent) {
      if (!(await this.#mount(repository, digest, size))) goals.push(repository);
    }
    // one upload, then mounts; where mounts are refused every repository gets the bytes
    return this.#mountsRefused ? goals : goals.slice(0, 1);
  }

  async #isThere(repository: string, digest: Digest, size: number): Promise<boolean> {
    if (this.#distrusted.has(this.#key(repository))) return false;
    const found = await this.#target.blobSize(repository, digest, { signal: this.#signal });
    if (found !== size) return false;
    this.#known.add(this.#key(repository), digest);
    this.#counters.skipped(digest, size);
    return true;
  }

  async #mount(repository: string, digest: Digest, size: number): Promise<boolean> {
    const from = this.#known.anywhere(digest);
    if (from === null || this.#mountsRefused) return false;
    if (!(await this.#target.mountBlob(repository, digest, from, { signal: this.#signal }))) {
      // after a first success a refusal concerns these two repositories, before it the whole registry
      this.#mountsRefused ||= !this.#hasMounted;
      return false;
    }
    this.#hasMounted = true;
    this.#known.add(this.#key(repository), digest);
    this.#storedHere.add(`${this.#key(repository)} ${digest}`);
    this.#counters.mounted(size);
    return true;
  }

  async #upload(
    digest: Digest,
    size: number,
    body: AsyncIterable<Buffer>,
    goals: readonly string[],
  ): Promise<void> {
    if (size <= BUFFERED) {
      const release = await this.#budget.take(size, { signal: this.#signal });
      const whole = await collect(body[Symbol.asyncIterator](), size).catch((error: unknown) => {
        release();
        throw error;
      });
      // a body that is not as long as it says is damaged; the reader reports it
      if (!whole.complete || whole.bytes.length !== size) release();
      else await this.#startUpload(digest, size, goals, () => whole.bytes, release);
      return;
    }
    const release = await this.#budget.take(WINDOW * goals.length, { signal: this.#signal });
    const channels = goals.map(() => new Channel(WINDOW));
    await this.#startUpload(digest, size, goals, (at) => this.#drained(channels[at]), release);
    try {
      for await (const chunk of body) {
        await this.#rate.take(chunk.length, { signal: this.#signal });
        this.#counters.sending(chunk.length * channels.length);
        for (const channel of channels) await channel.push(chunk);
      }
      for (const channel of channels) channel.end();
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      for (const channel of channels) channel.fail(failure);
      throw error;
    }
  }

  async #startUpload(
    digest: Digest,
    size: number,
    goals: readonly string[],
    bodyFor: (at: number) => Uint8Array | Channel,
    release: () => void,
  ): Promise<void> {
    let done!: () => void;
    this.#inFlight.set(digest, new Promise((resolve) => (done = resolve)));
    await this.#pool.start(async () => {
      try {
        await Promise.all(goals.map((repository, at) => this.#send(repository, digest, size, bodyFor(at))));
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
        this.#counters.sending(size);
      }
      await this.#target.putBlob(repository, digest, size, body, { signal: this.#signal });
      this.#stored(repository, digest, size);
    } catch (error) {
      this.#fail(digest, error);
    } finally {
      if (body instanceof Channel) body.abandon();
    }
  }

  #stored(repository: string, digest: Digest, size: number): void {
    this.#known.add(this.#key(repository), digest);
    this.#storedHere.add(`${this.#key(repository)} ${digest}`);
    this.#failures.delete(digest);
    this.#counters.sent(digest, size);
  }

  /** Keeps a failure for the image that misses the blob; one that would meet every blob ends the pass. */
  #fail(digest: Digest | null, error: unknown): void {
    if (isAbort(error, this.#signal)) return;
    const failure =
      error instanceof AppError
        ? error
        : new AppError('app.defect', { origin: 'app', params: { detail: String(error) }, cause: error });
    if (digest !== null) this.#failures.set(digest, failure);
    if (endsRun(failure)) this.#fatal ??= failure;
  }

  /** Throws what makes going on senseless, and a cancellation. */
  throwFatal(): void {
    throwIfAborted(this.#signal);
    if (this.#fatal) throw this.#fatal;
  }

  #drained(channel: Channel | undefined): Channel {
    if (!channel) throw new RangeError('no channel for this repository');
    return channel;
  }

  async #placeUnknown(
    chunks: AsyncIterator<Buffer>,
    repositories: readonly string[],
    need: 'any' | 'all',
    maySendUnknown: () => Promise<boolean>,
  ): Promise<void> {
    const start = await collect(chunks, BUFFERED);
    const [first] = repositories;
    if (!start.complete) {
      if (first !== undefined && (await maySendUnknown()))
        await this.#sendUnknown(first, start.bytes, chunks);
      return;
    }
    const { bytes } = start;
    const digest = digestOf(bytes);
    const goals = await this.#goals(digest, bytes.length, repositories, need);
    if (goals.length === 0) return;
    const release = await this.#budget.take(bytes.length, { signal: this.#signal });
    await this.#startUpload(digest, bytes.length, goals, () => bytes, release);
  }

  async #sendUnknown(repository: string, start: Buffer, rest: AsyncIterator<Buffer>): Promise<void> {
    try {
      const body = this.#limited(start, rest);
      const stored = await this.#target.putBlobOfUnknownDigest(repository, body, { signal: this.#signal });
      this.#stored(repository, stored.digest, stored.size);
    } catch (error) {
      this.#fail(null, error);
    }
  }

  async *#limited(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for (let chunk: Buffer | null = start; chunk !== null;) {
      await this.#rate.take(chunk.length, { signal: this.#signal });
      this.#counters.sending(chunk.length);
      yield chunk;
      const next = await rest.next();
      chunk = next.done ? null : next.value;
    }
  }

  #key(repository: string): string {
    return this.#target.blobsPerRepository ? repository : '';
  }
}

/** The whole body or, when it is longer than `limit` bytes, its start. In a buffer of its own: chunks are slices of larger reads. */
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
