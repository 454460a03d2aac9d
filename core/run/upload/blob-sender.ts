// Gets blobs into the target while the package is read: asks whether they are there, mounts them where it can, else sends them.
import type { Descriptor } from '../../content/descriptor.js';
import { digestOf, type Digest } from '../../content/digest.js';
import { AppError, isAbort } from '../../errors.js';
import { QUESTIONS_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { PassingBlob } from '../../package/stream/package-stream.js';
import type { ImageTarget } from '../../ports/image-target.js';
import type { BlobPresence } from './blob-presence.js';
import { BlobSearch } from './blob-search.js';
import { BlobUploads, type UploadOptions } from './blob-uploads.js';
import { ListedBlobs } from './listed-blobs.js';
import type { Counters } from '../base/counters.js';

/** How many mounts are tried where none has succeeded, before mounting is given up. */
const REFUSALS = 3;

/** What `ensure` answers: the blob was there before this run, this run stored or mounted it, or it is not there. */
export type BlobState = 'present' | 'moved' | 'missing';

/** Sends, mounts and finds the blobs of one run. */
export class BlobSender {
  readonly #target: ImageTarget;
  readonly #counters: Counters;
  readonly #signal: AbortSignal;
  readonly #uploads: BlobUploads;
  readonly #presence: BlobPresence;
  readonly #search: BlobSearch;
  /** What tags of the target list. */
  readonly listed: ListedBlobs;
  /** Repositories from which a mount was refused, for example because this account may not read them. */
  readonly #refusedSources = new Set<string>();
  #hasMounted = false;

  constructor(options: UploadOptions, presence: BlobPresence) {
    this.#target = options.target;
    this.#counters = options.counters;
    this.#signal = options.signal;
    this.#presence = presence;
    this.listed = new ListedBlobs(options.target, options);
    this.#search = new BlobSearch(options.target, presence, this.listed);
    this.#uploads = new BlobUploads(options, async (repository, blob) => {
      if (presence.isDamaged(blob.digest)) await this.#readBack(repository, blob);
      presence.brought(repository, blob.digest);
    });
  }

  /** Says that the blobs of another package follow. */
  packageStarts(): void {
    this.#search.packageStarts();
  }

  /** Why a blob could not be stored, when sending it was tried and failed. */
  failureOf(digest: Digest): AppError | null {
    return this.#uploads.failureOf(digest);
  }

  /**
   * Takes a blob that is being read. `any`: one of the repositories must have it in the end (which of them need it is not known
   * yet); `all`: each of them. Resolves when the body is taken, not when it is stored; `settle` waits for that. Failures are kept
   * for `failureOf`; only a cancellation and failures that end the run are thrown.
   * The digest of a blob that is compressed on the way is known only after its last byte. A small one is held in memory until then.
   * A large one is sent at once where `maySendUnknown` says that the target cannot have it yet; else this pass only learns its
   * digest, and the next pass sends it.
   */
  async place(
    blob: PassingBlob,
    repositories: readonly string[],
    need: 'any' | 'all',
    maySendUnknown: () => Promise<boolean>,
  ): Promise<void> {
    this.throwFatal();
    const { claimed, size, body, proof } = blob;
    if (claimed !== null && size !== null) {
      const destinations = () => this.#destinations(claimed, size, repositories, need);
      const read = { digest: claimed, size, body, proof };
      if (need === 'any') await this.#uploads.stream(read, destinations);
      else await this.#uploads.streamAgain(read, destinations);
      return;
    }
    const chunks = body[Symbol.asyncIterator]();
    const { bytes, complete } = await this.#uploads.startOf(chunks);
    const [first] = repositories;
    if (complete) {
      const digest = digestOf(bytes);
      const destinations = () => this.#destinations(digest, bytes.length, repositories, need);
      await this.#uploads.queue(digest, bytes, destinations);
    } else if (first !== undefined && (await maySendUnknown())) {
      await this.#uploads.sendUnknown(first, bytes, chunks);
    }
  }

  /** Makes sure that a repository has a blob, by a mount or from `bytes`, without reading the package. A failure to send is thrown. */
  async ensure(repository: string, blob: Descriptor, bytes: Buffer | null): Promise<BlobState> {
    await this.#uploads.ended(blob.digest);
    this.throwFatal();
    if (this.#presence.wasBrought(repository, blob.digest)) return 'moved';
    if (await this.#mountUnasked(repository, blob.digest, blob.size)) return 'moved';
    if (await this.#isThere(repository, blob.digest, blob.size)) return 'present';
    if (await this.#mount(repository, blob.digest, blob.size)) return 'moved';
    // nothing says that it is there, but sending it would take another pass
    if (bytes === null && (await this.#isThereAfterAll(repository, blob.digest, blob.size))) return 'present';
    if (bytes === null) return 'missing';
    await this.#uploads.sendNow(repository, blob.digest, bytes);
    return 'moved';
  }

  /**
   * Brings a blob that no package of the run holds from a repository that has it, through this computer: for a registry that refused
   * to mount it. False when no repository is known to have it.
   */
  async copy(repository: string, { digest, size }: Descriptor): Promise<boolean> {
    for (const from of this.#presence.holdersOf(digest)) {
      if (!(await this.#target.copyBlob(repository, digest, size, from, { signal: this.#signal }))) continue;
      this.#presence.brought(repository, digest);
      this.#counters.sent(digest, size);
      return true;
    }
    return false;
  }

  /** Waits until each blob that was taken is stored or has failed. */
  async settle(): Promise<void> {
    await this.#uploads.drain();
  }

  /** Repositories to send the blob to: those that lack it after asking and mounting. None when asking fails; the failure is kept. */
  async #destinations(
    digest: Digest,
    size: number,
    repositories: readonly string[],
    need: 'any' | 'all',
  ): Promise<readonly string[]> {
    try {
      return await this.#lacking(digest, size, repositories, need);
    } catch (error) {
      if (isAbort(error, this.#signal) || !(error instanceof AppError)) throw error;
      this.#uploads.fail(digest, error);
      return [];
    }
  }

  #lacking(
    digest: Digest,
    size: number,
    repositories: readonly string[],
    need: 'any' | 'all',
  ): Promise<readonly string[]> {
    const places = this.#target.blobsPerRepository ? [...new Set(repositories)] : repositories.slice(0, 1);
    return need === 'any' ? this.#lackingAny(digest, size, places) : this.#lackingAll(digest, size, places);
  }

  /**
   * The first repository where none has the blob; the others get a mount when the images that need it are known. A run that was cut off
   * has left its blobs in the first one, too; blobs of earlier imports lie where a tag lists them.
   */
  async #lackingAny(digest: Digest, size: number, places: readonly string[]): Promise<readonly string[]> {
    if (places.some((repository) => this.#presence.wasBrought(repository, digest))) return [];
    const [first, ...others] = places;
    if (first === undefined || (await this.#mountUnasked(first, digest, size))) return [];
    if (await this.#isThere(first, digest, size)) return [];
    let isElsewhere = false;
    await forEachLimited(others, QUESTIONS_AT_A_TIME, async (repository) => {
      if (isElsewhere || !(await this.listed.mayHave(repository, digest))) return;
      isElsewhere ||= await this.#isThere(repository, digest, size);
    });
    if (isElsewhere || (await this.#mount(first, digest, size))) return [];
    return [first];
  }

  /**
   * Mounts what this run stored elsewhere without asking, where no tag lists it: most probably it is not there. Under a tag it may have
   * been there, and then the image counts as it was before, not as repaired.
   */
  async #mountUnasked(repository: string, digest: Digest, size: number): Promise<boolean> {
    if (!this.#isMovedByRun(digest) || (await this.listed.mayHave(repository, digest))) return false;
    return this.#mount(repository, digest, size);
  }

  async #lackingAll(digest: Digest, size: number, places: readonly string[]): Promise<readonly string[]> {
    const asked = await Promise.all(
      places.map(async (repository) => ({
        repository,
        there:
          this.#presence.wasBrought(repository, digest) || (await this.#isThere(repository, digest, size)),
      })),
    );
    const goals: string[] = [];
    for (const { repository, there } of asked) {
      if (!there && !(await this.#mount(repository, digest, size))) goals.push(repository);
    }
    // One repository gets the bytes and the others a mount. Without a repository to mount from, each gets the bytes.
    return this.#isMountable(digest) ? goals.slice(0, 1) : goals;
  }

  async #isThere(repository: string, digest: Digest, size: number): Promise<boolean> {
    const isThere = await this.#search.finds(repository, { digest, size });
    if (isThere) this.#counters.skipped(digest, size);
    return isThere;
  }

  /** As {@link #isThere}, also where nothing says that the blob is there. */
  async #isThereAfterAll(repository: string, digest: Digest, size: number): Promise<boolean> {
    const isThere = await this.#presence.wasThere(repository, { digest, size });
    if (isThere) this.#counters.skipped(digest, size);
    return isThere;
  }

  /**
   * Reads a blob that was there with another size before it was sent: distribution confirms an upload and keeps the file that it has.
   * https://github.com/distribution/distribution/blob/v3.0.0/registry/storage/blobwriter.go
   */
  async #readBack(repository: string, { digest, size }: Pick<Descriptor, 'digest' | 'size'>): Promise<void> {
    const found = await this.#target.blobDigest(repository, digest, { signal: this.#signal });
    if (found?.digest === digest) return;
    throw new AppError('registry.blob-not-replaced', {
      origin: 'registry',
      params: {
        repository: this.#target.host === '' ? repository : `${this.#target.host}/${repository}`,
        digest,
        size,
        actual: found?.digest ?? '-',
        actualSize: found?.size ?? 0,
      },
    });
  }

  #isMovedByRun(digest: Digest): boolean {
    return this.#presence.holdersOf(digest).some((holder) => this.#presence.wasBrought(holder, digest));
  }

  async #mount(repository: string, digest: Digest, size: number): Promise<boolean> {
    const from = this.#presence.holdersOf(digest).find((holder) => !this.#refusedSources.has(holder));
    if (from === undefined || this.#mountsNothing) return false;
    if (!(await this.#target.mountBlob(repository, digest, from, { signal: this.#signal }))) {
      this.#refusedSources.add(from);
      return false;
    }
    this.#hasMounted = true;
    this.#presence.brought(repository, digest);
    this.#counters.mounted(digest, size);
    return true;
  }

  /** False when mounts from all repositories that hold the blob were refused; true as long as no repository holds it. */
  #isMountable(digest: Digest): boolean {
    const holders = this.#presence.holdersOf(digest);
    if (this.#mountsNothing) return false;
    return holders.length === 0 || holders.some((holder) => !this.#refusedSources.has(holder));
  }

  /** True when no mount ever succeeded and several were refused: the registry then does not mount at all. */
  get #mountsNothing(): boolean {
    return !this.#hasMounted && this.#refusedSources.size >= REFUSALS;
  }

  /** Throws a cancellation, or a failure that ends the run. */
  throwFatal(): void {
    this.#uploads.throwFatal();
  }
}
