// Removes blobs of a folder target that no name refers to any more, after an undo removed names.
import type { Digest } from '../content/digest.js';
import { parseManifest, type RawManifest } from '../content/manifest.js';
import type { LayoutBlobs } from '../layout/layout-blobs.js';
import { readLayoutIndex } from '../layout/layout-index.js';
import { manifestTypeOf } from '../layout/manifest-type.js';
import type { Cancellable } from '../ports/cancellable.js';

const MANIFEST_LIMIT = 4 * 1024 * 1024;

/**
 * Removes those of `digests` that neither a name in index.json nor a manifest of `kept` refers to. Removes nothing when a named manifest
 * cannot be read, because it is unknown then what it needs; false then. See `FolderUpkeep.removeUnused`.
 */
export async function removeUnused(
  layout: string,
  blobs: LayoutBlobs,
  digests: readonly Digest[],
  kept: readonly RawManifest[],
  options: Cancellable,
): Promise<boolean> {
  if (digests.length === 0) return true;
  const { entries } = await readLayoutIndex(layout, options);
  const named: RawManifest[] = [];
  for (const { descriptor } of entries) {
    const bytes = descriptor && (await readManifest(blobs, descriptor.digest, options));
    if (!bytes) return false;
    named.push({ mediaType: descriptor.mediaType, digest: descriptor.digest, bytes });
  }
  const used = await contentOf(named, blobs, options);
  if (!used.isComplete) return false;
  for (const digest of new Set(await withoutKept(digests, kept, blobs, options))) {
    if (!used.digests.has(digest)) await blobs.remove(digest, options);
  }
  return true;
}

/** Those of `digests` that no manifest of `kept` refers to. */
export async function withoutKept(
  digests: readonly Digest[],
  kept: readonly RawManifest[],
  blobs: LayoutBlobs,
  options: Cancellable,
): Promise<readonly Digest[]> {
  const remembered = await contentOf(kept, blobs, options);
  return digests.filter((digest) => !remembered.digests.has(digest));
}

/** The digests of manifests and of all that they refer to; `isComplete` is false when one of the manifests cannot be read. */
async function contentOf(
  roots: readonly RawManifest[],
  blobs: LayoutBlobs,
  options: Cancellable,
): Promise<{ readonly digests: ReadonlySet<Digest>; readonly isComplete: boolean }> {
  const digests = new Set<Digest>();
  let isComplete = true;
  const open = [...roots];
  for (let manifest = open.pop(); manifest; manifest = open.pop()) {
    digests.add(manifest.digest);
    const parsed = parseManifest(manifest.bytes, manifestTypeOf(manifest.bytes) ?? manifest.mediaType);
    if (parsed.kind === 'manifest') {
      for (const { digest } of [parsed.config, ...parsed.layers]) digests.add(digest);
    } else if (parsed.kind === 'index') {
      for (const { digest, mediaType } of parsed.manifests) {
        if (digests.has(digest)) continue;
        digests.add(digest);
        const bytes = await readManifest(blobs, digest, options);
        if (bytes) open.push({ mediaType, digest, bytes });
        else isComplete = false;
      }
    } else isComplete = false;
  }
  return { digests, isComplete };
}

/** The bytes of a manifest; null when it is absent, damaged, or too large to be one. */
async function readManifest(
  blobs: LayoutBlobs,
  digest: Digest,
  options: Cancellable,
): Promise<Buffer | null> {
  const size = await blobs.size(digest, options);
  return size === null || size > MANIFEST_LIMIT ? null : blobs.read(digest, MANIFEST_LIMIT, options);
}
