// One reading of a package's files for several runs. Each run gets all bytes, in its own time, within a bounded window.
import { orAborted } from '../../flow/cancel.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { filesBytes, type FileReading } from './file-bytes.js';

/** Bytes that were read and that the slowest run has not taken yet. */
const WINDOW = 32 << 20;
/** How long the others wait, while the window is full, for a run to take the next piece. */
const PATIENCE_MS = 20_000;
/** How long the first run that reads waits for the others to begin: they may still connect, or read what their target holds. */
const START_MS = 120_000;

export interface SharedBytesOptions {
  readonly windowBytes?: number;
  readonly patienceMs?: number;
  readonly startMs?: number;
}

/** One run's part in a shared reading. */
export interface SharedReader {
  /**
   * All bytes of the files, as `filesBytes` gives them. The first call takes part in the shared reading. When the run does not keep up,
   * and in further calls, the files are read for this run alone.
   */
  read(reading: FileReading): AsyncGenerator<Buffer, void>;
  /** While it is held (paused, or its server is away), the others do not wait for this run. */
  hold(isHeld: boolean): void;
  /** This run reads no more; the others do not wait for it. */
  leave(): void;
}

interface Reader {
  /** Number of the next piece. */
  next: number;
  /** Bytes that it took. */
  taken: number;
  state: 'expected' | 'reading' | 'alone' | 'gone';
  isHeld: boolean;
  /** When it took a piece last, or began. */
  movedAt: number;
  isTold: boolean;
  readonly onAlone: (offset: number) => void;
}

/** The files of one package, read once for all runs that keep up. */
export class SharedBytes {
  readonly #paths: readonly string[];
  readonly #windowBytes: number;
  readonly #patienceMs: number;
  readonly #readers = new Set<Reader>();
  readonly #startMs: number;
  /** When the first run began to read. */
  #began = 0;
  /** Pieces from number {@link #first} on. */
  readonly #window: Buffer[] = [];
  #first = 0;
  #held = 0;
  #bytesRead = 0;
  #pieces: AsyncGenerator<Buffer, void> | null = null;
  #pulling: Promise<void> | null = null;
  #end: { readonly error: Error | null } | null = null;
  readonly #stop = new AbortController();
  readonly #waiting = new Set<() => void>();

  constructor(paths: readonly string[], options: SharedBytesOptions = {}) {
    this.#paths = paths;
    this.#windowBytes = options.windowBytes ?? WINDOW;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#startMs = options.startMs ?? START_MS;
  }

  /** Bytes that the shared reading took from the files. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Makes one run's part; all parts are made before the first of them reads. `onAlone`: it reads by itself from this byte on. */
  reader(onAlone: (offset: number) => void): SharedReader {
    const reader: Reader = {
      ...{ next: 0, taken: 0, state: 'expected', isHeld: false, isTold: false, movedAt: 0, onAlone },
    };
    this.#readers.add(reader);
    return {
      read: (reading) => this.#read(reader, reading),
      hold: (isHeld) => {
        reader.isHeld = isHeld;
        this.#wake();
      },
      leave: () => this.#leave(reader),
    };
  }

  async *#read(reader: Reader, reading: FileReading): AsyncGenerator<Buffer, void> {
    if (reader.state === 'alone') this.#tell(reader);
    if (reader.state !== 'expected') {
      yield* filesBytes(this.#paths, reading);
      return;
    }
    reader.state = 'reading';
    reader.movedAt = Date.now();
    this.#began ||= reader.movedAt;
    // the first pieces are gone already: it came too late
    if (this.#first > 0) this.#detach(reader);
    this.#wake();
    try {
      for (;;) {
        const piece = await this.#next(reader, reading);
        if (piece === null) return;
        if (piece === 'alone') break;
        // a copy, because a reader may hand its bytes to another thread
        yield Buffer.from(piece);
      }
    } finally {
      if (reader.state === 'reading') this.#leave(reader);
    }
    yield* filesBytes(this.#paths, { ...reading, from: reader.taken });
  }

  /** The next piece; null after the last one. */
  async #next(reader: Reader, reading: FileReading): Promise<Buffer | 'alone' | null> {
    for (;;) {
      if (reader.state === 'alone') return 'alone';
      const piece = this.#window[reader.next - this.#first];
      if (piece) return this.#take(reader, piece);
      if (this.#end) {
        if (this.#end.error !== null) throw this.#end.error;
        return null;
      }
      const late = this.#laggards(reader);
      if (late.length === 0) {
        this.#pulling ??= this.#pull(reading).finally(() => (this.#pulling = null));
        await orAborted(this.#pulling, reading);
        continue;
      }
      const waits = late.map((one) => (one.isHeld ? 0 : this.#deadlineOf(one) - Date.now()));
      for (const [at, one] of late.entries()) if ((waits[at] ?? 0) <= 0) this.#detach(one);
      const shortest = Math.min(...waits);
      if (shortest > 0) await this.#change(shortest, reading);
    }
  }

  /** The runs that keep this one from reading on: those that are still to begin, and with a full window the slowest. */
  #laggards(reader: Reader): readonly Reader[] {
    const others = [...this.#readers].filter((one) => one !== reader);
    const expected = this.#bytesRead === 0 ? others.filter((one) => one.state === 'expected') : [];
    if (expected.length > 0) return expected;
    if (this.#held < this.#windowBytes) return [];
    return others.filter(
      (one) => (one.state === 'reading' || one.state === 'expected') && one.next === this.#first,
    );
  }

  #take(reader: Reader, piece: Buffer): Buffer {
    reader.next += 1;
    reader.taken += piece.length;
    reader.movedAt = Date.now();
    this.#drop();
    this.#wake();
    return piece;
  }

  async #pull(reading: FileReading): Promise<void> {
    this.#pieces ??= filesBytes(this.#paths, { lost: reading.lost, signal: this.#stop.signal });
    try {
      const next = await this.#pieces.next();
      if (next.done === true) this.#end = { error: null };
      else {
        this.#window.push(next.value);
        this.#held += next.value.length;
        this.#bytesRead += next.value.length;
      }
    } catch (error) {
      this.#end = { error: error instanceof Error ? error : new Error(String(error)) };
    }
    this.#wake();
  }

  /** Lets go of the pieces that every run of the shared reading has taken. */
  #drop(): void {
    const slowest = Math.min(
      ...[...this.#readers]
        .filter(({ state }) => state === 'reading' || state === 'expected')
        .map(({ next }) => next),
    );
    while (this.#first < slowest && this.#window.length > 0) {
      this.#held -= this.#window.shift()?.length ?? 0;
      this.#first += 1;
    }
  }

  /** From now on this run reads by itself, from the byte that it needs next. */
  #detach(reader: Reader): void {
    const isReading = reader.state === 'reading';
    reader.state = 'alone';
    if (isReading) this.#tell(reader);
    this.#drop();
    this.#wake();
  }

  #tell(reader: Reader): void {
    if (!reader.isTold) reader.onAlone(reader.taken);
    reader.isTold = true;
  }

  #deadlineOf({ state, movedAt }: Reader): number {
    return state === 'expected' ? this.#began + this.#startMs : movedAt + this.#patienceMs;
  }

  #leave(reader: Reader): void {
    reader.state = 'gone';
    this.#readers.delete(reader);
    this.#drop();
    this.#wake();
    if (![...this.#readers].some(({ state }) => state === 'reading' || state === 'expected')) {
      this.#stop.abort();
      void this.#pieces?.return().catch(() => undefined);
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async #change(ms: number, options: Cancellable): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const changed = new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      timer = setTimeout(resolve, ms);
    });
    try {
      await orAborted(changed, options);
    } finally {
      clearTimeout(timer);
    }
  }
}
