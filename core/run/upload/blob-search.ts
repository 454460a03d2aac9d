// Asks a repository for a blob, where the blob may be there: a tag lists it, or a run that was cut off before it wrote tags has left it.
import type { Descriptor } from '../../content/descriptor.js';
import type { ImageTarget } from '../../ports/image-target.js';
import type { BlobPresence } from './blob-presence.js';
import type { ListedBlobs } from './listed-blobs.js';

/**
 * A run that is cut off leaves the first blobs of a package. After this many blobs in a row that were not left, none of the others
 * was; some of those that were under way at the end may be sent again.
 */
const ENOUGH_ABSENT = 4;

/** Finds blobs in the repositories of one target. */
export class BlobSearch {
  readonly #target: ImageTarget;
  readonly #presence: BlobPresence;
  readonly #listed: ListedBlobs;
  #left = new LeftBlobs();

  constructor(target: ImageTarget, presence: BlobPresence, listed: ListedBlobs) {
    this.#target = target;
    this.#presence = presence;
    this.#listed = listed;
  }

  /** Says that the blobs of another package follow. */
  packageStarts(): void {
    this.#left = new LeftBlobs();
  }

  /** True when the repository had the blob before this run. A blob that is there for no known reason is not found. */
  async finds(repository: string, blob: Pick<Descriptor, 'digest' | 'size'>): Promise<boolean> {
    const ask = (): Promise<boolean> => this.#presence.wasThere(repository, blob);
    if (!this.#target.blobsPerRepository) return ask();
    // one that lies elsewhere was not sent here by a run before, and says nothing about the others
    const lies = this.#presence.holderOf(blob.digest) !== null;
    const answer = lies ? null : await this.#left.ask(ask);
    if (answer !== null) return answer;
    if (lies && !this.#left.isOver) return ask();
    return (await this.#listed.mayHave(repository, blob.digest)) && (await ask());
  }
}

/** What a run that was cut off may have left of one package. */
class LeftBlobs {
  #absent = 0;
  #hasFound = false;
  #asking: Promise<void> | null = null;

  /** True when nothing more was left. */
  get isOver(): boolean {
    return this.#absent >= ENOUGH_ABSENT;
  }

  /** Null where the question is not worth asking. Until a blob was found, one question waits for the answer to the one before. */
  async ask(question: () => Promise<boolean>): Promise<boolean | null> {
    while (this.#asking !== null && !this.#hasFound) await this.#asking;
    if (this.isOver) return null;
    const asking = question();
    const waiting: Promise<void> = asking.then(
      (isThere) => {
        this.#absent = isThere ? 0 : this.#absent + 1;
        this.#hasFound ||= isThere;
        if (this.#asking === waiting) this.#asking = null;
      },
      () => {
        if (this.#asking === waiting) this.#asking = null;
      },
    );
    this.#asking = waiting;
    return asking;
  }
}
