// Checks that the layers of an image are those that its config lists, in that order, and that container runtimes can unpack them.
import type { Descriptor } from '../../content/descriptor.js';
import { isDigest, type Digest } from '../../content/digest.js';
import type { AppError } from '../../errors.js';
import { blobDamaged } from '../bytes/damage.js';
import type { StoredBlob } from './image-archive.js';
import { misfit, misplaced, oddlyCompressed } from './image-problems.js';

/** A layer as a manifest lists it. */
export interface ListedLayer {
  /** File name or digest in the manifest, for messages. */
  readonly part: string;
  /** Undefined when the package does not hold it. */
  readonly stored: StoredBlob | undefined;
}

/**
 * The first problem of the layers of an image, or null. Container runtimes compare the layers with the config when they unpack an image
 * (https://github.com/opencontainers/image-spec/blob/main/config.md#properties, `rootfs`), so an image that does not pass cannot be
 * started. A layer that was not decompressed is checked by its place in the list alone.
 * @param image how messages name the image
 * @param layers base first
 * @param diffIds of the config, or null when it lists none
 */
export function layerProblem(
  image: string,
  layers: readonly ListedLayer[],
  diffIds: readonly string[] | null,
): AppError | null {
  if (diffIds !== null && diffIds.length !== layers.length)
    return misfit(image, layers.length, diffIds.length);
  for (const [index, { part, stored }] of layers.entries()) {
    if (stored?.oddCompression) return oddlyCompressed(image, part, stored.oddCompression);
    const expected = diffIds?.[index];
    const found = stored?.diffId ?? null;
    if (!isDigest(expected) || found === null || found === expected) continue;
    return diffIds?.includes(found) ? misplaced(image, part, index + 1) : blobDamaged(part, expected, found);
  }
  return null;
}

/** The digests of the foreign layers (with `urls`) that the package does not hold. */
export function absentLayers(
  layers: readonly Descriptor[],
  isHeld: (digest: Digest) => boolean,
): readonly Digest[] {
  return layers.filter(({ digest, urls }) => urls?.length && !isHeld(digest)).map(({ digest }) => digest);
}
