// Finds the parts of a former manifest that the target lost, and the packages that hold them.
import type { Descriptor } from '../content/descriptor.js';
import { parseManifest, type ImageManifest, type RawManifest } from '../content/manifest.js';
import { isImageManifestType, isIndexType } from '../content/media-types.js';
import type { Digest } from '../content/digest.js';
import type { ImageTarget } from '../ports/image-target.js';
import type { FormerRun, KeptContent } from '../journal/former-runs.js';
import type { Cancellable } from '../ports/cancellable.js';

/** A manifest or blob that the target lost, with the manifest digest of its image. */
export interface MissingPart {
  readonly digest: Digest;
  readonly image: Digest;
}

/** What a former manifest needs. */
export interface FormerParts {
  /** The manifests that it lists; those that the repository lost are among them if a run kept them. */
  readonly manifests: readonly RawManifest[];
  /** Those of them that the repository lost. */
  readonly gone: readonly RawManifest[];
  /** Children, configs and layers that are neither in the repository nor kept. */
  readonly missing: readonly MissingPart[];
}

/** Looks for the children, configs and layers of a manifest in the repository, and for children in what runs kept. */
export async function formerParts(
  target: ImageTarget,
  repository: string,
  manifest: RawManifest,
  kept: KeptContent,
  options: Cancellable,
): Promise<FormerParts> {
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  const manifests: RawManifest[] = [];
  const gone: RawManifest[] = [];
  const missing: MissingPart[] = [];
  if (parsed.kind === 'manifest')
    missing.push(...(await missingBlobs(target, repository, manifest.digest, parsed, options)));
  if (parsed.kind !== 'index') return { manifests, gone, missing };
  for (const { digest, mediaType } of parsed.manifests) {
    if (!isImageManifestType(mediaType) && !isIndexType(mediaType)) continue;
    const present = await target.getManifest(repository, digest, options);
    const child = present ?? (await kept.findManifest({ digest, mediaType }, options));
    if (!child) {
      missing.push({ digest, image: digest });
      continue;
    }
    const below = await formerParts(target, repository, child, kept, options);
    // children come before the index that lists them
    manifests.push(...below.manifests, child);
    gone.push(...below.gone, ...(present ? [] : [child]));
    missing.push(...below.missing);
  }
  return { manifests, gone, missing };
}

async function missingBlobs(
  target: ImageTarget,
  repository: string,
  image: Digest,
  { config, layers }: ImageManifest,
  options: Cancellable,
): Promise<readonly MissingPart[]> {
  const held = async (blob: Descriptor): Promise<MissingPart | null> => {
    if (blob.urls?.length) return null; // clients fetch layers with `urls` from there
    const size = await target.blobSize(repository, blob.digest, options);
    return size === blob.size ? null : { digest: blob.digest, image };
  };
  const found = await Promise.all([config, ...layers].map(held));
  return found.filter((part) => part !== null);
}

/** A package that holds an image. */
export interface ImagePackage {
  /** File name. */
  readonly package: string;
  /** Hex; null when it was not computed. */
  readonly sha512: string | null;
}

/** The package that brought each image, by manifest digest, from all journals; the newest run is preferred. */
export function packagesOfImages(history: readonly FormerRun[]): ReadonlyMap<string, ImagePackage> {
  const known = new Map<string, ImagePackage>();
  for (const { entries } of history) {
    const packages = entries.flatMap((entry) => (entry.type === 'run-started' ? entry.packages : []));
    const sha512Of = (name: string): string | null => {
      const one = packages.find((known) => known.name === name);
      const read = entries.findLast((entry) => entry.type === 'package-read' && entry.package === one?.path);
      return (read?.type === 'package-read' ? read.sha512 : null) ?? one?.sha512 ?? null;
    };
    for (const entry of entries) {
      if (entry.type !== 'image' || entry.package === '' || known.has(entry.digest)) continue;
      known.set(entry.digest, { package: entry.package, sha512: sha512Of(entry.package) });
    }
  }
  return known;
}
