// Holds data that waits for the end of a package (manifests, charts): up to 32 MiB in memory, the rest in a file of the run's folder.
import { randomUUID } from 'node:crypto';
import { open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onDisk } from '../../layout/disk-error.js';
import { makeFolder } from '../../layout/make-folder.js';
import type { Cancellable } from '../../ports/cancellable.js';

const IN_MEMORY = 32 * 1024 * 1024;
/** How the names of spools begin that lie beside the runs. */
const BESIDE = 'spool-';

/** Where bytes in the spool lie. */
export type SpoolRef =
  | { readonly kind: 'memory'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly position: number; readonly length: number };

/**
 * A spool beside the runs, for commands that leave no run. Earlier versions, and systems where an open file keeps its name, leave such
 * files when the process is killed: these are removed. One that is in use stays usable, or cannot be removed.
 */
export async function spoolBeside(stateDir: string, { signal }: Cancellable): Promise<Spool> {
  signal.throwIfAborted();
  const names = await readdir(stateDir).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(BESIDE)))
    await rm(join(stateDir, name), { force: true }).catch(() => undefined);
  return new Spool(join(stateDir, `${BESIDE}${randomUUID()}`));
}

/** Pieces of bytes that are put once and read any number of times until `close`. */
export class Spool {
  readonly #path: string;
  readonly #limit: number;
  #held = 0;
  #file: Promise<FileHandle> | null = null;
  #end = 0;

  /** `path`: the file; it is created when memory is used up and removed by `close`. `limit`: bytes in memory. */
  constructor(path: string, limit = IN_MEMORY) {
    this.#path = path;
    this.#limit = limit;
  }

  /** Keeps a copy of the bytes. Throws an AppError of origin `disk` when the file cannot be written. */
  async put(bytes: Buffer): Promise<SpoolRef> {
    if (this.#held + bytes.length <= this.#limit) {
      this.#held += bytes.length;
      return { kind: 'memory', bytes: Buffer.from(bytes) };
    }
    const position = this.#end;
    this.#end += bytes.length;
    await onDisk(this.#path, 'write', async () => {
      this.#file ??= this.#open();
      const file = await this.#file;
      for (let done = 0; done < bytes.length;) {
        done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
      }
    });
    return { kind: 'file', position, length: bytes.length };
  }

  /** Where the system allows it, the file loses its name at once: nothing is left when the process is killed. */
  async #open(): Promise<FileHandle> {
    await makeFolder(dirname(this.#path), 0o700);
    const file = await open(this.#path, 'w+', 0o600);
    await rm(this.#path, { force: true }).catch(() => undefined);
    return file;
  }

  /** Bytes that did not fit into memory. */
  get bytesOnDisk(): number {
    return this.#end;
  }

  async get(ref: SpoolRef): Promise<Buffer> {
    if (ref.kind === 'memory') return ref.bytes;
    const bytes = Buffer.alloc(ref.length);
    const file = await this.#file;
    await file?.read(bytes, 0, ref.length, ref.position);
    return bytes;
  }

  /** Removes the file. */
  async close(): Promise<void> {
    const file = await this.#file?.catch(() => null);
    this.#file = null;
    if (!file) return;
    await file.close();
    await rm(this.#path, { force: true });
  }
}
