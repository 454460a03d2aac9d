// Counts a blob's stream while it is sent, checks its size, and keeps an error of its source apart from errors of the network.
import type { Digest } from '../content/digest.js';
import { AppError } from '../errors.js';

export class MeteredBody implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #size: number | null;
  readonly #digest: Digest | null;
  #failure: { readonly error: unknown } | null = null;

  /** `size` null: unknown, not checked; `digest` is for the message only. */
  constructor(source: AsyncIterable<Uint8Array>, size: number | null, digest: Digest | null) {
    this.#source = source;
    this.#size = size;
    this.#digest = digest;
  }

  /** What the source threw, or null. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    let count = 0;
    try {
      for await (const chunk of this.#source) {
        count += chunk.length;
        if (this.#size !== null && count > this.#size) throw this.#wrongSize(count);
        yield chunk;
      }
      if (this.#size !== null && count < this.#size) throw this.#wrongSize(count);
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  #wrongSize(actual: number): AppError {
    return new AppError('registry.blob-size-wrong', {
      origin: 'package',
      params: { digest: this.#digest ?? '', expected: this.#size ?? 0, actual },
    });
  }
}
