// Reads the images of a docker-archive from its manifest.json and makes the manifests that charts-syncer and Docker push for them.
// https://github.com/moby/moby/blob/v26.1.0/image/spec/v1.2.md#combined-image-json--filesystem-changeset-format
import { z } from 'zod';
import { optional } from '../../content/absent.js';
import { descriptorSchema, type Descriptor } from '../../content/descriptor.js';
import { digestOf } from '../../content/digest.js';
import { parseImageConfig, type ImageConfig } from '../../content/image-config.js';
import { dockerLayer, encodeDockerManifest } from '../../content/manifest.js';
import { DOCKER_CONFIG } from '../../content/media-types.js';
import type { AppError } from '../../errors.js';
import type { ImageArchive, StoredBlob } from './image-archive.js';
import { incomplete, unreadable, unusable } from './image-problems.js';
import { absentLayers, layerProblem } from './layer-problem.js';
import type { PackageImage } from '../stream/package-stream.js';

const schema = z.array(
  z.looseObject({
    Config: z.string(),
    RepoTags: optional(z.array(z.string())),
    Layers: optional(z.array(z.string())),
    /** Maps a diff_id to the descriptor of the layer. ggcr writes it for foreign layers, docker save 25 for all layers. */
    LayerSources: optional(z.record(z.string(), optional(descriptorSchema))),
  }),
);

type ManifestEntry = z.infer<typeof schema>[number];

/** https://github.com/distribution/distribution/blob/v3.0.0/manifest/schema2/manifest.go */
const DOCKER_PLAIN_LAYER = 'application/vnd.docker.image.rootfs.diff.tar';

const NO_CONFIG: ImageConfig = { platform: { os: '', architecture: '' }, created: null, diffIds: null };

/**
 * The images in the order of manifest.json, which lies in the folder `root` ('' or `a/b/`) of the archive; equal entries become one image with the tags of both. `problem` says why manifest.json cannot
 * be read; what is wrong with one image is in that image.
 */
export function dockerImages(
  archive: ImageArchive,
  root: string,
  manifestJson: Buffer,
): { readonly images: readonly PackageImage[]; readonly problem: AppError | null } {
  let json: unknown;
  try {
    json = JSON.parse(manifestJson.toString('utf8'));
  } catch (error) {
    return {
      images: [],
      problem: unusable(archive.label, 'manifest.json', error instanceof Error ? error.message : 'not JSON'),
    };
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    return { images: [], problem: unusable(archive.label, 'manifest.json', z.prettifyError(parsed.error)) };
  const images = new Map<string, PackageImage>();
  for (const entry of parsed.data) {
    const image = readImage(archive, root, entry);
    const key = `${image.config.digest} ${image.manifest.digest}`;
    const same = images.get(key);
    images.set(key, same ? { ...same, names: [...new Set([...same.names, ...image.names])] } : image);
  }
  return { images: [...images.values()], problem: null };
}

function readImage(archive: ImageArchive, root: string, entry: ManifestEntry): PackageImage {
  const names = entry.RepoTags ?? [];
  const label = names[0] ?? `${archive.label} ${entry.Config}`;
  const stored = archive.file(root, entry.Config);
  const configBytes = stored?.bytes ?? Buffer.alloc(0);
  const config = stored?.bytes ? parseImageConfig(stored.bytes) : null;
  const problems: (AppError | null)[] = [
    stored === undefined ? incomplete(label, entry.Config) : stored.problem,
    stored && config === null ? unreadable(label, entry.Config) : null,
  ];

  const files = entry.Layers ?? [];
  const { diffIds, platform, created } = config ?? NO_CONFIG;
  const layers: Descriptor[] = [];
  files.forEach((file, index) => {
    const source = entry.LayerSources?.[diffIds?.[index] ?? ''];
    const layer = readLayer(archive.file(root, file), source, { label, file });
    problems.push(layer.problem);
    if (layer.descriptor) layers.push(layer.descriptor);
  });
  const listed = files.map((part) => ({ part, stored: archive.file(root, part) }));
  problems.push(layerProblem(label, listed, diffIds));
  const held = new Set(listed.map(({ stored }) => stored?.digest));

  const configDigest = digestOf(configBytes);
  return {
    names,
    tags: [],
    indexDigest: null,
    platform,
    created,
    manifest: encodeDockerManifest({ digest: configDigest, size: configBytes.length }, layers),
    config: { mediaType: DOCKER_CONFIG, digest: configDigest, size: configBytes.length },
    configBytes,
    programs: archive.programsOf(platform, configBytes, layers),
    layers,
    absentLayers: absentLayers(layers, (digest) => held.has(digest)),
    attestations: [],
    problem: problems.find((problem) => problem !== null) ?? null,
  };
}

/**
 * A layer's descriptor: the one of LayerSources where it describes the stored bytes or names `urls` (a foreign layer, whose bytes may be
 * absent), else a new one for the stored bytes.
 */
function readLayer(
  stored: StoredBlob | undefined,
  source: Descriptor | undefined,
  name: { readonly label: string; readonly file: string },
): { readonly descriptor: Descriptor | null; readonly problem: AppError | null } {
  if (source?.urls?.length) return { descriptor: source, problem: stored?.problem ?? null };
  if (stored === undefined) return { descriptor: null, problem: incomplete(name.label, name.file) };
  return {
    descriptor: source?.digest === stored.digest ? source : regenerated(stored),
    problem: stored.problem,
  };
}

/** Layers under blobs/sha256 are passed on as they are stored, so one of them can be uncompressed; every other layer is gzip or zstd. */
function regenerated(stored: StoredBlob): Descriptor {
  const layer = dockerLayer(stored.digest, stored.size);
  return stored.digest === stored.diffId ? { ...layer, mediaType: DOCKER_PLAIN_LAYER } : layer;
}
