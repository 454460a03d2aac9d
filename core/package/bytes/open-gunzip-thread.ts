// Decompresses a gzip file in a thread of its own: it goes on while the reader works, and none of its buffers is left to the garbage collector.
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { isTransferable } from '../../flow/free-memory.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import { AppError } from '../../errors.js';
import { ByteReader } from './byte-reader.js';
import { asZlibDamage, type Opened } from './zlib-stream.js';

/** Decompressed bytes that wait for the reader at most: SLOTS x SLOT_BYTES of memory that both threads share. */
const SLOTS = 8;
const SLOT_BYTES = 1 << 20;
/** Pieces of the file that wait for the thread at most: the next one is read while it works on the one before. */
const PIECES = 3;
/**
 * A slot is filled again when the reader has asked for this many pieces after it: it keeps the last piece while it looks ahead into the
 * next one.
 */
const KEPT = 2;
/** Slots that are given back together: waking the other thread for each one takes longer than filling it. */
const BACK_TOGETHER = 3;

const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('taken') }),
  z.object({ kind: z.literal('piece'), slot: z.number(), length: z.number(), read: z.number() }),
  z.object({ kind: z.literal('end'), read: z.number(), sha512: z.string().nullable() }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string(), read: z.number() }),
]);
type Message = Exclude<z.infer<typeof messageSchema>, { kind: 'taken' }>;

export interface ThreadOptions {
  /** Compute the SHA-512 of the file. */
  readonly sha512: boolean;
  /** Counts what was decompressed. */
  readonly budget: PassBudget;
  readonly signal: AbortSignal;
}

/** A gzip file that is decompressed in another thread. */
export interface OpenedFile extends Opened {
  /** Bytes of the file that were decompressed so far. */
  readonly position: number;
  /** Of the whole file, in hex; null before its end, and where it was not asked for. */
  readonly sha512: string | null;
}

/**
 * Decompresses the pieces of a gzip file as `openGunzip` does, with the same errors; what `pieces` throws is thrown unchanged. Each piece
 * must have memory of its own, which goes to the thread with it.
 * @param archive how problems name the file
 */
export function openGunzipThread(
  pieces: AsyncGenerator<Buffer, void>,
  archive: string,
  options: ThreadOptions,
): OpenedFile {
  return new GunzipThread(pieces, archive, options);
}

class GunzipThread implements OpenedFile {
  readonly reader: ByteReader;
  readonly #archive: string;
  readonly #options: ThreadOptions;
  readonly #worker: Worker;
  readonly #fed: Promise<void>;
  readonly #memory = new SharedArrayBuffer(SLOTS * SLOT_BYTES);
  readonly #messages: Message[] = [];
  /** Slots of the last pieces and of those that are to be given back, oldest first. */
  #kept: number[] = [];
  #failure: { readonly error: unknown } | null = null;
  #waiting = 0;
  #wakeReader: () => void = () => undefined;
  #wakeFeeder: () => void = () => undefined;
  #position = 0;
  #sha512: string | null = null;

  constructor(pieces: AsyncGenerator<Buffer, void>, archive: string, options: ThreadOptions) {
    this.#archive = archive;
    this.#options = options;
    this.reader = new ByteReader(() => this.#pull());
    this.#worker = new Worker(new URL('./gunzip-thread.mjs', import.meta.url), {
      workerData: { ring: this.#memory, slots: SLOTS, slotBytes: SLOT_BYTES, sha512: options.sha512 },
    });
    this.#worker.on('message', (data: unknown) => this.#take(messageSchema.parse(data)));
    this.#worker.on('error', (error) => this.#stop(this.#defect(error.message)));
    this.#worker.on('exit', () => this.#stop(this.#defect('it has ended')));
    this.#fed = this.#feed(pieces);
  }

  get position(): number {
    return this.#position;
  }

  get sha512(): string | null {
    return this.#sha512;
  }

  async close(): Promise<void> {
    this.#stop(this.#defect('it was closed'));
    await this.#worker.terminate();
    await this.#fed;
  }

  /** Reads the file and hands its pieces over, a few ahead of the thread. */
  async #feed(pieces: AsyncGenerator<Buffer, void>): Promise<void> {
    try {
      for await (const piece of pieces) {
        while (this.#waiting >= PIECES && !this.#failure) {
          await new Promise<void>((resolve) => (this.#wakeFeeder = resolve));
        }
        if (this.#failure) return;
        this.#waiting += 1;
        const { buffer } = piece;
        this.#worker.postMessage({ piece }, isTransferable(buffer) ? [buffer] : []);
      }
      this.#worker.postMessage({ piece: null });
    } catch (error) {
      this.#stop(error);
    }
  }

  #take(message: z.infer<typeof messageSchema>): void {
    if (message.kind === 'taken') {
      this.#waiting -= 1;
      this.#wakeFeeder();
    } else {
      this.#messages.push(message);
      this.#wakeReader();
    }
  }

  async #pull(): Promise<Buffer | null> {
    const { signal, budget } = this.#options;
    signal.throwIfAborted();
    const done = this.#kept.length + 1 - KEPT;
    if (done >= BACK_TOGETHER) {
      this.#worker.postMessage({ slots: this.#kept.slice(0, done) });
      this.#kept = this.#kept.slice(done);
    }
    const message = await this.#next();
    this.#position = message.read;
    switch (message.kind) {
      case 'piece':
        this.#kept.push(message.slot);
        budget.spend('output', message.length, this.#archive);
        return Buffer.from(this.#memory, message.slot * SLOT_BYTES, message.length);
      case 'end':
        this.#sha512 = message.sha512;
        return null;
      case 'failed': {
        const error = Object.assign(new Error(message.message), { code: message.code });
        throw asZlibDamage(error, this.#archive, 'the gzip stream', this.#position);
      }
    }
  }

  async #next(): Promise<Message> {
    for (;;) {
      const message = this.#messages.shift();
      if (message) return message;
      if (this.#failure) throw this.#failure.error;
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
  }

  /** Ends the feeder, and the reader when it has taken what is there. */
  #stop(error: unknown): void {
    this.#failure ??= { error };
    this.#wakeReader();
    this.#wakeFeeder();
  }

  #defect(reason: string): AppError {
    const detail = `the thread that decompresses ${this.#archive}: ${reason}`;
    return new AppError('app.defect', { origin: 'app', params: { detail } });
  }
}
