// Lets somebody read a layer while it passes by, at the pace of the pass and not a second time.
import { ByteReader } from '../bytes/byte-reader.js';

/** Gets the pieces of a layer and reads them with `read`, which may stop early: what comes then is let go. */
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
    this.result.catch(() => undefined); // whoever awaits it is told
  }

  /** Waits until the piece before was taken, so that at most one waits. */
  async take(piece: Buffer): Promise<void> {
    while (this.#piece !== null && !this.#isRead) await this.#change();
    if (this.#isRead) return;
    this.#piece = piece;
    this.#tell();
  }

  /** No more pieces follow. */
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
