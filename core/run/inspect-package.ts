// A pass that sends nothing: what is in a package, is it whole, and does its checksum fit.
import type { InventoryChart, InventoryImage, InventoryPackage, RunEvent } from '../contract.js';
import { formatPlatform } from '../content/platform.js';
import { familiarReference } from '../content/reference.js';
import { AppError, toProblem } from '../errors.js';
import { parsePackageName } from '../package/names.js';
import type { PackageSource } from '../package/open-package.js';
import type { BundleContent, BundleId, PackageVisitor } from '../package/package-stream.js';
import { planBundle, type BundlePlan } from '../plan/bundle-plan.js';
import { examinePackage } from './examine-package.js';

export interface InspectOptions {
  /** SHA-512 in hex that the file must have; null: none is known. */
  readonly expectedSha512: string | null;
  /** The inspect cache lies under it. */
  readonly stateDir: string;
  /** Do not trust the inspect cache. */
  readonly reread: boolean;
  /** False: the programs inside images are not looked at. */
  readonly programs: boolean;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

const PROGRESS_EVERY_MS = 100;

/** Reads one package to its end; damage is a problem of the inventory, not an exception. */
export async function inspectPackage(
  source: PackageSource,
  options: InspectOptions,
): Promise<InventoryPackage> {
  const { expectedSha512: expected, emit } = options;
  const collector = new Collector((bytesRead, current) => {
    emit({
      type: 'progress',
      pass: 1,
      bytesRead,
      bytesTotal: source.bytes,
      bytesSent: 0,
      bytesSkipped: 0,
      current,
    });
  });
  emit({ type: 'pass-started', pass: 1, package: source.fileName, bytes: source.bytes });
  const { sha512, notes, problem, cached } = await examinePackage(source, collector, {
    ...options,
    sha512: true,
  });
  const problems = problem ? [problem] : [...notes];
  if (expected !== null && sha512 !== null && expected !== sha512)
    problems.push(checksumMismatch(source, expected, sha512));
  return {
    path: source.path,
    name: source.fileName,
    ...labelsOf(source),
    bytes: source.bytes,
    sha512,
    checksum: expected === null || sha512 === null ? 'unknown' : expected === sha512 ? 'ok' : 'mismatch',
    charts: collector.charts,
    images: collector.images,
    blobBytes: 0,
    sharedBytes: 0,
    cached,
    problems: [...problems, ...collector.problems].map((problem) => toProblem(problem)),
  };
}

function labelsOf(source: PackageSource): Pick<InventoryPackage, 'family' | 'version' | 'arch'> {
  const { family, version, arch } = parsePackageName(source.fileName);
  return { family, version, arch };
}

/** The file is not the one that its checksum is for. */
export function checksumMismatch(source: PackageSource, expected: string, actual: string): AppError {
  const start = (hex: string) => `${hex.slice(0, 16)}…`;
  return new AppError('package.checksum-mismatch', {
    origin: 'package',
    params: { file: source.fileName, expected: start(expected), actual: start(actual) },
  });
}

class Collector implements PackageVisitor {
  readonly charts: InventoryChart[] = [];
  readonly images: InventoryImage[] = [];
  readonly problems: AppError[] = [];
  readonly #tell: (bytesRead: number, current: string) => void;
  #current = '';
  #lastTold = 0;

  constructor(tell: (bytesRead: number, current: string) => void) {
    this.#tell = tell;
  }

  bundleStart(bundle: BundleId): Promise<void> {
    this.#current = bundle.path;
    return Promise.resolve();
  }

  bundleEnd(bundle: BundleId, content: BundleContent): Promise<void> {
    if (content.problem) {
      this.problems.push(content.problem);
      return Promise.resolve();
    }
    try {
      // no rules: the inventory names images as the package does
      this.#take(bundle, planBundle(bundle, content, {}));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.problems.push(error);
    }
    return Promise.resolve();
  }

  progress(bytesRead: number): void {
    const now = performance.now();
    if (now - this.#lastTold < PROGRESS_EVERY_MS) return;
    this.#lastTold = now;
    this.#tell(bytesRead, this.#current);
  }

  #take(bundle: BundleId, plan: BundlePlan): void {
    const { chart } = plan;
    this.problems.push(...plan.imageProblems);
    if (chart) {
      const lacking = plan.absent.map((image) =>
        absentImage(chart.chart.name, familiarReference(image.source)),
      );
      this.charts.push({
        repo: chart.folder,
        name: chart.chart.name,
        version: chart.chart.version,
        images: [...new Set(chart.plan.images.map((image) => familiarReference(image.source)))],
        lacking: plan.absent.map((image) => familiarReference(image.source)),
        skipImages: false,
        problems: [...plan.chartProblems, ...lacking].map((problem) => toProblem(problem)),
      });
    }
    for (const { source, image } of plan.images) {
      const { manifest, config, layers, platform, created, problem } = image;
      this.images.push({
        source,
        platform: formatPlatform(platform),
        digest: manifest.digest,
        config: config.digest,
        mediaType: manifest.mediaType,
        created,
        programs: 'unknown',
        mislabelled: false,
        named: true,
        bytes: layers.reduce((sum, layer) => sum + layer.size, config.size),
        layers: layers.map(({ digest, size }) => ({ digest, bytes: size })),
        repo: bundle.folder,
        chart: chart?.chart.name ?? '',
        problem: problem && toProblem(problem),
      });
    }
  }
}

function absentImage(chart: string, image: string): AppError {
  return new AppError('plan.image-absent', { origin: 'package', params: { chart, image } });
}
