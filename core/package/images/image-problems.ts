// What can be wrong with an image, and the stand-in for one of which nothing can be used.
import type { Descriptor } from '../../content/descriptor.js';
import { digestOf, type Digest } from '../../content/digest.js';
import { OCI_CONFIG, OCI_MANIFEST } from '../../content/media-types.js';
import { AppError } from '../../errors.js';
import type { PackageImage } from '../stream/package-stream.js';
import { NOT_LOOKED_AT } from '../programs/programs.js';

/** A list of images or a manifest that cannot be read. */
export function unusable(archive: string, entry: string, detail: string): AppError {
  return new AppError('package.manifest-unusable', { origin: 'package', params: { archive, entry, detail } });
}

/** A config, manifest or layer that the package does not hold. */
export function incomplete(image: string, part: string): AppError {
  return new AppError('package.image-incomplete', { origin: 'package', params: { image, part } });
}

/** A config that is none. */
export function unreadable(image: string, part: string): AppError {
  const detail = 'not an image config';
  return new AppError('package.image-unusable', { origin: 'package', params: { image, part, detail } });
}

/** A blob of another size than its descriptor says: registries do not check it, clients that rely on it fail. */
export function wrongSize(image: string, part: string, claimed: number, actual: number): AppError {
  const detail = `${actual} bytes instead of ${claimed}`;
  return new AppError('package.image-unusable', { origin: 'package', params: { image, part, detail } });
}

/** Manifest and config disagree about the number of layers. */
export function misfit(image: string, layers: number, expected: number): AppError {
  return new AppError('package.layers-do-not-fit', {
    origin: 'package',
    params: { image, layers, expected },
  });
}

/** Stands for an image of which not even the manifest can be used, so that it is listed with its problem. */
export function unusableImage(
  names: readonly string[],
  descriptor: Descriptor,
  problem: AppError,
  indexDigest: Digest | null = null,
): PackageImage {
  const nothing = Buffer.alloc(0);
  return {
    names,
    indexDigest,
    platform: descriptor.platform ?? { os: '', architecture: '' },
    created: null,
    programs: NOT_LOOKED_AT,
    manifest: { mediaType: descriptor.mediaType || OCI_MANIFEST, digest: descriptor.digest, bytes: nothing },
    config: { mediaType: OCI_CONFIG, digest: digestOf(nothing), size: 0 },
    configBytes: nothing,
    layers: [],
    attestations: [],
    problem,
  };
}
