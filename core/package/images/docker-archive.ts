// Reads the images of a docker-archive from its manifest.json and makes the manifests that charts-syncer and Docker push for them.
// https://github.com/moby/moby/blob/v26.1.0/image/spec/v1.2.md#combined-image-json--filesystem-changeset-format
import { z } from 'zod';
import { optional } from '../../content/absent.js';
import { descriptorSchema, type Descriptor } from '../../content/descriptor.js';
import { digestOf } from '../../content/digest.js';
import { parseImageConfig, type ImageConfig } from '../../content/image-config.js';
import { dockerLayer, encodeDockerManifest } from '../../content/manifest.js';
import { DOCKER_CONFIG } from '../../content/media-types.js';
import { parseBoundedJson } from '../../content/json-text.js';
import { AppError } from '../../errors.js';
import { LIMITS } from '../../flow/limits.js';
import { overLimit } from '../bytes/damage.js';
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
    archive.budget.spend('json', manifestJson.length, `${archive.label}/manifest.json`);
    json = parseBoundedJson(manifestJson);
  } catch (error) {
    if (error instanceof AppError) throw error;
    return {
      images: [],
      problem: unusable(archive.label, 'manifest.json', error instanceof Error ? error.message : 'not JSON'),
    };
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    return { images: [], problem: unusable(archive.label, 'manifest.json', firstIssues(parsed.error)) };
  const images = new Map<string, { readonly image: PackageImage; readonly names: Set<string> }>();
  for (const entry of parsed.data) {
    const image = readImage(archive, root, entry);
    const key = `${image.config.digest} ${image.manifest.digest}`;
    const same = images.get(key);
    if (same) for (const name of image.names) same.names.add(name);
    else images.set(key, { image, names: new Set(image.names) });
  }
  return {
    images: [...images.values()].map(({ image, names }) => ({ ...image, names: [...names] })),
    problem: null,
  };
}

/** The first few of what may be many thousand issues. */
function firstIssues({ issues }: z.ZodError): string {
  return z.prettifyError({ issues: issues.slice(0, 5) });
}

function readImage(archive: ImageArchive, root: string, entry: ManifestEntry): PackageImage {
  const names = entry.RepoTags ?? [];
  const label = names[0] ?? `${archive.label} ${entry.Config}`;
  const files = (entry.Layers ?? []).slice(0, LIMITS.layers);
  archive.budget.spend('images', 1 + names.length / 4, label);
  archive.budget.spend('layers', files.length, label);
  const stored = archive.file(root, entry.Config);
  const configBytes = stored?.bytes ?? Buffer.alloc(0);
  archive.budget.spend('json', configBytes.length, label);
  const config = stored?.bytes ? parseImageConfig(stored.bytes) : null;
  let problem = stored === undefined ? incomplete(label, entry.Config) : stored.problem;
  if (stored && config === null) problem ??= unreadable(label, entry.Config);
  if (files.length < (entry.Layers?.length ?? 0))
    problem ??= overLimit(label, 'layers of an image', LIMITS.layers);
  const { diffIds, platform, created } = config ?? NO_CONFIG;
  const layers: Descriptor[] = [];
  files.forEach((file, index) => {
    const source = entry.LayerSources?.[diffIds?.[index] ?? ''];
    const layer = readLayer(archive.file(root, file), source);
    if (layer === null) problem ??= incomplete(label, file);
    else {
      problem ??= layer.problem;
      layers.push(layer.descriptor);
    }
  });
  const listed = files.map((part) => ({ part, stored: archive.file(root, part) }));
  problem ??= layerProblem(label, listed, diffIds);
  const held = new Set(listed.map(({ stored }) => stored?.digest));

  const configDigest = digestOf(configBytes);
  const manifest = encodeDockerManifest({ digest: configDigest, size: configBytes.length }, layers);
  archive.hold(manifest.bytes.length, label);
  return {
    names,
    tags: [],
    indexDigest: null,
    platform,
    created,
    manifest,
    config: { mediaType: DOCKER_CONFIG, digest: configDigest, size: configBytes.length },
    configBytes,
    programs: archive.programsOf(platform, configBytes, layers),
    layers,
    absentLayers: absentLayers(layers, (digest) => held.has(digest)),
    attestations: [],
    problem,
  };
}

/**
 * A layer's descriptor: the one of LayerSources where it describes the stored bytes or names `urls` (a foreign layer, whose bytes may be
 * absent), else a new one for the stored bytes. Null where the archive has no such layer.
 */
function readLayer(
  stored: StoredBlob | undefined,
  source: Descriptor | undefined,
): { readonly descriptor: Descriptor; readonly problem: AppError | null } | null {
  if (source?.urls?.length) return { descriptor: source, problem: stored?.problem ?? null };
  if (stored === undefined) return null;
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
