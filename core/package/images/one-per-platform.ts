// Chooses among several images of one platform in one index, as podman and buildah write them: `--add-compression zstd` adds a zstd
// variant beside the gzip one. https://docs.podman.io/en/latest/markdown/podman-manifest-push.1.html
import { platformKey, describePlatform } from '../../content/platform.js';
import { AppError } from '../../errors.js';
import type { PackageImage } from '../stream/package-stream.js';

/** Layers in zstd, of OCI and of Docker; an older containerd or Docker cannot unpack them. */
const ZSTD = /[+.]zstd$/;

/**
 * Of the usable images with one platform in one index the first without zstd layers, else the first; with a note for each image that
 * is left out. All others stay: a tag serves one image for each platform, so that every client gets the same one.
 */
export function onePerPlatform<T extends { readonly image: PackageImage }>(
  found: readonly T[],
): { readonly images: readonly T[]; readonly notes: readonly AppError[] } {
  const chosen = new Map<string, PackageImage>();
  for (const { image } of found) {
    const key = keyOf(image);
    const former = key === null ? undefined : chosen.get(key);
    if (key !== null && (!former || (isZstd(former) && !isZstd(image)))) chosen.set(key, image);
  }
  const images: T[] = [];
  const notes: AppError[] = [];
  for (const one of found) {
    const { image } = one;
    const key = keyOf(image);
    const taken = key === null ? image : (chosen.get(key) ?? image);
    if (taken === image) images.push(one);
    else notes.push(leftOut(image, taken));
  }
  return { images, notes };
}

/** Null for an image that has no rival: damaged, outside of an index, or without a platform. */
function keyOf({ indexDigest, platform, problem }: PackageImage): string | null {
  if (indexDigest === null || problem !== null || platform.os === '' || platform.architecture === '')
    return null;
  return `${indexDigest} ${platformKey(platform)}`;
}

function isZstd({ layers }: PackageImage): boolean {
  return layers.some(({ mediaType }) => ZSTD.test(mediaType));
}

function leftOut({ names, platform, manifest, indexDigest }: PackageImage, taken: PackageImage): AppError {
  return new AppError('package.platform-repeated', {
    origin: 'package',
    params: {
      image: names[0] ?? indexDigest ?? '',
      platform: describePlatform(platform),
      taken: taken.manifest.digest,
      digest: manifest.digest,
    },
  });
}
