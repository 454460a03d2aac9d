// Counts a blob's stream while it is sent, checks its size, and keeps an error of its source apart from errors of the network.
import type { Digest } from '../content/digest.js';
import { AppError } from '../errors.js';

/** A body for one request. */
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

  /** What the source threw, or its wrong size; null for every other failure of the upload. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure;
  }

  /**
   * An iterator without `throw`, and not a generator: when the connection breaks, undici destroys the stream that it makes of this body,
   * and Node would throw the network's error into a generator, where it looks like an error of the source.
   */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    const source = this.#source[Symbol.asyncIterator]();
    let count = 0;
    return {
      next: async () => {
        const next = await this.#nextOf(source);
        if (next.done) {
          if (this.#size !== null && count < this.#size) throw this.#wrongSize(count);
          return { done: true, value: undefined };
        }
        count += next.value.length;
        if (this.#size !== null && count > this.#size) throw this.#wrongSize(count);
        return { done: false, value: next.value };
      },
      return: async () => {
        await source.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  async #nextOf(source: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array, unknown>> {
    try {
      return await source.next();
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  #wrongSize(actual: number): AppError {
    const error = new AppError('registry.blob-size-wrong', {
      origin: 'package',
      params: { digest: this.#digest ?? '', expected: this.#size ?? 0, actual },
    });
    this.#failure = { error };
    return error;
  }
}
