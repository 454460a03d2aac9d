// The images of a folder target: an OCI image layout in DIR/oci that skopeo and crane can read. Its charts are in DIR/charts.
import { isAttachedTag } from '../contract.js';
import { join } from 'node:path';
import type { Descriptor } from '../content/descriptor.js';
import { digestOf, isDigest, type Digest } from '../content/digest.js';
import { parseManifest, rawManifest, type RawManifest } from '../content/manifest.js';
import { isIndexType } from '../content/media-types.js';
import { AppError } from '../errors.js';
import { LayoutBlobs } from '../layout/layout-blobs.js';
import { manifestTypeOf } from '../layout/manifest-type.js';
import { realPath } from '../layout/optional-file.js';
import { WriteAccess } from '../layout/write-access.js';
import type { BlobBody, FolderUpkeep, ImageTarget } from '../ports/image-target.js';
import { LeavingContent } from './leaving-content.js';
import { NamedManifests } from './named-manifests.js';
import { LAYOUT_FOLDER, checkStore, makeLayout, removeEmptyLayout } from './store-check.js';
import { removeUnused, withoutKept } from './unused-content.js';
import type { Cancellable } from '../ports/cancellable.js';

/** The size that registries have to accept: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const MANIFEST_LIMIT = 4 * 1024 * 1024;
const BLOB_LIMIT = 8 * 1024 * 1024;

export interface FolderTarget extends ImageTarget {
  readonly kind: 'folder';
  /** Absolute path of DIR. */
  readonly directory: string;
  /** The lock of the folder; its chart repository shares it and is closed first. */
  readonly access: WriteAccess;
  readonly upkeep: FolderUpkeep;
}

export interface FolderOptions extends Cancellable {
  /** How long to wait for another writer of this host before `folder.locked`, in milliseconds; default 30 s. */
  readonly patienceMs?: number;
  /** Write nothing at all; the files of a killed writer stay as well. */
  readonly readOnly?: boolean;
}

/**
 * Opens a folder target. The lock is taken, and the layout made, at the first write. In every call `repository` is the full name with
 * its host, and `repository:tag` is the name in index.json.
 * Throws `folder.not-a-store` for a folder that holds other files, `folder.unknown-layout` for a layout of a later version.
 */
export async function openFolderTarget(dir: string, options: FolderOptions): Promise<FolderTarget> {
  const root = await realPath(dir, options);
  await checkStore(root, options);
  const access = new WriteAccess(root, options.patienceMs);
  const target = new LayoutTarget(root, access);
  if (!options.readOnly) await access.cleanUp(options);
  return target;
}

class LayoutTarget implements FolderTarget {
  readonly kind = 'folder';
  readonly host = '';
  readonly blobsPerRepository = false;
  readonly namesAreIndexes = true;
  readonly directory: string;
  readonly access: WriteAccess;
  readonly upkeep: FolderUpkeep;
  readonly #blobs: LayoutBlobs;
  readonly #names: NamedManifests;
  #made: Promise<void> | null = null;

  constructor(root: string, access: WriteAccess) {
    const layout = join(root, LAYOUT_FOLDER);
    this.directory = root;
    this.access = access;
    this.#blobs = new LayoutBlobs(layout, access);
    const leaving = new LeavingContent(access);
    this.#names = new NamedManifests(layout, access, leaving);
    access.whenTaken(async (options) => {
      const left = await leaving.list(options);
      if (await removeUnused(layout, this.#blobs, left, [], options)) await leaving.settle(left, options);
    });
    this.upkeep = {
      names: {
        read: (options) => this.#names.read(options),
        restore: (former, options) => this.#restoreNames(former, options),
      },
      watch: (onStored) => this.#blobs.watch(onStored),
      expectUnused: async (digests, kept, options) => {
        await this.access.ensure(options);
        await leaving.add(await withoutKept(digests, kept, this.#blobs, options), options);
      },
      removeUnused: async (digests, kept, options) => {
        await this.access.ensure(options);
        await this.flush(options);
        await removeUnused(layout, this.#blobs, digests, kept, options);
        await leaving.settle(digests, options);
      },
    };
  }

  async getManifest(
    repository: string,
    reference: string,
    options: Cancellable,
  ): Promise<RawManifest | null> {
    if (isDigest(reference)) return this.#manifest(reference, options);
    const name = `${repository}:${reference}`;
    const named = await this.#names.get(name, options);
    if (named === null) return null;
    const bytes = await this.#blobs.read(named.digest, MANIFEST_LIMIT, options);
    if (bytes === null) {
      // Not null, which means absent: the content of the name is unknown, so nothing may replace it without being asked.
      throw new AppError('folder.damaged', {
        origin: 'disk',
        params: { name, digest: named.digest, path: this.directory },
      });
    }
    return rawManifest(bytes, manifestTypeOf(bytes) ?? named.mediaType);
  }

  getBlob(_repository: string, digest: Digest, options: Cancellable): Promise<Buffer | null> {
    return this.#blobs.read(digest, BLOB_LIMIT, options);
  }

  blobSize(_repository: string, digest: Digest, options: Cancellable): Promise<number | null> {
    return this.#blobs.size(digest, options);
  }

  blobDigest(
    _repository: string,
    digest: Digest,
    options: Cancellable,
  ): Promise<{ readonly digest: Digest; readonly size: number } | null> {
    return this.#blobs.hash(digest, options);
  }

  async listTags(repository: string, options: Cancellable): Promise<readonly string[]> {
    const names = (await this.#names.all(options)).map(splitName);
    return names.flatMap((name) => (name.repository === repository ? [name.tag] : []));
  }

  async repositories(options: Cancellable): Promise<readonly string[]> {
    return [...new Set((await this.#names.all(options)).map((name) => splitName(name).repository))];
  }

  /** All names share their blobs, so there is nothing to copy. */
  async copyBlob(
    _repository: string,
    digest: Digest,
    size: number,
    _from: string,
    options: Cancellable,
  ): Promise<boolean> {
    return (await this.#blobs.size(digest, options)) === size;
  }

  async mountBlob(
    _repository: string,
    digest: Digest,
    _from: string,
    options: Cancellable,
  ): Promise<boolean> {
    return (await this.#blobs.size(digest, options)) !== null;
  }

  async putBlob(
    _repository: string,
    digest: Digest,
    size: number,
    body: BlobBody,
    options: Cancellable & { readonly proof?: Promise<Digest> },
  ): Promise<void> {
    await this.#writable(options);
    await this.#blobs.write(digest, size, body, options);
    if (this.#names.isDue) await this.flush(options);
  }

  async putBlobOfUnknownDigest(
    _repository: string,
    body: AsyncIterable<Uint8Array>,
    options: Cancellable,
  ): Promise<{ readonly digest: Digest; readonly size: number }> {
    await this.#writable(options);
    const written = await this.#blobs.writeUnknown(body, options);
    if (this.#names.isDue) await this.flush(options);
    return written;
  }

  async putManifest(
    repository: string,
    reference: string,
    manifest: RawManifest,
    options: Cancellable & { readonly asItWas?: boolean },
  ): Promise<Digest> {
    const { bytes, mediaType, digest } = manifest;
    const byDigest = isDigest(reference);
    const name = byDigest ? `${repository}@${reference}` : `${repository}:${reference}`;
    const mayBeManifest = byDigest || options.asItWas || isAttachedTag(reference);
    if (!mayBeManifest && !isIndexType(mediaType)) {
      throw new AppError('app.defect', {
        origin: 'app',
        params: { detail: `${name}: ${mediaType} is no index` },
      });
    }
    if (digestOf(bytes) !== digest || (byDigest && reference !== digest)) {
      throw new AppError('app.defect', {
        origin: 'app',
        params: { detail: `${name}: the digest is not ${digest}` },
      });
    }
    await this.#writable(options);
    await this.#checkContent(name, manifest, options);
    // Reading it first detects a damaged copy, which `write` then replaces.
    await this.#blobs.read(digest, bytes.length, options).catch(() => null);
    await this.#blobs.write(digest, bytes.length, bytes, options);
    if (!byDigest) {
      await this.#names.put(name, { mediaType, digest, size: bytes.length }, options);
      // Another name may have given it up meanwhile, and with its last name the file went.
      await this.#blobs.write(digest, bytes.length, bytes, options);
    }
    if (this.#names.isDue) await this.flush(options);
    return digest;
  }

  async deleteTag(repository: string, tag: string, options: Cancellable): Promise<boolean> {
    await this.#writable(options);
    await this.#names.put(`${repository}:${tag}`, null, options);
    if (this.#names.isDue) await this.flush(options);
    return true;
  }

  async canDeleteTags(): Promise<boolean> {
    return true;
  }

  async deleteManifest(_repository: string, digest: Digest, options: Cancellable): Promise<boolean> {
    await this.#writable(options);
    for (const name of await this.#names.all(options)) {
      if ((await this.#names.get(name, options))?.digest === digest)
        await this.#names.put(name, null, options);
    }
    await this.flush(options);
    await this.#blobs.remove(digest, options);
    return true;
  }

  async flush(options: Cancellable): Promise<void> {
    await this.#blobs.sync(options);
    await this.#names.flush(options);
  }

  async close(): Promise<void> {
    try {
      // Names whose put was confirmed have to be written even when the run was cancelled.
      await this.flush({ signal: new AbortController().signal });
    } finally {
      await this.access.release();
    }
  }

  async #manifest(digest: Digest, options: Cancellable): Promise<RawManifest | null> {
    const size = await this.#blobs.size(digest, options);
    if (size === null || size > MANIFEST_LIMIT) return null;
    const bytes = await this.#blobs.read(digest, MANIFEST_LIMIT, options);
    const mediaType = bytes === null ? null : manifestTypeOf(bytes);
    return bytes === null || mediaType === null ? null : rawManifest(bytes, mediaType);
  }

  /** Refuses a manifest whose config or layers are not stored, as a registry does. Foreign layers (with `urls`) need not be stored. */
  async #checkContent(name: string, { bytes, mediaType }: RawManifest, options: Cancellable): Promise<void> {
    const parsed = parseManifest(bytes, mediaType);
    const needed: readonly Descriptor[] = parsed.kind === 'manifest' ? [parsed.config, ...parsed.layers] : [];
    for (const { digest, size, urls } of needed) {
      if (urls?.length || (await this.#blobs.size(digest, options)) === size) continue;
      throw new AppError('folder.missing-content', {
        origin: 'disk',
        params: { name, digest, path: this.directory },
        retryable: true,
      });
    }
  }

  async #restoreNames(former: Buffer | null, options: Cancellable): Promise<void> {
    await this.access.ensure(options);
    await this.flush(options);
    if (!(await this.#names.restore(former, options)) || former !== null) return;
    this.#made = null;
    await removeEmptyLayout(this.directory, options);
  }

  async #writable(options: Cancellable): Promise<void> {
    await this.access.ensure(options);
    this.#made ??= makeLayout(this.directory, this.access.temporaryPath(), options);
    try {
      await this.#made;
    } catch (error) {
      this.#made = null;
      throw error;
    }
  }
}

/** Splits `host:port/path:tag`; `tag` is empty when the name has none. */
function splitName(name: string): { readonly repository: string; readonly tag: string } {
  const colon = name.lastIndexOf(':');
  if (colon <= name.lastIndexOf('/')) return { repository: name, tag: '' };
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1) };
}
