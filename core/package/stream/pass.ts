// State of one pass over a package: numbers the bundles, calls the visitor, and collects notes and damage for the end.
import type { AppError } from '../../errors.js';
import { PassBudget } from '../../flow/pass-budget.js';
import { SeenLayers } from '../programs/seen-layers.js';
import type {
  BundleContent,
  BundleHead,
  BundleId,
  ChartFiles,
  PackageVisitor,
  PassingBlob,
  ProvenBlob,
  YamlFileInside,
} from './package-stream.js';

/** Wraps what a visitor threw until the pass has ended. Otherwise it could be taken for damage of a bundle, which does not end the pass. */
export class VisitorFailure extends Error {
  constructor(cause: unknown) {
    super('the visitor failed', { cause });
    this.name = 'VisitorFailure';
  }
}

/** A chart that is in no bundle. */
export interface LooseChart {
  /** Name of the folder that it lies in; '' where that is not one of a package. */
  readonly folder: string;
  /** Path inside the package, or the name of the artifact. */
  readonly path: string;
  readonly files: ChartFiles;
}

function isSameChart(one: ChartFiles, other: ChartFiles): boolean {
  if (one.size !== other.size) return false;
  return [...one].every(([path, bytes]) => other.get(path)?.equals(bytes));
}

/** The state of one pass, shared by the readers of nested archives. */
export class Pass {
  readonly #visitor: PackageVisitor;
  readonly signal: AbortSignal;
  /** What the readers and the visitor may use together. */
  readonly budget: PassBudget;
  /** Look at the programs inside images. */
  readonly programs: boolean;
  readonly seenLayers = new SeenLayers();
  readonly notes: AppError[] = [];
  /** Small YAML files beside the bundles. */
  readonly yamlFiles: YamlFileInside[] = [];
  /** What lies at the top of the package, as far as a message names it. */
  readonly topNames = new Set<string>();
  /** Chart archives that lie beside bundles; they are not read. */
  chartArchives = 0;
  /** Charts that lie beside images, as archives or as artifacts. They count where no bundle brings a chart. */
  readonly #looseCharts: LooseChart[] = [];
  #chartBundles = 0;
  /** True when charts or hints were read that no checksum inside the package proves. */
  hasUncheckedText = false;
  /** Damage through which unknown bundles may be lost; it is thrown when all the rest has been read. */
  #damage: AppError | null = null;
  #bundles = 0;

  constructor(
    visitor: PackageVisitor,
    packageBytes: number,
    options: { readonly programs?: boolean; readonly signal: AbortSignal },
  ) {
    this.#visitor = visitor;
    this.signal = options.signal;
    this.budget = visitor.budget ?? new PassBudget();
    this.budget.begin(packageBytes, options);
    this.programs = options.programs ?? false;
  }

  /** Bundles seen so far. */
  get bundles(): number {
    return this.#bundles;
  }

  get damage(): AppError | null {
    return this.#damage;
  }

  addDamage(damage: AppError): void {
    this.#damage ??= damage;
  }

  /** Keeps a note; those beyond the budget are left out, because nobody reads thousands. */
  readonly note = (note: AppError): void => {
    if (this.budget.affords('problems', 1)) this.notes.push(note);
  };

  async bundleStart(folder: string, path: string): Promise<BundleId> {
    const bundle: BundleId = { ordinal: this.#bundles++, folder, path };
    await this.#ask(() => this.#visitor.bundleStart?.(bundle));
    return bundle;
  }

  async bundleHead(bundle: BundleId, head: BundleHead): Promise<void> {
    await this.#ask(() => this.#visitor.bundleHead?.(bundle, head));
  }

  async blob(bundle: BundleId, blob: PassingBlob): Promise<void> {
    await this.#ask(() => this.#visitor.blob?.(bundle, blob));
  }

  async blobProven(bundle: BundleId, blob: ProvenBlob, problem: AppError | null): Promise<void> {
    await this.#ask(() => this.#visitor.blobProven?.(bundle, blob, problem));
  }

  async bundleEnd(bundle: BundleId, content: BundleContent): Promise<void> {
    if (content.chart !== null) this.#chartBundles += 1;
    await this.#ask(() => this.#visitor.bundleEnd?.(bundle, content));
  }

  /** Keeps a chart that lies beside images until the end of the package; one that does not fit into memory is only counted. */
  addLooseChart(chart: LooseChart): void {
    const bytes = [...chart.files.values()].reduce((sum, file) => sum + file.length, 0);
    // other tools store a chart in several places, as an archive and as an artifact
    if (this.#looseCharts.some((known) => isSameChart(known.files, chart.files))) return;
    if (this.#chartBundles > 0 || !this.budget.canHold(bytes)) this.chartArchives += 1;
    else {
      this.budget.hold(bytes, chart.path);
      this.#looseCharts.push(chart);
    }
  }

  /**
   * Delivers the charts that lie beside images as bundles without images, where the package has images and no bundle brings a chart:
   * it is then of another tool, or a folder target. In an add-on package, charts that are no bundles are not meant to be published.
   */
  async deliverLooseCharts(): Promise<void> {
    const charts = this.#looseCharts.splice(0);
    if (this.#chartBundles > 0 || this.#bundles === 0) {
      this.chartArchives += charts.length;
      return;
    }
    for (const { folder, path, files } of charts) {
      const bundle = await this.bundleStart(folder, path);
      const problem = null;
      await this.bundleEnd(bundle, { chart: files, hints: null, images: [], hasImages: false, problem });
    }
  }

  async #ask(call: () => Promise<void> | undefined): Promise<void> {
    this.signal.throwIfAborted();
    try {
      await call();
    } catch (error) {
      throw new VisitorFailure(error);
    }
  }
}
