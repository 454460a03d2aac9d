// A pipe of chunks with a limited size: the reader of the package writes into it and an upload reads from it.

/** A writer waits while `capacity` bytes or more are inside. The reading side is an async iterable for one reader, once. */
export class Channel implements AsyncIterable<Uint8Array> {
  readonly #capacity: number;
  readonly #onDropped: (chunk: Uint8Array) => void;
  readonly #chunks: Uint8Array[] = [];
  #held = 0;
  #ended = false;
  #failure: Error | null = null;
  /** True when nobody reads any more; then what is pushed is dropped. */
  #abandoned = false;
  #wakeReader: (() => void) | null = null;
  #wakeWriter: (() => void) | null = null;

  /** @param onDropped called with each chunk that was pushed and that nobody will read */
  constructor(capacity: number, onDropped: (chunk: Uint8Array) => void = () => undefined) {
    this.#capacity = capacity;
    this.#onDropped = onDropped;
  }

  /** Resolves when there is space for more; at once when nobody reads any more. */
  async push(chunk: Uint8Array): Promise<void> {
    if (this.#abandoned) {
      this.#onDropped(chunk);
      return;
    }
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    this.#wakeReader?.();
    while (this.#held >= this.#capacity && !this.#abandoned) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
      this.#wakeWriter = null;
    }
  }

  /** Says that the last chunk was pushed. */
  end(): void {
    this.#ended = true;
    this.#wakeReader?.();
  }

  /** Makes the reading side throw `error`. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wakeReader?.();
  }

  /** Says that nobody will read any more. */
  abandon(): void {
    this.#abandoned = true;
    for (const chunk of this.#chunks.splice(0)) this.#onDropped(chunk);
    this.#held = 0;
    this.#wakeWriter?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        if (this.#failure) throw this.#failure;
        const chunk = this.#chunks.shift();
        if (chunk) {
          this.#held -= chunk.length;
          this.#wakeWriter?.();
          yield chunk;
        } else if (this.#ended) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wakeReader = resolve;
          });
          this.#wakeReader = null;
        }
      }
    } finally {
      this.abandon();
    }
  }
}
