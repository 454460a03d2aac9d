// A source of bytes for all format readers of this zone. It reads on demand, so that a slow consumer slows the source down.

/** The next piece, null at the end. A piece is valid until the next call: its memory may be filled again then. */
export type Pull = () => Promise<Buffer | null>;

/**
 * Bytes to be read once, in order. After a failure of the source every later call throws the same error, so that nobody reads on
 * behind damage. Iterating does not close the source; what a loop leaves unread can be read afterwards. What `next`, `peek` and `take` give is
 * valid until the next call: copy to keep.
 */
export class ByteReader implements AsyncIterable<Buffer> {
  readonly #pull: Pull;
  #held: Buffer = Buffer.alloc(0);
  #ended = false;
  #failure: { readonly error: unknown } | null = null;
  #position = 0;

  constructor(pull: Pull) {
    this.#pull = pull;
  }

  /** A reader of an iterator's pieces. */
  static over(source: AsyncIterable<Buffer>): ByteReader {
    const iterator = source[Symbol.asyncIterator]();
    return new ByteReader(async () => {
      const next = await iterator.next();
      return next.done === true ? null : next.value;
    });
  }

  /** A reader of bytes in memory. */
  static of(bytes: Buffer): ByteReader {
    let left: Buffer | null = bytes;
    return new ByteReader(() => {
      const piece = left;
      left = null;
      return Promise.resolve(piece);
    });
  }

  /** Bytes handed out so far. */
  get position(): number {
    return this.#position;
  }

  /** The next piece of at most `max` bytes, never empty; null at the end. */
  async next(max = Number.POSITIVE_INFINITY): Promise<Buffer | null> {
    if (this.#held.length === 0) {
      const more = await this.#more();
      if (more === null) return null;
      this.#held = more;
    }
    const piece = this.#held.length <= max ? this.#held : this.#held.subarray(0, max);
    this.#held = this.#held.subarray(piece.length);
    this.#position += piece.length;
    return piece;
  }

  /** Up to `count` bytes, without consuming them; fewer only at the end. */
  async peek(count: number): Promise<Buffer> {
    while (this.#held.length < count) {
      const more = await this.#more();
      if (more === null) break;
      this.#held = this.#held.length === 0 ? more : Buffer.concat([this.#held, more]);
    }
    return this.#held.subarray(0, count);
  }

  /** Exactly `count` bytes; fewer only at the end. */
  async take(count: number): Promise<Buffer> {
    const bytes = await this.peek(count);
    this.#held = this.#held.subarray(bytes.length);
    this.#position += bytes.length;
    return bytes;
  }

  /** Everything that is left, copied; null when that is more than `limit` bytes. */
  async all(limit: number): Promise<Buffer | null> {
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of this) {
      size += piece.length;
      if (size > limit) return null;
      pieces.push(Buffer.from(piece));
    }
    return Buffer.concat(pieces, size);
  }

  /** Reads to the end and drops the bytes. */
  async drain(): Promise<void> {
    while ((await this.next()) !== null);
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    return {
      next: async () => {
        const value = await this.next();
        return value === null ? { done: true, value: undefined } : { done: false, value };
      },
    };
  }

  async #more(): Promise<Buffer | null> {
    if (this.#failure !== null) throw this.#failure.error;
    while (!this.#ended) {
      let piece: Buffer | null;
      try {
        piece = await this.#pull();
      } catch (error) {
        this.#failure = { error };
        throw error;
      }
      if (piece === null) this.#ended = true;
      else if (piece.length > 0) return piece;
    }
    return null;
  }
}
