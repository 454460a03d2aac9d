// Turns a collected image archive into its images: with the original manifest where the OCI layout has the whole image, else with a
// manifest made from manifest.json.
import type { Digest } from '../../content/digest.js';
import { platformKey } from '../../content/platform.js';
import { formatReference, parseReference } from '../../content/reference.js';
import { AppError } from '../../errors.js';
import { dockerImages } from './docker-archive.js';
import type { ImageArchive, ImageLists, StoredBlob } from './image-archive.js';
import { layersElsewhere } from './image-problems.js';
import { layoutImages, type LayoutChart, type LayoutImage } from './oci-layout.js';
import type { PackageImage } from '../stream/package-stream.js';

export interface ArchiveImages {
  readonly images: readonly PackageImage[];
  /** Helm charts that lie in the archive as artifacts. */
  readonly charts: readonly LayoutChart[];
  /** Layers that were kept in memory because they are JSON (in-toto attestations); they still have to be delivered. */
  readonly toDeliver: readonly StoredBlob[];
  /** Why no image of the archive may be used; null when they may. */
  readonly problem: AppError | null;
  readonly notes: readonly AppError[];
}

/** Lists the images of an archive; to be called after its last entry was taken. Never throws: damage is in `problem` and in the images. */
export function archiveImages(archive: ImageArchive): ArchiveImages {
  const parts = [...archive.lists].map(([root, lists]) => listedImages(archive, root, lists));
  const joined = parts.flatMap((part) => part.joined);
  const images = joined.map(({ image }) => image);
  const kept = new Set(joined.flatMap((image) => image.kept));
  const regenerated = new Set(parts.flatMap((part) => part.regenerated));
  const isListed = parts.length > 0 && archive.isCovered;
  return {
    images,
    charts: parts.flatMap((part) => part.charts),
    toDeliver: [...kept]
      .flatMap((digest) => archive.blob(digest) ?? [])
      .filter((blob) => blob.problem === null),
    problem:
      archive.problem ??
      parts.find((part) => part.problem !== null)?.problem ??
      (isListed ? null : manifestMissing(archive)) ??
      tagConflict(archive.label, images, regenerated),
    notes: [
      ...parts.flatMap((part) => part.notes),
      ...images.flatMap((image) => layersElsewhere(image) ?? []),
    ],
  };
}

interface ListedImages {
  readonly joined: readonly LayoutImage[];
  readonly charts: readonly LayoutChart[];
  /** Digests of the manifests that were made from manifest.json. */
  readonly regenerated: readonly Digest[];
  readonly problem: AppError | null;
  readonly notes: readonly AppError[];
}

/** The images that the lists of one folder name. One readable list is enough, so an unreadable other one is no problem. */
function listedImages(
  archive: ImageArchive,
  root: string,
  { indexJson, manifestJson }: ImageLists,
): ListedImages {
  const layout = indexJson && layoutImages(archive, indexJson);
  const docker = manifestJson && dockerImages(archive, root, manifestJson);
  const isReadable = layout?.problem === null || docker?.problem === null;
  return {
    joined: join(layout?.images ?? [], docker?.images ?? []),
    charts: layout?.charts ?? [],
    regenerated: docker?.images.map((image) => image.manifest.digest) ?? [],
    problem: isReadable ? null : (docker?.problem ?? layout?.problem ?? manifestMissing(archive)),
    notes: layout?.notes ?? [],
  };
}

function manifestMissing({ label }: ImageArchive): AppError {
  return new AppError('package.manifest-missing', { origin: 'package', params: { archive: label } });
}

/**
 * Joins the images of both lists. An image that the layout has completely is taken from it, with the names of manifest.json where
 * the layout gives none. An image that the layout lacks, or has incompletely or wrongly, is taken from manifest.json: docker save with the
 * containerd store leaves children of other platforms out of the archive, and 25.0 wrote OCI manifests without layers, or with their
 * layers in the wrong order (https://github.com/moby/moby/issues/47065, https://github.com/moby/moby/pull/47150).
 */
function join(
  fromLayout: readonly LayoutImage[],
  fromDocker: readonly PackageImage[],
): readonly LayoutImage[] {
  const complete = fromLayout.filter(({ image }) => image.problem === null);
  const result: LayoutImage[] = [];
  const regenerated: PackageImage[] = [];
  const byConfig = new Map(
    complete.toReversed().map((candidate) => [candidate.image.config.digest, candidate]),
  );
  const namesFor = new Map<Digest, readonly string[]>();
  for (const image of fromDocker) {
    const original = byConfig.get(image.config.digest);
    if (original === undefined || isReordered(original.image, image)) regenerated.push(image);
    else if (original.image.names.length === 0) namesFor.set(image.config.digest, image.names);
  }
  const replacedConfigs = new Set(regenerated.map((image) => image.config.digest));
  const replacedNames = new Set(regenerated.flatMap((image) => image.names.map(normalName)));
  const replaced = (image: PackageImage): boolean =>
    replacedConfigs.has(image.config.digest) ||
    (image.problem !== null && image.names.some((name) => replacedNames.has(normalName(name))));
  for (const { image, kept } of fromLayout) {
    if (replaced(image)) continue;
    const names = image.names.length > 0 ? image.names : (namesFor.get(image.config.digest) ?? []);
    result.push({ image: { ...image, names, tags: names.length > 0 ? [] : image.tags }, kept });
  }
  return [...result, ...regenerated.map((image) => ({ image, kept: [] }))];
}

/** True when manifest.json lists the same blobs as the layout in another order. It is believed: docker save 25.0.0 was wrong in the layout. */
function isReordered(original: PackageImage, fromDocker: PackageImage): boolean {
  if (fromDocker.problem !== null) return false;
  const [listed, other] = [original, fromDocker].map(({ layers }) => layers.map(({ digest }) => digest));
  return String(listed) !== String(other) && String(listed?.toSorted()) === String(other?.toSorted());
}

/**
 * The canonical form of an image name, equal for all spellings of it (`nginx`, `docker.io/library/nginx:latest`). A name that cannot be
 * read is answered as it is.
 */
export function normalName(name: string): string {
  const reference = parseReference(name);
  if (reference === null) return name;
  return formatReference(reference.tag || reference.digest ? reference : { ...reference, tag: 'latest' });
}

/**
 * The problem `package.tag-conflict` when two images have the same tag, else null. Images for different platforms, and images of one
 * index, may share a tag. A docker-archive has no indexes, so two of its images never may.
 * @param regenerated digests of the manifests that were made from a manifest.json
 */
export function tagConflict(
  archive: string,
  images: readonly PackageImage[],
  regenerated: ReadonlySet<Digest>,
): AppError | null {
  const owners = new Map<string, Owner[]>();
  for (const image of images) {
    const owner = { image, platform: platformKey(image.platform) };
    for (const name of image.names) {
      const key = normalName(name);
      const others = owners.get(key) ?? [];
      if (others.some((other) => excludeEachOther(other, owner, regenerated))) {
        return new AppError('package.tag-conflict', { origin: 'package', params: { archive, tag: name } });
      }
      others.push(owner);
      owners.set(key, others);
    }
  }
  return null;
}

interface Owner {
  readonly image: PackageImage;
  /** Key of its platform. */
  readonly platform: string;
}

function excludeEachOther(one: Owner, other: Owner, regenerated: ReadonlySet<Digest>): boolean {
  const [a, b] = [one.image, other.image];
  if (a.manifest.digest === b.manifest.digest) return false;
  if (regenerated.has(a.manifest.digest) && regenerated.has(b.manifest.digest)) return true;
  return one.platform === other.platform && (a.indexDigest === null || a.indexDigest !== b.indexDigest);
}
