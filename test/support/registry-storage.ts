// Damages the storage of a distribution registry without a request; each damage can be undone.
// https://distribution.github.io/distribution/storage-drivers/filesystem/
import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Undoes the damage. */
export type Undo = () => Promise<void>;

export class RegistryStorage {
  readonly #root: string;

  constructor(storageDir: string) {
    this.#root = join(storageDir, 'docker/registry/v2');
  }

  /** The bytes of a blob or manifest, for every repository. */
  loseBytes(digest: string): Promise<Undo> {
    return this.#hide(this.#bytesOf(digest));
  }

  /** A manifest in one repository; its bytes stay. */
  loseManifest(repository: string, digest: string): Promise<Undo> {
    const hex = digest.slice('sha256:'.length);
    return this.#hide(join(this.#root, 'repositories', repository, '_manifests/revisions/sha256', hex));
  }

  loseTag(repository: string, tag: string): Promise<Undo> {
    return this.#hide(join(this.#root, 'repositories', repository, '_manifests/tags', tag));
  }

  /** Flips one bit of a blob. */
  async flipBit(digest: string): Promise<Undo> {
    const path = this.#bytesOf(digest);
    const bytes = await readFile(path);
    const damaged = Buffer.from(bytes);
    const at = Math.floor(bytes.length / 2);
    damaged.writeUInt8((bytes[at] ?? 0) ^ 1, at);
    await writeFile(path, damaged);
    return () => writeFile(path, bytes);
  }

  /** Removes the last bytes of a blob. */
  async cutShort(digest: string): Promise<Undo> {
    const path = this.#bytesOf(digest);
    const bytes = await readFile(path);
    await truncate(path, bytes.length - 3);
    return () => writeFile(path, bytes);
  }

  #bytesOf(digest: string): string {
    const hex = digest.slice('sha256:'.length);
    return join(this.#root, 'blobs/sha256', hex.slice(0, 2), hex, 'data');
  }

  async #hide(path: string): Promise<Undo> {
    await rename(path, `${path}.hidden`);
    return async () => {
      await rm(path, { recursive: true, force: true });
      await rename(`${path}.hidden`, path);
    };
  }
}
