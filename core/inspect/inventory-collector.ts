// Collects the charts and images of a package for its inventory, while the package is read or replayed from the inspect cache.
import type { InventoryChart, InventoryImage } from '../contract.js';
import { platformFields, platformKeyOf, rowPlatform } from '../content/platform.js';
import { familiarReference, type Reference } from '../content/reference.js';
import { AppError, toProblem } from '../errors.js';
import { PassBudget } from '../flow/pass-budget.js';
import type {
  BundleContent,
  BundleId,
  PackageImage,
  PackageVisitor,
  YamlFileInside,
} from '../package/stream/package-stream.js';
import { nameImages } from '../package/images/name-images.js';
import {
  absentImages,
  platformsOf,
  settleCharts,
  type AbsentImage,
  type ChartWithAbsent,
  type Holds,
} from '../plan/absent-images.js';
import { planBundle, type BundlePlan, type PlannedChart } from '../plan/bundle-plan.js';
import { isMislabelled, mislabelledProblem } from '../plan/mislabelled.js';
import { parseSelection } from '../plan/selection.js';

/** A chart with the images that its own bundle lacks; another bundle of the package may hold them. */
interface FoundChart extends Omit<InventoryChart, 'lacking' | 'problems'>, ChartWithAbsent {
  readonly chartProblems: readonly AppError[];
}

/** A visitor of one pass; its fields hold what it has seen. */
export class InventoryCollector implements PackageVisitor {
  readonly budget = new PassBudget();
  readonly images: InventoryImage[] = [];
  readonly problems: AppError[] = [];
  /** Paths of the bundles. */
  readonly paths: string[] = [];
  /** What the config of each usable image claims. */
  readonly architectures: string[] = [];
  readonly #charts: FoundChart[] = [];
  readonly #blobs = new Map<string, number>();
  /** Platforms of the images that are whole, by source. */
  readonly #whole = new Map<string, Set<string>>();
  /** Sum of the bytes of these images; shared layers count for each image. */
  #imageBytes = 0;
  readonly #tell: (bytesRead: number, current: string) => void;
  readonly #imageName: Reference | null;
  #current = '';

  /**
   * @param tell called often with the number of bytes read and the path of the bundle
   * @param imageName names images that nothing else names; null: they are a problem
   */
  constructor(tell: (bytesRead: number, current: string) => void, imageName: Reference | null) {
    this.#tell = tell;
    this.#imageName = imageName;
  }

  /**
   * The charts, once the whole package has come by.
   * @param isElsewhere tells what other packages hold
   */
  charts(
    yamlFiles: readonly YamlFileInside[],
    fileName: string,
    isElsewhere: Holds,
  ): readonly InventoryChart[] {
    return settleCharts(this.#charts, yamlFiles, fileName, this.holds).map((found) => {
      const { absent, platforms, chartProblems, folder: _, ...chart } = found;
      const isLacking = (source: string): boolean => !this.holds(source, platforms);
      const named = (why: AbsentImage['why']): readonly string[] => [
        ...new Set(absent.flatMap((one) => (one.why === why ? [familiarReference(one.image.source)] : []))),
      ];
      const lacking = named('lacking').filter(isLacking);
      const missed = lacking.filter((source) => !isElsewhere(source, platforms));
      // that a bundle was saved without images is told by `skipImages`
      const problems = [...chartProblems, ...missed.map((image) => absentImage(chart.name, image))];
      return {
        ...chart,
        lacking: [...lacking, ...named('not-shipped').filter(isLacking)],
        problems: problems.map((problem) => toProblem(problem)),
      };
    });
  }

  readonly holds: Holds = (source, platforms) => {
    const held = this.#whole.get(source);
    return held !== undefined && platforms.every((platform) => held.has(platformKeyOf(platform)));
  };

  /** Bytes of all image blobs, each once. */
  get blobBytes(): number {
    return [...this.#blobs.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Bytes that layers save by being in several images. */
  get sharedBytes(): number {
    return this.#imageBytes - this.blobBytes;
  }

  bundleStart(bundle: BundleId): Promise<void> {
    this.#current = bundle.path;
    this.paths.push(bundle.path);
    return Promise.resolve();
  }

  bundleEnd(bundle: BundleId, read: BundleContent): Promise<void> {
    const content = nameImages(read, bundle.path, this.#imageName);
    if (content.problem) {
      this.problems.push(content.problem);
      return Promise.resolve();
    }
    try {
      // empty rules: the inventory names images as the package does
      this.#take(bundle, content, planBundle(bundle, content, {}, this.budget));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.problems.push(error);
    }
    return Promise.resolve();
  }

  progress(bytesRead: number): void {
    this.#tell(bytesRead, this.#current);
  }

  #take(bundle: BundleId, content: BundleContent, plan: BundlePlan): void {
    this.problems.push(...plan.imageProblems);
    const named = plan.chart && namesOf(plan.chart);
    if (plan.chart && named) {
      const { folder, chart } = plan.chart;
      this.#charts.push({
        repo: folder,
        name: chart.name,
        version: chart.version,
        images: [...named],
        folder,
        absent: absentImages(plan, content, plan.images, parseSelection()),
        platforms: platformsOf(content),
        skipImages: !content.hasImages,
        chartProblems: plan.chartProblems,
      });
    }
    for (const { source, image } of plan.images) {
      const chart = plan.chart?.chart.name ?? '';
      const isNamed = named?.has(source) ?? true;
      const row = inventoryImage(source, image, { repo: bundle.folder, chart, named: isNamed });
      this.images.push(row);
      if (image.problem) continue;
      const platforms = this.#whole.get(source) ?? new Set();
      this.#whole.set(source, platforms.add(platformKeyOf(rowPlatform(row))));
      this.#imageBytes += row.bytes;
      this.architectures.push(image.platform.architecture);
      for (const { digest, size } of [image.config, ...image.layers]) this.#blobs.set(digest, size);
    }
  }
}

function namesOf({ plan }: PlannedChart): ReadonlySet<string> {
  return new Set(plan.images.map((image) => familiarReference(image.source)));
}

function inventoryImage(
  source: string,
  image: PackageImage,
  from: Pick<InventoryImage, 'repo' | 'chart' | 'named'>,
): InventoryImage {
  const { manifest, config, layers, created } = image;
  const problem = image.problem ?? mislabelledProblem(source, image);
  return {
    source,
    ...platformFields(image.platform),
    digest: manifest.digest,
    config: config.digest,
    mediaType: manifest.mediaType,
    created,
    programs: image.programs.found ?? 'unknown',
    mislabelled: image.problem === null && isMislabelled(image),
    bytes: layers.reduce((sum, layer) => sum + layer.size, config.size),
    layers: layers.map(({ digest, size }) => ({ digest, bytes: size })),
    ...from,
    problem: problem && toProblem(problem),
  };
}

function absentImage(chart: string, image: string): AppError {
  return new AppError('plan.image-absent', { origin: 'package', params: { chart, image } });
}
