// Reads the images of an OCI image layout from its index.json, with their original manifests.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
import { ATTESTATION_SUBJECT, isAttestation, type Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import { parseImageConfig } from '../../content/image-config.js';
import { parseManifest, rawManifest, type ImageManifest } from '../../content/manifest.js';
import {
  DOCKER_CONFIG,
  HELM_CHART_LAYER,
  HELM_CHART_LAYER_LEGACY,
  HELM_CONFIG,
  isIndexType,
  OCI_CONFIG,
} from '../../content/media-types.js';
import { isTag, parseReference } from '../../content/reference.js';
import { AppError } from '../../errors.js';
import { IMAGE_NAME, REF_NAME } from '../../layout/layout-index.js';
import { chartFilesIn } from '../bytes/chart-archive.js';
import { overLimit } from '../bytes/damage.js';
import { attach, type LayoutArtifact } from './attached-artifacts.js';
import type { ImageArchive } from './image-archive.js';
import {
  digestUnsupported,
  incomplete,
  unreadable,
  unusable,
  unusableImage,
  wrongSize,
} from './image-problems.js';
import { absentLayers, layerProblem } from './layer-problem.js';
import { otherDigestIn, parseEntries, type IndexEntries, type OtherEntry } from './layout-entries.js';
import { onePerPlatform } from './one-per-platform.js';
import { LIMITS } from '../../flow/limits.js';
import type { AttachedManifest, ChartFiles, PackageImage } from '../stream/package-stream.js';

/** An image, and the digests of its layers that were kept in memory (JSON) and are not delivered yet. */
export interface LayoutImage {
  readonly image: PackageImage;
  readonly kept: readonly Digest[];
}

/** A Helm chart that lies in a layout as an artifact. */
export interface LayoutChart {
  readonly name: string;
  readonly files: ChartFiles;
}

export interface LayoutImages {
  readonly images: readonly LayoutImage[];
  /** Helm charts that are artifacts, with the names that the layout gives them. */
  readonly charts: readonly LayoutChart[];
  readonly problem: AppError | null;
  readonly notes: readonly AppError[];
}

/** Zarf names its images so. https://github.com/zarf-dev/zarf/blob/main/src/pkg/images/pull.go */
const BASE_NAME = 'org.opencontainers.image.base.name';

/**
 * Reads the images of a layout. A child of an index whose manifest is not in the layout is left out: the package does not bring that
 * platform. `problem` says why index.json cannot be read; what is wrong with one image is in that image.
 */
export function layoutImages(archive: ImageArchive, indexJson: Buffer): LayoutImages {
  const reader = new LayoutReader(archive);
  archive.budget.spend('json', indexJson.length, `${archive.label}/index.json`);
  const top = parseEntries(indexJson);
  if (typeof top === 'string') return reader.result(unusable(archive.label, 'index.json', top));
  for (const descriptor of top.descriptors) {
    if (!isAttestation(descriptor)) reader.add(descriptor, nameOf(descriptor));
  }
  for (const entry of top.others) reader.refuse(entry, nameOf(entry.descriptor));
  reader.attach(top.descriptors);
  return reader.result(null);
}

/** What an entry calls its image. */
type EntryName = Pick<PackageImage, 'names' | 'tags'>;

/** Reads the annotations of an entry; skopeo and oras write only a tag (`oci:FOLDER:TAG`). */
function nameOf(descriptor: Descriptor): EntryName {
  const full = descriptor.annotations?.[IMAGE_NAME];
  if (full) return { names: [full], tags: [] };
  const base = descriptor.annotations?.[BASE_NAME];
  const name = descriptor.annotations?.[REF_NAME] ?? base ?? '';
  if (isTag(name)) {
    // a tag alone, beside the whole name
    if (base !== undefined && /[/:@]/.test(base) && parseReference(base) !== null)
      return { names: [base], tags: [] };
    return { names: [], tags: [name] };
  }
  return { names: /[/:@]/.test(name) && parseReference(name) !== null ? [name] : [], tags: [] };
}

class LayoutReader {
  readonly #archive: ImageArchive;
  /** By manifest and index, so that an image with several names is listed once. */
  readonly #images = new Map<string, LayoutImage>();
  readonly #notes: AppError[] = [];
  readonly #charts: LayoutChart[] = [];
  readonly #artifacts: LayoutArtifact[] = [];

  constructor(archive: ImageArchive) {
    this.#archive = archive;
  }

  result(problem: AppError | null): LayoutImages {
    const { images, notes } = onePerPlatform([...this.#images.values()]);
    // a layout may list an artifact twice: by itself, and in the index that stands for a list of referrers
    const attached = new Map<string, LayoutImage>();
    const subjects = images.map(({ image }) => image);
    const { budget, label } = this.#archive;
    for (const artifact of this.#artifacts) {
      budget.spend('work', subjects.length, label);
      const found = attach(artifact, subjects);
      if ('note' in found) {
        this.#notes.push(found.note);
        continue;
      }
      const { image } = found;
      budget.spend('images', image.names.length / 4, label);
      const key = `${image.manifest.digest} ${image.names[0] ?? ''}`;
      if (!attached.has(key)) attached.set(key, { image, kept: this.#kept(image.layers) });
    }
    return {
      images: [...images, ...attached.values()],
      charts: this.#charts,
      problem,
      notes: [...this.#notes, ...notes],
    };
  }

  /** Adds the images of an entry of index.json: one for a manifest, one for each child of an index. */
  add(descriptor: Descriptor, name: EntryName): void {
    const label = this.#labelOf(name, descriptor.digest);
    const found = this.#read(descriptor, name, null, { label, depth: 0, seen: new Set() });
    if (found === 0)
      this.#put(descriptor, unusableImage(name, descriptor, incomplete(label, descriptor.digest)), []);
  }

  /** Adds an entry whose digest has another algorithm, as an image with that problem. */
  refuse({ descriptor, digest }: OtherEntry, name: EntryName, index: Digest | null = null): void {
    const problem = digestUnsupported(this.#labelOf(name, digest), digest);
    this.#put(descriptor, unusableImage(name, descriptor, problem, index), []);
  }

  /** Attaches the attestations among `children` to the images that they describe. */
  attach(children: readonly Descriptor[]): void {
    for (const descriptor of children) {
      if (!isAttestation(descriptor)) continue;
      const subject = descriptor.annotations?.[ATTESTATION_SUBJECT];
      this.#archive.budget.spend('work', this.#images.size, this.#archive.label);
      for (const [key, { image, kept }] of this.#images) {
        if (image.manifest.digest !== subject) continue;
        if (image.attestations.some(({ manifest }) => manifest.digest === descriptor.digest)) continue;
        const attached = this.#attestation(descriptor);
        if (attached === null) {
          const params = { image: image.names[0] ?? subject };
          this.#notes.push(new AppError('package.attestation-incomplete', { origin: 'package', params }));
          continue;
        }
        this.#images.set(key, {
          image: { ...image, attestations: [...image.attestations, attached] },
          kept: [...kept, ...this.#kept(attached.blobs)],
        });
      }
    }
  }

  /** Adds the images below a descriptor; answers how many there are, artifacts included. */
  #read(
    descriptor: Descriptor,
    name: EntryName,
    index: Digest | null,
    at: { readonly label: string; readonly depth: number; readonly seen: Set<Digest> },
  ): number {
    const stored = this.#archive.blob(descriptor.digest);
    const { budget } = this.#archive;
    budget.spend('images', 1, at.label);
    if (stored === undefined || at.seen.has(descriptor.digest)) return 0;
    at.seen.add(descriptor.digest);
    const bytes = stored.bytes;
    budget.spend('json', bytes?.length ?? 0, at.label);
    if (stored.problem || bytes === null) {
      const problem = stored.problem ?? overLimit(at.label, 'a manifest', LIMITS.layoutJsonBytes);
      return this.#put(descriptor, unusableImage(name, descriptor, problem, index), []);
    }
    const content = parseManifest(bytes, descriptor.mediaType);
    if (content.kind === 'manifest') return this.#image(descriptor, content, bytes, name, index, at.label);
    const entries = isIndexType(content.mediaType) ? parseEntries(bytes) : content.mediaType;
    if (typeof entries !== 'string') return this.#children(descriptor, entries, name, index, at);
    const other = otherDigestIn(bytes);
    const reason = content.kind === 'other' ? content.reason : entries;
    const problem =
      other === null
        ? unusable(this.#archive.label, descriptor.digest, reason)
        : digestUnsupported(at.label, other);
    return this.#put(descriptor, unusableImage(name, descriptor, problem, index), []);
  }

  #children(
    descriptor: Descriptor,
    { descriptors, others }: IndexEntries,
    name: EntryName,
    index: Digest | null,
    at: { readonly label: string; readonly depth: number; readonly seen: Set<Digest> },
  ): number {
    if (at.depth >= LIMITS.indexDepth) {
      const problem = overLimit(at.label, 'indexes in indexes', LIMITS.indexDepth);
      return this.#put(descriptor, unusableImage(name, descriptor, problem, index), []);
    }
    const inside = { ...at, depth: at.depth + 1 };
    const owner = index ?? descriptor.digest;
    let found = others.length;
    for (const child of descriptors) {
      if (!isAttestation(child)) found += this.#read(child, name, owner, inside);
    }
    for (const entry of others) this.refuse(entry, name, owner);
    this.attach(descriptors);
    return found;
  }

  #image(
    descriptor: Descriptor,
    content: ImageManifest,
    bytes: Buffer,
    name: EntryName,
    index: Digest | null,
    label: string,
  ): number {
    const artifact = artifactType(content);
    if (artifact === HELM_CONFIG) {
      const files = this.#chart(content);
      if (files) {
        this.#charts.push({ name: label, files });
        return 1;
      }
    }
    const { budget } = this.#archive;
    const configBytes = this.#archive.blob(content.config.digest)?.bytes ?? Buffer.alloc(0);
    if (content.layers.length > LIMITS.layers) {
      const problem = overLimit(label, 'layers of an image', LIMITS.layers);
      return this.#put(descriptor, unusableImage(name, descriptor, problem, index), []);
    }
    budget.spend('layers', content.layers.length, label);
    budget.spend('json', configBytes.length, label);
    if (artifact !== null) {
      const { config, layers } = content;
      const manifest = rawManifest(bytes, content.mediaType);
      const parts = { manifest, config, configBytes, layers, problem: this.#lack(content, label) };
      const named = index === null ? label : `${label} ${descriptor.digest}`;
      this.#artifacts.push({ descriptor, index, label: named, type: artifact, content: parts });
      return 1;
    }
    const config = parseImageConfig(configBytes);
    const platform = config?.platform ?? { os: '', architecture: '' };
    return this.#put(
      descriptor,
      {
        ...name,
        indexDigest: index,
        platform,
        created: config?.created ?? null,
        manifest: rawManifest(bytes, content.mediaType),
        config: content.config,
        configBytes,
        programs: this.#archive.programsOf(platform, configBytes, content.layers),
        layers: content.layers,
        absentLayers: absentLayers(content.layers, (digest) => this.#archive.blob(digest) !== undefined),
        attestations: [],
        problem:
          this.#lack(content, label) ??
          (config === null ? unreadable(label, content.config.digest) : null) ??
          layerProblem(
            label,
            content.layers.map(({ digest }) => ({ part: digest, stored: this.#archive.blob(digest) })),
            config?.diffIds ?? null,
          ),
      },
      this.#kept(content.layers),
    );
  }

  #chart({ layers }: ImageManifest): ChartFiles | null {
    const layer = layers.find(
      ({ mediaType }) => mediaType === HELM_CHART_LAYER || mediaType === HELM_CHART_LAYER_LEGACY,
    );
    const stored = layer && this.#archive.blob(layer.digest);
    return stored?.bytes && !stored.problem ? chartFilesIn(stored.bytes) : null;
  }

  /** The problem of the first blob of a manifest that is missing, damaged or of the wrong size; null when there is none. */
  #lack(content: ImageManifest, label: string): AppError | null {
    for (const { digest, size, urls } of [content.config, ...content.layers]) {
      const stored = this.#archive.blob(digest);
      if (stored?.problem) return stored.problem;
      if (stored === undefined && !urls?.length) return incomplete(label, digest);
      if (stored && stored.size !== size) return wrongSize(label, digest, size, stored.size);
    }
    return null;
  }

  #attestation(descriptor: Descriptor): AttachedManifest | null {
    const stored = this.#archive.blob(descriptor.digest);
    if (!stored?.bytes || stored.problem) return null;
    this.#archive.budget.spend('json', stored.bytes.length, this.#archive.label);
    const content = parseManifest(stored.bytes, descriptor.mediaType);
    if (content.kind !== 'manifest' || this.#lack(content, descriptor.digest) !== null) return null;
    const blobs = [content.config, ...content.layers].filter(({ digest }) => this.#archive.blob(digest));
    return { descriptor, manifest: rawManifest(stored.bytes, content.mediaType), blobs };
  }

  /** How messages name an image. */
  #labelOf({ names }: EntryName, digest: string): string {
    return names[0] ?? `${this.#archive.label} ${digest}`;
  }

  #kept(blobs: readonly Descriptor[]): Digest[] {
    return blobs.map(({ digest }) => digest).filter((digest) => this.#archive.blob(digest)?.bytes);
  }

  #put(descriptor: Descriptor, image: PackageImage, kept: readonly Digest[]): number {
    const key = `${descriptor.digest} ${image.indexDigest ?? ''}`;
    const same = this.#images.get(key);
    const names = [...new Set([...(same?.image.names ?? []), ...image.names])];
    const tags = names.length > 0 ? [] : [...new Set([...(same?.image.tags ?? []), ...image.tags])];
    this.#images.set(key, { image: { ...(same?.image ?? image), names, tags }, kept });
    return 1;
  }
}

/** Media types of image layers begin so, those of Docker too: https://github.com/opencontainers/image-spec/blob/main/layer.md */
const IMAGE_LAYER = /^application\/vnd\.(?:oci\.image\.layer|docker\.(?:container\.)?image\.rootfs)\./;

/**
 * The media type that shows that a manifest is an artifact and no image for a platform; null for an image. Signatures and attestations of
 * cosign (`.sig`, `.att`, `.sbom`) and attestations of BuildKit have the config type of images, but none of their layers is one of an image.
 */
function artifactType({ config, layers }: ImageManifest): string | null {
  if (config.mediaType !== OCI_CONFIG && config.mediaType !== DOCKER_CONFIG) return config.mediaType;
  if (layers.some(({ mediaType }) => IMAGE_LAYER.test(mediaType))) return null;
  return layers[0]?.mediaType ?? null;
}
