// Memory for bytes that wait between package and target, used again and again: fresh buffers for all bytes of a package would keep the
// garbage collector busy for longer than everything else takes.
import { freeMemory } from './free-memory.js';

/** Smaller buffers are cheap to make and to collect, so they are not kept. */
const SMALLEST = 256 * 1024;

/** Buffers in sizes of powers of two. What is given back is used again; in use and kept together are at most `limit` bytes. */
export class MemoryPool {
  readonly #limit: number;
  /** Buffers that nobody uses, by their size. */
  readonly #kept = new Map<number, ArrayBufferLike[]>();
  #total = 0;

  /** @param limit bytes; who takes more than that in total gets it all the same, so callers keep to a budget */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What a buffer of `bytes` takes of the limit. */
  static cost(bytes: number): number {
    return bytes < SMALLEST ? bytes : 2 ** Math.ceil(Math.log2(bytes));
  }

  /** A buffer of `bytes`; what it holds is not defined. */
  take(bytes: number): Buffer {
    const size = MemoryPool.cost(bytes);
    if (size < SMALLEST) return Buffer.allocUnsafeSlow(bytes);
    return Buffer.from(this.#kept.get(size)?.pop() ?? this.#make(size), 0, bytes);
  }

  /** Gives back a buffer that came from {@link take}, or the begin of one, for the next one who takes. Nobody may use it any more. */
  give(buffer: Uint8Array): void {
    const size = buffer.buffer.byteLength;
    if (size < SMALLEST) return;
    const kept = this.#kept.get(size);
    if (kept) kept.push(buffer.buffer);
    else this.#kept.set(size, [buffer.buffer]);
  }

  /** Leaves a buffer that came from {@link take} to the garbage collector, because something may still read it. */
  drop(buffer: Uint8Array): void {
    const size = buffer.buffer.byteLength;
    if (size >= SMALLEST) this.#total -= size;
  }

  #make(size: number): ArrayBufferLike {
    for (const [keptSize, kept] of this.#kept) {
      while (this.#total + size > this.#limit) {
        const unused = kept.pop();
        if (!unused) break;
        freeMemory(Buffer.from(unused));
        this.#total -= keptSize;
      }
    }
    this.#total += size;
    return Buffer.allocUnsafeSlow(size).buffer;
  }
}
