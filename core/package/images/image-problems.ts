// The problems that an image of a package can have, and the placeholder for an image whose manifest cannot be used.
import { urlHosts, type Descriptor } from '../../content/descriptor.js';
import { digestOf, type Digest } from '../../content/digest.js';
import { OCI_CONFIG, OCI_MANIFEST } from '../../content/media-types.js';
import { AppError } from '../../errors.js';
import type { PackageImage } from '../stream/package-stream.js';
import { NOT_LOOKED_AT } from '../programs/programs.js';

/** `entry` (index.json, manifest.json or a manifest) of an archive cannot be read; `detail` is the reason. */
export function unusable(archive: string, entry: string, detail: string): AppError {
  return new AppError('package.manifest-unusable', { origin: 'package', params: { archive, entry, detail } });
}

/** The package does not hold `part`: a config, manifest or layer of the image. */
export function incomplete(image: string, part: string): AppError {
  return new AppError('package.image-incomplete', { origin: 'package', params: { image, part } });
}

/** The config of an image cannot be read. */
export function unreadable(image: string, part: string): AppError {
  const detail = 'not an image config';
  return new AppError('package.image-unusable', { origin: 'package', params: { image, part, detail } });
}

/** A blob has another size than its descriptor says. Registries do not check that, but clients that rely on it fail. */
export function wrongSize(image: string, part: string, claimed: number, actual: number): AppError {
  const detail = `${actual} bytes instead of ${claimed}`;
  return new AppError('package.image-unusable', { origin: 'package', params: { image, part, detail } });
}

/** Manifest and config have different numbers of layers. */
export function misfit(image: string, layers: number, expected: number): AppError {
  return new AppError('package.layers-do-not-fit', {
    origin: 'package',
    params: { image, layers, expected },
  });
}

/** An image, or a part of it, is named by a digest of another algorithm than SHA-256. */
export function digestUnsupported(image: string, digest: string): AppError {
  const [algorithm = ''] = digest.split(':');
  return new AppError('package.digest-unsupported', {
    origin: 'package',
    params: { image, digest, algorithm },
  });
}

/** A layer is at another place in the manifest than its content has in the config; `number` counts from 1, base first. */
export function misplaced(image: string, part: string, number: number): AppError {
  return new AppError('package.layer-misplaced', { origin: 'package', params: { image, part, number } });
}

/** A layer is compressed in a way that container runtimes do not unpack. */
export function oddlyCompressed(image: string, part: string, format: string): AppError {
  return new AppError('package.layer-compression', { origin: 'package', params: { image, part, format } });
}

/** Layers of an image are not in the package; clients fetch them from their `urls`. A note, because registries may allow that. */
export function layersElsewhere({ names, manifest, layers, absentLayers }: PackageImage): AppError | null {
  if (absentLayers.length === 0) return null;
  const absent = new Set(absentLayers);
  const places = urlHosts(layers.filter(({ digest }) => absent.has(digest)));
  const image = names[0] ?? manifest.digest;
  const params = { image, count: absentLayers.length, places };
  return new AppError('package.layers-elsewhere', { origin: 'package', params });
}

/** A placeholder for an image whose manifest cannot be used, so that the image is listed with its problem. */
export function unusableImage(
  { names, tags }: Pick<PackageImage, 'names' | 'tags'>,
  descriptor: Descriptor,
  problem: AppError,
  indexDigest: Digest | null = null,
): PackageImage {
  const nothing = Buffer.alloc(0);
  return {
    names,
    tags,
    indexDigest,
    platform: descriptor.platform ?? { os: '', architecture: '' },
    created: null,
    programs: NOT_LOOKED_AT,
    manifest: { mediaType: descriptor.mediaType || OCI_MANIFEST, digest: descriptor.digest, bytes: nothing },
    config: { mediaType: OCI_CONFIG, digest: digestOf(nothing), size: 0 },
    configBytes: nothing,
    layers: [],
    absentLayers: [],
    attestations: [],
    problem,
  };
}
