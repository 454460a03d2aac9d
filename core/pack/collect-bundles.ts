// Collects what a package holds, apart from the bytes of its layers: the first of the two passes that a pack is made with.
import type { Descriptor } from '../content/descriptor.js';
import type { Digest } from '../content/digest.js';
import { formatReference, type Reference } from '../content/reference.js';
import type { Platform } from '../content/platform.js';
import { AppError } from '../errors.js';
import { PassBudget } from '../flow/pass-budget.js';
import { nameImages } from '../package/images/name-images.js';
import type { PackedFile } from '../package/packed/pack-list.js';
import type { ProgramsFinding } from '../package/programs/programs.js';
import type {
  BundleContent,
  BundleId,
  PackageImage,
  PackageVisitor,
  ProvenBlob,
} from '../package/stream/package-stream.js';
import { planBundle, type BundlePlan } from '../plan/bundle-plan.js';
import { chartSelected, imageSelected, type SelectionRules } from '../plan/selection.js';
import type { Doc, StoredDocs } from './stored-docs.js';

/** One image of a package for one platform. */
export interface FoundImage {
  /** As the package writes them. */
  readonly names: readonly string[];
  readonly tags: readonly string[];
  readonly indexDigest: Digest | null;
  readonly platform: Platform;
  readonly created: string | null;
  readonly programs: ProgramsFinding;
  readonly manifest: Doc & { readonly mediaType: string };
  readonly config: Doc;
  readonly attestations: readonly { readonly descriptor: Descriptor; readonly manifest: Doc }[];
  /** Layers and blobs of attestations that the package holds, or that the target of a delta has. */
  readonly blobs: readonly Descriptor[];
}

/** A chart with its images, as one package brings it; or the images of an archive without a chart. */
export interface FoundBundle {
  /** Position of the package. */
  readonly packageAt: number;
  /** Number of the bundle inside its package. */
  readonly ordinal: number;
  readonly folder: string;
  readonly path: string;
  /** Null for a bundle without a chart. */
  readonly chart: {
    readonly name: string;
    readonly version: string;
    readonly files: readonly PackedFile[];
  } | null;
  readonly hints: Doc | null;
  readonly hasImages: boolean;
  readonly images: readonly FoundImage[];
  /** Images that the chart names and that the bundle lacks. */
  readonly lacking: readonly string[];
  /** The blobs that passed, in their order: the second pass delivers the same. */
  readonly passed: readonly ProvenBlob[];
}

export interface CollectOptions {
  readonly packageAt: number;
  readonly selection: SelectionRules;
  readonly imageName: Reference | null;
  readonly docs: StoredDocs;
  readonly tell: (bytesRead: number, current: string) => void;
}

/** The visitor of the first pass; its fields hold what it has seen. */
export class BundleCollector implements PackageVisitor {
  readonly budget = new PassBudget();
  readonly bundles: FoundBundle[] = [];
  /** Bundles and images that are left out, because they are damaged. */
  readonly problems: AppError[] = [];
  readonly #options: CollectOptions;
  readonly #passed = new Map<number, ProvenBlob[]>();
  #current = '';

  constructor(options: CollectOptions) {
    this.#options = options;
  }

  bundleStart({ path }: BundleId): Promise<void> {
    this.#current = path;
    return Promise.resolve();
  }

  blobProven({ ordinal }: BundleId, blob: ProvenBlob): Promise<void> {
    const passed = this.#passed.get(ordinal);
    if (passed) passed.push(blob);
    else this.#passed.set(ordinal, [blob]);
    return Promise.resolve();
  }

  async bundleEnd(bundle: BundleId, read: BundleContent): Promise<void> {
    const content = nameImages(read, bundle.path, this.#options.imageName);
    if (content.problem) {
      this.problems.push(content.problem);
      return;
    }
    let plan: BundlePlan;
    try {
      // empty rules: nothing is renamed before the site imports it
      plan = planBundle(bundle, content, {}, this.budget);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.problems.push(error);
      return;
    }
    await this.#take(bundle, content, plan);
  }

  progress(bytesRead: number): void {
    this.#options.tell(bytesRead, this.#current);
  }

  async #take(bundle: BundleId, content: BundleContent, plan: BundlePlan): Promise<void> {
    const { packageAt, selection, docs } = this.#options;
    const { folder, path, ordinal } = bundle;
    const chart = plan.chart?.chart ?? null;
    if (chart && !chartSelected(selection, { folder, name: chart.name, version: chart.version })) return;
    const images: FoundImage[] = [];
    for (const image of content.images) {
      if (!isSelected(image, plan, selection)) continue;
      if (image.problem) this.problems.push(image.problem);
      else images.push(await foundImage(image, docs));
    }
    if (!chart && images.length === 0) return;
    this.bundles.push({
      ...{ packageAt, ordinal, folder, path, images },
      chart: chart && {
        name: chart.name,
        version: chart.version,
        files: await storeFiles(content, docs),
      },
      hints: content.hints && (await docs.put(content.hints)),
      hasImages: content.hasImages,
      lacking: plan.absent.map(({ source }) => formatReference(source)).sort(),
      passed: this.#passed.get(ordinal) ?? [],
    });
  }
}

/** True when one of the names that the bundle gives the image is selected; an image that nothing names when none was asked for. */
function isSelected(image: PackageImage, { images }: BundlePlan, selection: SelectionRules): boolean {
  const named = images.filter((one) => one.image === image);
  if (named.length === 0) return imageSelected(selection, '', image.platform);
  return named.some(({ source }) => imageSelected(selection, source, image.platform));
}

async function foundImage(image: PackageImage, docs: StoredDocs): Promise<FoundImage> {
  const { names, tags, indexDigest, platform, created, programs, manifest, layers, absentLayers } = image;
  const attestations = [];
  for (const { descriptor, manifest: attached } of image.attestations)
    attestations.push({ descriptor, manifest: await docs.put(attached.bytes) });
  const elsewhere = new Set(absentLayers);
  const blobs = [...layers, ...image.attestations.flatMap((one) => one.blobs)];
  return {
    ...{ names, tags, indexDigest, platform, created, programs, attestations },
    manifest: { mediaType: manifest.mediaType, ...(await docs.put(manifest.bytes)) },
    config: await docs.put(image.configBytes),
    blobs: blobs.filter(({ digest }) => !elsewhere.has(digest)),
  };
}

async function storeFiles({ chart }: BundleContent, docs: StoredDocs): Promise<readonly PackedFile[]> {
  const files: PackedFile[] = [];
  for (const [path, bytes] of chart ?? []) files.push({ path, ...(await docs.put(bytes)) });
  return files;
}
