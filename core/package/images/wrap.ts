// Parts of a wrap of Distribution Tooling for Helm (dt): a chart with Images.lock, and an archive for each image and platform.
// https://github.com/vmware-labs/distribution-tooling-for-helm
import { z } from 'zod';
import type { PassBudget } from '../../flow/pass-budget.js';
import { plainData } from '../bytes/yaml-documents.js';
import type { PackageImage } from '../stream/package-stream.js';

export type WrapPart =
  | { readonly kind: 'chart'; readonly root: string; readonly path: string }
  /** A file of an OCI layout; `path` is inside the layout, `layout` its folder inside the wrap. */
  | { readonly kind: 'layout'; readonly root: string; readonly layout: string; readonly path: string }
  /** A docker-archive, as dt wrote them before 2024. */
  | { readonly kind: 'archive'; readonly root: string };

const CHART = /^([^/]+\/)chart\/(.+)$/;
const LAYOUT = /^([^/]+\/)(images\/[0-9a-f]{64}\.layout)\/(.+)$/;
const ARCHIVE = /^([^/]+\/)images\/[0-9a-f]{64}\.tar$/;

/** File of a wrapped chart that names its images; it proves that the folder is a wrap. */
export const IMAGES_LOCK = 'Images.lock';

/** What a file is if it lies in a wrap; null for every other path. */
export function wrapPart(path: string): WrapPart | null {
  const [, root = '', file] = CHART.exec(path) ?? [];
  if (file !== undefined) return { kind: 'chart', root, path: file };
  const [, around = '', layout = '', inside] = LAYOUT.exec(path) ?? [];
  if (inside !== undefined) return { kind: 'layout', root: around, layout, path: inside };
  const old = ARCHIVE.exec(path)?.[1];
  return old === undefined ? null : { kind: 'archive', root: old };
}

/** True for the files that come first in a chart's folder, by name: other folders that are called `chart` begin with other files. */
export function isFirstOfChart(file: string): boolean {
  return /^(?:\.|[A-C])/.test(file) && !file.endsWith('.tgz');
}

const lockSchema = z.looseObject({
  images: z.array(
    z.looseObject({ image: z.string(), digests: z.array(z.looseObject({ digest: z.string() })) }),
  ),
});

/**
 * The images with the names that Images.lock has for their manifests, where the layouts name none. Throws `package.limit`.
 * @param path of the Images.lock in the package
 */
export function namedByLock(
  images: readonly PackageImage[],
  lock: Buffer | undefined,
  budget: PassBudget,
  path: string,
): readonly PackageImage[] {
  const listed = lockSchema.safeParse(plainData(lock?.toString('utf8') ?? '', budget, path));
  if (!listed.success) return images;
  const names = new Map<string, Set<string>>();
  for (const { image, digests } of listed.data.images)
    for (const { digest } of digests) names.set(digest, (names.get(digest) ?? new Set()).add(image));
  return images.map((image) => {
    const own = names.get(image.manifest.digest);
    if (image.names.length > 0 || !own) return image;
    budget.spend('images', own.size / 4, path);
    return { ...image, names: [...own], tags: [] };
  });
}
