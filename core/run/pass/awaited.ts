// What a further pass over a package still waits for: when all of it has come by, the rest of the package need not be read.
import type { Digest } from '../../content/digest.js';
import type { Offer } from '../base/offer.js';

/** Thrown in a further pass when everything that was awaited has come by. */
export class EnoughRead extends Error {}

/** Images that lack blobs and whose bundle has not come by yet, and blobs that only images of other packages lack. */
export class Awaited {
  readonly #left: Set<Offer | Digest>;
  readonly #isEmpty: boolean;

  /** @param wanted the blobs that the pass sends; null in a first pass, which awaits nothing */
  constructor(offers: Iterable<Offer>, wanted: ReadonlyMap<Digest, unknown> | null) {
    const lacking = wanted ? [...offers].filter(({ missing }) => missing.length > 0) : [];
    const ofImages = new Set(lacking.flatMap(({ missing }) => missing.map(({ digest }) => digest)));
    const lent = [...(wanted?.keys() ?? [])].filter((digest) => !ofImages.has(digest));
    this.#left = new Set([...lacking, ...lent]);
    this.#isEmpty = this.#left.size === 0;
  }

  passed(what: Offer | Digest): void {
    this.#left.delete(what);
  }

  /** Throws {@link EnoughRead} when nothing is awaited any more. */
  throwIfEnough(): void {
    if (!this.#isEmpty && this.#left.size === 0) throw new EnoughRead();
  }
}
