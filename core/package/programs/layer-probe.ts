// Lets a second reader look at a layer while it is delivered, so that the layer is read only once.
import { ByteReader } from '../bytes/byte-reader.js';

/** Gives the pieces of a layer to `read`. When `read` ends early, later pieces are dropped. */
export class LayerProbe<T> {
  readonly result: Promise<T>;
  #piece: Buffer | null = null;
  #isWaiting = false;
  #isEnded = false;
  #isRead = false;
  readonly #waiting: (() => void)[] = [];

  constructor(read: (stored: ByteReader) => Promise<T>) {
    const reader = new ByteReader(async () => {
      // asking for the next piece says that the one before is done with
      this.#isWaiting = true;
      this.#tell();
      while (this.#piece === null && !this.#isEnded) await this.#change();
      this.#isWaiting = false;
      const piece = this.#piece;
      this.#piece = null;
      return piece;
    });
    this.result = read(reader).finally(() => {
      this.#isRead = true;
      this.#tell();
    });
    this.result.catch(() => undefined); // no unhandled rejection: the caller awaits `result` later
  }

  /** Gives the next piece. Resolves when it is not used any more. */
  async take(piece: Buffer): Promise<void> {
    await this.#waited();
    if (this.#isRead) return;
    this.#piece = piece;
    this.#isWaiting = false;
    this.#tell();
    await this.#waited();
  }

  /** Says that no more pieces follow. */
  end(): void {
    this.#isEnded = true;
    this.#tell();
  }

  async #waited(): Promise<void> {
    while (!this.#isWaiting && !this.#isRead) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #tell(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
