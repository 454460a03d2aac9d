// Counts what one pass over a package uses of this computer, so that no package, however it is built, can exhaust memory or time.
import { AppError } from '../errors.js';
import { LIMITS, PASS_LIMITS } from './limits.js';

/** What is counted; the unit of each is in {@link PASS_LIMITS}. */
export type Resource = keyof typeof PASS_LIMITS;

/** How messages name a resource. */
const WORDS: Readonly<Record<Resource, string>> = {
  entries: 'entries of archives',
  output: 'decompressed bytes',
  json: 'bytes of JSON',
  yaml: 'marks of YAML',
  images: 'images',
  layers: 'layers',
  views: 'places of values',
  work: 'comparisons',
  problems: 'problems',
};

/** One part of a package may use this fraction of the whole. */
const PARTS = 4;
/** Bundles that may be planned while others are read; what those before them used need not be known any more. */
const PLANNED_AT_A_TIME = 64;

/** The budget of one pass. The readers of the package and the visitor share it. */
export class PassBudget {
  #packageBytes = 0;
  #signal: AbortSignal | null = null;
  #held = 0;
  readonly #used = new Map<Resource, number>();
  /** The same since the last {@link nextPart}. */
  #usedOfPart = new Map<Resource, number>();
  /** What was used to plan a bundle, by its path. */
  readonly #usedToPlan = new Map<string, Map<Resource, number>>();

  /** Says how large the package is and which signal ends the pass. */
  begin(packageBytes: number, { signal }: { readonly signal: AbortSignal }): void {
    this.#packageBytes = packageBytes;
    this.#signal = signal;
  }

  /** Says that another bundle begins: it has its own share, whatever those before it used. */
  nextPart(): void {
    this.#usedOfPart = new Map();
  }

  /**
   * Does work that plans a bundle, which has a share of its own for that: a bundle is planned when its end is known, and then the next
   * one is being read already.
   */
  toPlan<T>(bundle: string, work: () => T): T {
    const reading = this.#usedOfPart;
    this.#usedOfPart = this.#usedToPlan.get(bundle) ?? new Map<Resource, number>();
    this.#usedToPlan.set(bundle, this.#usedOfPart);
    const [oldest] = this.#usedToPlan.keys();
    if (oldest !== undefined && this.#usedToPlan.size > PLANNED_AT_A_TIME) this.#usedToPlan.delete(oldest);
    try {
      return work();
    } finally {
      this.#usedOfPart = reading;
    }
  }

  /**
   * Counts `amount`; `entry` is what a message names. Throws `package.limit` when this part or the whole package has used too much, and
   * the signal's reason when the pass was cancelled.
   */
  spend(resource: Resource, amount: number, entry: string): void {
    this.#signal?.throwIfAborted();
    if (this.#count(resource, amount)) return;
    const limit = Math.floor(this.#limitOf(resource) / PARTS);
    throw new AppError('package.limit', {
      origin: 'package',
      params: { entry, what: WORDS[resource], limit },
    });
  }

  /** Counts `amount` and answers false when that is too much: for what can be left out. */
  affords(resource: Resource, amount: number): boolean {
    return this.#count(resource, amount);
  }

  /** Counts bytes that are kept until their bundle ends; throws `package.limit` when too many are kept at the same time. */
  hold(bytes: number, entry: string): void {
    if (!this.canHold(bytes)) {
      const params = { entry, what: 'bytes kept in memory', limit: LIMITS.heldBytes };
      throw new AppError('package.limit', { origin: 'package', params });
    }
    this.#held += bytes;
  }

  canHold(bytes: number): boolean {
    return this.#held + bytes <= LIMITS.heldBytes;
  }

  /** Gives back what {@link hold} took. */
  release(bytes: number): void {
    this.#held -= bytes;
  }

  #count(resource: Resource, amount: number): boolean {
    const used = (this.#used.get(resource) ?? 0) + amount;
    const usedOfPart = (this.#usedOfPart.get(resource) ?? 0) + amount;
    const limit = this.#limitOf(resource);
    // what is refused is not counted, so that other parts of the package still get their share
    if (used > limit || usedOfPart > limit / PARTS) return false;
    this.#used.set(resource, used);
    this.#usedOfPart.set(resource, usedOfPart);
    return true;
  }

  #limitOf(resource: Resource): number {
    const { base, perByte } = PASS_LIMITS[resource];
    return base + perByte * this.#packageBytes;
  }
}
