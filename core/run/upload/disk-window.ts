// Keeps large blobs on disk while they are sent to several repositories or sent again. The number of bytes is limited.
import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors.js';
import { onDisk } from '../../layout/disk-error.js';
import type { Cancellable } from '../../ports/cancellable.js';

const PIECE = 1024 * 1024;

/** Room on disk for the blobs of one run. */
export class DiskWindow {
  readonly #folder: string;
  #free: number;

  /**
   * @param folder for the files; created when the first file is opened
   * @param bytes that all files together may have; 0: no file is ever opened
   */
  constructor(folder: string, bytes: number) {
    this.#folder = folder;
    this.#free = bytes;
  }

  /** Opens a file for a blob of `bytes`; null when there is no space for it now, or when the disk takes no file. */
  async open(bytes: number, { signal }: Cancellable): Promise<KeptBlob | null> {
    signal.throwIfAborted();
    if (bytes > this.#free) return null;
    this.#free -= bytes;
    const path = join(this.#folder, `blob-${randomUUID()}`);
    try {
      const file = await onDisk(path, 'write', async () => {
        await mkdir(this.#folder, { recursive: true });
        const opened = await open(path, 'wx+', 0o600);
        // Where the system allows it, the file loses its name at once: nothing is left when the process is killed.
        await rm(path, { force: true }).catch(() => undefined);
        return opened;
      });
      return new KeptBlob(path, file, () => (this.#free += bytes));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.giveUp();
      return null;
    }
  }

  /** Opens no further file. The disk has failed or is full, and an import does not depend on this space. */
  giveUp(): void {
    this.#free = Number.NEGATIVE_INFINITY;
  }
}

/** A blob on disk. It is written once from begin to end, then read as often as needed. */
export class KeptBlob {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #onClose: () => void;
  #written = 0;

  constructor(path: string, file: FileHandle, onClose: () => void) {
    this.#path = path;
    this.#file = file;
    this.#onClose = onClose;
  }

  /** Appends a chunk. Throws an AppError of origin `disk`. */
  async write(chunk: Uint8Array, { signal }: Cancellable): Promise<void> {
    signal.throwIfAborted();
    await onDisk(this.#path, 'write', async () => {
      for (let done = 0; done < chunk.length;) {
        const left = chunk.length - done;
        const { bytesWritten } = await this.#file.write(chunk, done, left, this.#written);
        done += bytesWritten;
        this.#written += bytesWritten;
      }
    });
  }

  /** Writes a whole body; returns its length in bytes. Throws an AppError of origin `disk`, and what the body throws. */
  async writeAll(body: AsyncIterable<Uint8Array>, options: Cancellable): Promise<number> {
    for await (const chunk of body) await this.write(chunk, options);
    return this.#written;
  }

  /** Reads everything that was written, from the begin. */
  async *read({ signal }: Cancellable): AsyncGenerator<Buffer, void, undefined> {
    for (let at = 0; at < this.#written;) {
      signal.throwIfAborted();
      const buffer = Buffer.allocUnsafe(Math.min(PIECE, this.#written - at));
      const { bytesRead } = await onDisk(this.#path, 'read', () =>
        this.#file.read(buffer, 0, buffer.length, at),
      );
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** Deletes the file and releases its space. */
  async close(): Promise<void> {
    this.#onClose();
    await this.#file.close().catch(() => undefined);
    await rm(this.#path, { force: true }).catch(() => undefined);
  }
}
