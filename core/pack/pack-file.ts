// Writes the file of a pack: a tar under a temporary name, with its SHA-512 computed on the way.
import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Digester, type Digest } from '../content/digest.js';
import { AppError } from '../errors.js';
import { onDisk } from '../layout/disk-error.js';
import { syncFolder, syncHandle, writeAll } from '../layout/durable-file.js';
import { TAR_BLOCK, tarHeader, tarPadding } from '../layout/tar-entry.js';

/** A tar that is being written. `keep` or `discard` must be called at the end. */
export class PackFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha512');
  #bytes = 0;

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  /** Begins `<path>.partial`. Throws errors of the disk. */
  static async begin(path: string): Promise<PackFile> {
    const temporary = `${path}.partial`;
    return new PackFile(path, temporary, await onDisk(temporary, 'write', () => open(temporary, 'w')));
  }

  async add(path: string, bytes: Buffer): Promise<void> {
    await this.#write(tarHeader(path, bytes.length));
    await this.#write(bytes);
    await this.#write(Buffer.alloc(tarPadding(bytes.length)));
  }

  /**
   * Adds a blob from a body that is read once; a chunk is written before the next one is asked for. Throws `pack.blob-changed`
   * when the body is not what the digest says.
   */
  async addBlob(
    path: string,
    { digest, size }: { readonly digest: Digest; readonly size: number },
    body: AsyncIterable<Buffer>,
  ): Promise<void> {
    await this.#write(tarHeader(path, size));
    const digester = new Digester();
    for await (const chunk of body) {
      digester.update(chunk);
      await this.#write(chunk);
    }
    const found = digester.finish();
    if (found.digest !== digest || found.size !== size)
      throw new AppError('pack.blob-changed', { origin: 'package', params: { digest } });
    await this.#write(Buffer.alloc(tarPadding(size)));
  }

  /** Ends the tar and gives the file its name; gives its size in bytes and its SHA-512 in hex. */
  async keep(): Promise<{ readonly bytes: number; readonly sha512: string }> {
    await this.#write(Buffer.alloc(2 * TAR_BLOCK));
    await onDisk(this.#path, 'write', async () => {
      await syncHandle(this.#file);
      await this.#file.close();
      await rename(this.#temporary, this.#path);
      await syncFolder(dirname(this.#path));
    });
    return { bytes: this.#bytes, sha512: this.#hash.digest('hex') };
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#temporary, { force: true }).catch(() => undefined);
  }

  async #write(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await onDisk(this.#temporary, 'write', () => writeAll(this.#file, bytes));
  }
}
