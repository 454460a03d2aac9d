// An image target in memory that another writer can change at any request: for races that are rare with a real registry.
import { digestOf, type Digest } from '../../core/content/digest.js';
import type { RawManifest } from '../../core/content/manifest.js';
import type { BlobBody, ImageTarget } from '../../core/ports/image-target.js';

export class MemoryTarget implements ImageTarget {
  readonly kind = 'registry';
  readonly host = 'memory.test';
  readonly blobsPerRepository = true;
  readonly namesAreIndexes = false;
  readonly upkeep = null;
  /** `repository@digest` and `repository:tag`. */
  readonly manifests: Map<string, RawManifest>;
  readonly blobs: Map<string, Buffer>;
  readonly log: string[] = [];
  mounts = true;
  /** Repositories from which nothing is mounted, for example because the account may not read them. */
  readonly closed = new Set<string>();
  /** True: a manifest whose only tag moves is gone, as in zot. */
  losesManifests = false;
  tagsAreDeletable = true;
  /** Runs before each request; it may change the target as another writer would, or throw. */
  before: (request: string) => Promise<void> | void = () => undefined;

  /** `shared`: another connection to the same content. */
  constructor(shared?: MemoryTarget) {
    this.manifests = shared?.manifests ?? new Map<string, RawManifest>();
    this.blobs = shared?.blobs ?? new Map<string, Buffer>();
  }

  async getManifest(repository: string, reference: string): Promise<RawManifest | null> {
    await this.#step(`GET ${name(repository, reference)}`);
    return this.manifests.get(name(repository, reference)) ?? null;
  }

  async getBlob(repository: string, digest: Digest): Promise<Buffer | null> {
    await this.#step(`GET blob ${repository} ${digest}`);
    return this.blobs.get(name(repository, digest)) ?? null;
  }

  async blobSize(repository: string, digest: Digest): Promise<number | null> {
    await this.#step(`HEAD blob ${repository} ${digest}`);
    return this.blobs.get(name(repository, digest))?.length ?? null;
  }

  async blobDigest(repository: string, digest: Digest) {
    await this.#step(`GET blob ${repository} ${digest}`);
    const blob = this.blobs.get(name(repository, digest));
    return blob ? { digest: digestOf(blob), size: blob.length } : null;
  }

  async listTags(repository: string): Promise<readonly string[]> {
    await this.#step(`GET tags ${repository}`);
    const names = [...this.manifests.keys()].filter((key) => key.startsWith(`${repository}:`));
    return names.map((key) => key.slice(repository.length + 1));
  }

  async repositories(): Promise<readonly string[]> {
    await this.#step('GET catalog');
    return [...new Set([...this.manifests.keys()].map((key) => key.split(/[:@]/)[0] ?? ''))];
  }

  async mountBlob(repository: string, digest: Digest, from: string): Promise<boolean> {
    await this.#step(`MOUNT ${repository} ${digest} ${from}`);
    const blob = this.blobs.get(name(from, digest));
    if (!this.mounts || this.closed.has(from) || !blob) return false;
    this.blobs.set(name(repository, digest), blob);
    return true;
  }

  async copyBlob(repository: string, digest: Digest, _size: number, from: string): Promise<boolean> {
    await this.#step(`COPY blob ${repository} ${digest} ${from}`);
    const blob = this.blobs.get(name(from, digest));
    if (blob) this.blobs.set(name(repository, digest), blob);
    return blob !== undefined;
  }

  async putBlob(repository: string, digest: Digest, size: number, body: BlobBody): Promise<void> {
    await this.#step(`PUT blob ${repository} ${digest}`);
    const bytes = await collect(body);
    if (digestOf(bytes) !== digest || bytes.length !== size) throw new Error(`not ${digest}`);
    this.blobs.set(name(repository, digest), bytes);
  }

  async putBlobOfUnknownDigest(repository: string, body: AsyncIterable<Uint8Array>) {
    await this.#step(`PUT blob ${repository} ?`);
    const bytes = await collect(body);
    const digest = digestOf(bytes);
    this.blobs.set(name(repository, digest), bytes);
    return { digest, size: bytes.length };
  }

  async putManifest(repository: string, reference: string, manifest: RawManifest): Promise<Digest | null> {
    await this.#step(`PUT ${name(repository, reference)}`);
    this.#store(repository, reference, manifest);
    return (await this.getManifest(repository, reference))?.digest ?? null;
  }

  #store(repository: string, reference: string, manifest: RawManifest): void {
    const former = this.manifests.get(name(repository, reference));
    this.set(repository, reference, manifest);
    if (!this.losesManifests || reference.startsWith('sha256:') || !former) return;
    const tags = [...this.manifests].filter(([key]) => key.startsWith(`${repository}:`));
    if (!tags.some(([, held]) => held.digest === former.digest))
      this.manifests.delete(name(repository, former.digest));
  }

  async deleteTag(repository: string, tag: string): Promise<boolean> {
    await this.#step(`DELETE ${name(repository, tag)}`);
    if (this.tagsAreDeletable) this.manifests.delete(name(repository, tag));
    return this.tagsAreDeletable;
  }

  async canDeleteTags(): Promise<boolean> {
    return this.tagsAreDeletable;
  }

  async deleteManifest(repository: string, digest: Digest): Promise<boolean> {
    await this.#step(`DELETE ${name(repository, digest)}`);
    for (const [key, manifest] of this.manifests) {
      if (key.split(/[:@]/)[0] === repository && manifest.digest === digest) this.manifests.delete(key);
    }
    return true;
  }

  /** Stores without calling the step, as another writer. */
  set(repository: string, reference: string, manifest: RawManifest): void {
    this.manifests.set(name(repository, reference), manifest);
    this.manifests.set(name(repository, manifest.digest), manifest);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #step(request: string): Promise<void> {
    this.log.push(request);
    await this.before(request);
  }
}

function name(repository: string, reference: string): string {
  return reference.startsWith('sha256:') ? `${repository}@${reference}` : `${repository}:${reference}`;
}

async function collect(body: BlobBody): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
