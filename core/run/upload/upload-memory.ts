// The memory of all uploads of a run: how much may wait between package and target, and where it lies.
import { ByteBudget, type GiveBack } from '../../flow/byte-budget.js';
import { Channel } from '../../flow/channel.js';
import { MemoryPool } from '../../flow/memory-pool.js';
import { collect } from './blob-bodies.js';

/** Blobs up to this size are held whole, so that a failed upload can be repeated without reading the package again. */
export const HELD_BYTES = 8 * 1024 * 1024;
/**
 * Bytes of one larger blob that may wait for its upload, where there is memory for as many uploads as run at a time. Layers up to this
 * size are read whole, so that the reader can go on and several uploads run at the same time.
 */
const LARGEST_WINDOW = 24 * 1024 * 1024;
/** Bytes of all uploads that may wait in memory, for up to this many uploads at a time and for each further one. */
const BUDGET = 48 * 1024 * 1024;
const BUDGET_IS_FOR = 4;
const BUDGET_OF_ONE_MORE = 36 * 1024 * 1024;

/** A blob in memory. */
export interface HeldBlob {
  readonly bytes: Buffer;
  /** Gives the memory back. `isInUse`: something may still read it, for example the network after a failure. */
  release(isInUse: boolean): void;
}

/** The memory of a blob that is sent while it is read. */
export interface PassedBlob {
  readonly channel: Channel;
  /** To be told of bytes that were sent and whose memory went back to the pool. */
  readonly onSent: (bytes: number) => void;
  /** Gives back all that is left. */
  readonly release: () => void;
}

/** Memory for the uploads of one run; who takes more than is there waits. */
export class UploadMemory {
  readonly pool: MemoryPool;
  /** Bytes of one blob of more than {@link HELD_BYTES} that may wait for its upload. */
  readonly window: number;
  readonly #budget: ByteBudget;
  readonly #signal: AbortSignal;

  /** @param concurrency uploads at a time */
  constructor(concurrency: number, signal: AbortSignal) {
    const total = BUDGET + BUDGET_OF_ONE_MORE * Math.max(0, concurrency - BUDGET_IS_FOR);
    this.#budget = new ByteBudget(total);
    this.pool = new MemoryPool(total);
    this.window = Math.min(LARGEST_WINDOW, Math.floor(total / Math.max(concurrency, BUDGET_IS_FOR)));
    this.#signal = signal;
  }

  /** Waits until `bytes` may be held; gives a function that returns them, or a part of them. */
  take(bytes: number): Promise<GiveBack> {
    return this.#budget.take(bytes, { signal: this.#signal });
  }

  /**
   * Waits for the memory of a blob that is sent while it is read. Memory that the end of the blob does not need any more is given back as
   * soon as bytes were sent, so that the next blob is read meanwhile.
   */
  async pass(size: number): Promise<PassedBlob> {
    const window = Math.min(size, this.window);
    const giveBack = await this.take(window);
    let unsent = size;
    let held = window;
    return {
      channel: this.channel(window),
      onSent: (bytes) => {
        unsent = Math.max(0, unsent - bytes);
        giveBack(Math.max(0, held - unsent));
        held = Math.min(held, unsent);
      },
      release: () => giveBack(),
    };
  }

  /** Reads a body of `size` bytes into memory; null when it is shorter or longer than that. */
  async hold(size: number, body: AsyncIterable<Buffer>): Promise<HeldBlob | null> {
    const giveBack = await this.take(MemoryPool.cost(size));
    const memory = this.pool.take(size);
    const release = (isInUse: boolean): void => {
      if (isInUse) this.pool.drop(memory);
      else this.pool.give(memory);
      giveBack();
    };
    try {
      const { bytes, complete } = await collect(body[Symbol.asyncIterator](), memory);
      if (complete && bytes.length === size) return { bytes, release };
    } catch (error) {
      release(false);
      throw error;
    }
    release(false);
    return null;
  }

  /** Reads the start of a body into memory; all of it when it is not longer than {@link HELD_BYTES}. */
  async startOf(
    body: AsyncIterator<Buffer>,
  ): Promise<{ readonly bytes: Buffer; readonly complete: boolean }> {
    const giveBack = await this.take(HELD_BYTES);
    try {
      const start = await collect(body, Buffer.allocUnsafeSlow(HELD_BYTES));
      // a short one does not keep the memory of a long one
      return start.bytes.length < HELD_BYTES / 2 ? { ...start, bytes: Buffer.from(start.bytes) } : start;
    } finally {
      giveBack();
    }
  }

  /** A pipe for an upload, to be filled by `pour`. */
  channel(window: number): Channel {
    return new Channel(window, (chunk) => this.pool.give(chunk));
  }
}
