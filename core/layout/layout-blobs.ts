// Reads and writes the blobs of an OCI image layout. A blob gets its file name only after its digest was checked.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md#blobs
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Digester, digestOf, type Digest } from '../content/digest.js';
import { AppError } from '../errors.js';
import { onDisk, requireRoom } from './disk-error.js';
import { syncFolder, writeAll } from './durable-file.js';
import { blobPath } from './layout-index.js';
import { readIfPresent, sizeIfPresent } from './optional-file.js';
import type { WriteAccess } from './write-access.js';
import type { Cancellable } from '../ports/cancellable.js';

const READ_AHEAD = 1024 * 1024;

/** The blobs of one image layout. */
export class LayoutBlobs {
  readonly #layout: string;
  readonly #access: WriteAccess;
  /** Blobs that were read and do not have their digest. They count as absent until they are written again. */
  readonly #damaged = new Set<Digest>();
  #unsynced = false;
  #onStored: (digest: Digest) => void = () => undefined;

  constructor(layout: string, access: WriteAccess) {
    this.#layout = layout;
    this.#access = access;
  }

  /** Calls `onStored` for each blob that is stored from now on; there is one listener. */
  watch(onStored: (digest: Digest) => void): void {
    this.#onStored = onStored;
  }

  /** Size of a blob in bytes; null when it is absent or known to be damaged. */
  async size(digest: Digest, options: Cancellable): Promise<number | null> {
    return this.#damaged.has(digest) ? null : sizeIfPresent(blobPath(this.#layout, digest), options);
  }

  /** The bytes of a blob with a checked digest; null when it is absent or damaged. Throws `folder.blob-too-large` above `limit` bytes. */
  async read(digest: Digest, limit: number, options: Cancellable): Promise<Buffer | null> {
    const size = await this.size(digest, options);
    if (size === null) return null;
    if (size > limit) {
      throw new AppError('folder.blob-too-large', { origin: 'disk', params: { digest, size, limit } });
    }
    const bytes = await readIfPresent(blobPath(this.#layout, digest), options);
    if (bytes === null || digestOf(bytes) === digest) return bytes;
    this.#damaged.add(digest);
    return null;
  }

  /** Real digest and size of a blob's file, read piece by piece; null when it is absent. A damaged blob is answered as it is. */
  async hash(
    digest: Digest,
    options: Cancellable,
  ): Promise<{ readonly digest: Digest; readonly size: number } | null> {
    const path = blobPath(this.#layout, digest);
    if ((await sizeIfPresent(path, options)) === null) return null;
    const digester = new Digester();
    await onDisk(path, 'read', async () => {
      const chunks: AsyncIterable<Buffer> = createReadStream(path, {
        highWaterMark: READ_AHEAD,
        signal: options.signal,
      });
      for await (const chunk of chunks) digester.update(chunk);
    });
    return digester.finish();
  }

  /**
   * Stores a blob. When it is there with this size, nothing is written and `body` is not read. `proof`: its digest, computed elsewhere;
   * absent: it is computed here. Throws `folder.digest-mismatch`.
   */
  async write(
    digest: Digest,
    size: number,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options: Cancellable & { readonly proof?: Promise<Digest> },
  ): Promise<void> {
    if ((await this.size(digest, options)) === size) return;
    await requireRoom(this.#layout, size, options);
    const written = await this.#writeAside(body, options);
    if (written.digest !== digest || written.size !== size) {
      await rm(written.path, { force: true });
      throw new AppError('folder.digest-mismatch', {
        origin: 'package',
        params: { digest, size, actual: written.digest, actualSize: written.size },
      });
    }
    await this.#moveIn(written.path, digest);
  }

  /** Stores a blob whose digest is not known before its last byte; answers its digest and size. */
  async writeUnknown(
    body: AsyncIterable<Uint8Array>,
    options: Cancellable,
  ): Promise<{ readonly digest: Digest; readonly size: number }> {
    const { path, digest, size } = await this.#writeAside(body, options);
    if ((await this.size(digest, options)) === size) await rm(path, { force: true });
    else await this.#moveIn(path, digest);
    return { digest, size };
  }

  /** Deletes a blob. The caller makes sure that no manifest refers to it. */
  async remove(digest: Digest, { signal }: Cancellable): Promise<void> {
    signal.throwIfAborted();
    const path = blobPath(this.#layout, digest);
    await onDisk(path, 'write', () => rm(path, { force: true }));
    this.#damaged.delete(digest);
  }

  /** Makes the file names of all written blobs durable; to be called before index.json refers to them. */
  async sync({ signal }: Cancellable): Promise<void> {
    signal.throwIfAborted();
    if (!this.#unsynced) return;
    this.#unsynced = false;
    const folder = `${this.#layout}/blobs/sha256`;
    await onDisk(folder, 'write', () => syncFolder(folder));
  }

  async #writeAside(
    body: Uint8Array | AsyncIterable<Uint8Array>,
    { signal, proof }: Cancellable & { readonly proof?: Promise<Digest> },
  ): Promise<{ readonly path: string; readonly digest: Digest; readonly size: number }> {
    const path = this.#access.temporaryPath();
    const digester = new Digester();
    let size = 0;
    let digest: Digest;
    try {
      const file = await onDisk(path, 'write', () => open(path, 'wx'));
      try {
        for await (const chunk of body instanceof Uint8Array ? [body] : body) {
          signal.throwIfAborted();
          // The write runs in another thread while this one computes the digest.
          const writing = onDisk(path, 'write', () => writeAll(file, chunk));
          if (!proof) digester.update(chunk);
          size += chunk.length;
          await writing;
        }
        await onDisk(path, 'write', () => file.sync());
        digest = proof ? await proof : digester.finish().digest;
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return { path, digest, size };
  }

  async #moveIn(temporary: string, digest: Digest): Promise<void> {
    const path = blobPath(this.#layout, digest);
    await onDisk(path, 'write', async () => {
      try {
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    });
    this.#damaged.delete(digest);
    this.#unsynced = true;
    this.#onStored(digest);
  }
}
