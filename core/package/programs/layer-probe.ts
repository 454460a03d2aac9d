// Lets a second reader look at a layer while it is delivered, so that the layer is read only once.
import { ByteReader } from '../bytes/byte-reader.js';

/** Gives the pieces of a layer to `read`. When `read` ends early, later pieces are dropped. */
export class LayerProbe<T> {
  readonly result: Promise<T>;
  #piece: Buffer | null = null;
  #isEnded = false;
  #isRead = false;
  readonly #waiting: (() => void)[] = [];

  constructor(read: (stored: ByteReader) => Promise<T>) {
    const reader = new ByteReader(async () => {
      while (this.#piece === null && !this.#isEnded) await this.#change();
      const piece = this.#piece;
      this.#piece = null;
      this.#tell();
      return piece;
    });
    this.result = read(reader).finally(() => {
      this.#isRead = true;
      this.#tell();
    });
    this.result.catch(() => undefined); // no unhandled rejection: the caller awaits `result` later
  }

  /** Gives the next piece. Waits until the one before was read, so that at most one piece is held. */
  async take(piece: Buffer): Promise<void> {
    while (this.#piece !== null && !this.#isRead) await this.#change();
    if (this.#isRead) return;
    this.#piece = piece;
    this.#tell();
  }

  /** Says that no more pieces follow. */
  end(): void {
    this.#isEnded = true;
    this.#tell();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #tell(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
