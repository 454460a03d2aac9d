// What a run has learned about which repository holds which blob, so that nothing is asked or sent twice.
import type { Digest } from '../content/digest.js';

/** Only what the target itself confirmed in this run gets in here. */
export class KnownBlobs {
  readonly #repositories = new Map<Digest, Set<string>>();

  add(repository: string, digest: Digest): void {
    const known = this.#repositories.get(digest);
    if (known) known.add(repository);
    else this.#repositories.set(digest, new Set([repository]));
  }

  has(repository: string, digest: Digest): boolean {
    return this.#repositories.get(digest)?.has(repository) ?? false;
  }

  /** A repository that holds the blob, to mount it from. */
  anywhere(digest: Digest): string | null {
    const known = this.#repositories.get(digest);
    return known ? (known.values().next().value ?? null) : null;
  }

  /** What the target confirmed for a repository turned out not to be so. */
  forgetAll(repository: string): void {
    for (const repositories of this.#repositories.values()) repositories.delete(repository);
  }
}
