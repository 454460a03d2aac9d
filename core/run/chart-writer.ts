// Publishes each chart once a run, after all packages and tags: its values then point to what the target really serves.
import type { ChartAction, ChartChangePolicy, Problem } from '../contract.js';
import { digestOf, type Digest } from '../content/digest.js';
import { familiarReference, formatReference } from '../content/reference.js';
import { packChart, unpackChart } from '../chart/archive.js';
import type { Chart } from '../chart/chart.js';
import { compareCharts } from '../chart/equality.js';
import { relocateChart } from '../chart/relocate-chart.js';
import type { ChartFiles, ChartImage, ValuePath } from '../chart/types.js';
import { AppError, isAbort, toProblem } from '../errors.js';
import { matchesChart } from '../plan/selection.js';
import type { ChartTarget, PublishedChart } from '../target/chart-target.js';
import type { ChartOpening } from '../target/connect.js';
import type { ImageTarget } from '../target/image-target.js';
import { placeIn } from '../target/place.js';
import type { Counters } from './counters.js';
import type { ChartRow, Journal } from './journal.js';
import { endsRun } from './run-ending.js';
import { offeredFiles, type OfferedChart } from './offered-chart.js';
import type { Spool } from './spool.js';

export interface ChartWriterOptions {
  /** Chart repositories for a folder of the package. */
  readonly targetsFor: (folder: string) => Promise<readonly ChartOpening[]>;
  /** Null with `--no-images`. */
  readonly images: ImageTarget | null;
  /** What the target serves under `repository:tag` after this run; null when this run did not get it there. */
  readonly servedDigest: (repository: string, tag: string) => Digest | null;
  readonly policy: ChartChangePolicy;
  readonly keepCharts: readonly string[];
  readonly spool: Spool;
  readonly journal: Journal;
  readonly counters: Counters;
  readonly signal: AbortSignal;
}

/** The chart as this run would publish it. */
interface Prepared {
  readonly files: ChartFiles;
  readonly written: readonly ValuePath[];
  readonly pinned: boolean;
}

export class ChartWriter {
  readonly #options: ChartWriterOptions;

  constructor(options: ChartWriterOptions) {
    this.#options = options;
  }

  /** The repositories that the chart's folder maps to, or why one of them cannot be opened. */
  async targetsFor(chart: OfferedChart): Promise<readonly ChartOpening[]> {
    return this.#options.targetsFor(chart.folder);
  }

  /** Publishes one chart to one repository; never throws for this chart alone. */
  async publish(chart: OfferedChart, target: ChartTarget): Promise<ChartRow> {
    return this.#guarded(chart, target, () => this.#publishTo(chart, target));
  }

  /** Under the `stop` policy: the repositories that hold the same version with other content, which `publish` would meet. */
  async conflicts(chart: OfferedChart): Promise<readonly string[]> {
    if (chart.problems.length > 0 || this.#isKept(chart)) return [];
    const own = await offeredFiles(chart, this.#options.spool);
    const written = chart.plan.images.flatMap((image) => image.keys);
    const urls: string[] = [];
    for (const opening of await this.#options.targetsFor(chart.folder)) {
      if ('problem' in opening) throw opening.problem;
      const target = opening.charts;
      const present = await target.getChart(own.name, own.version, { signal: this.#options.signal });
      if (present && difference(present, own.files, written) === 'different') urls.push(target.url);
    }
    return urls;
  }

  async #publishTo(chart: OfferedChart, target: ChartTarget): Promise<ChartRow> {
    const { signal, journal, counters, spool } = this.#options;
    const { name, version } = chart;
    counters.working(`${name} ${version}`);
    const [blocked] = chart.problems;
    if (blocked) return this.#row(chart, target, 'blocked', null, null, blocked);
    const kept = this.#isKept(chart);
    const present = await target.getChart(name, version, { signal });
    if (kept && present) return this.#row(chart, target, 'keep', digestOf(present.archive), null, null);
    const own = await offeredFiles(chart, spool);
    const ours = kept ? { files: own.files, written: [], pinned: false } : await this.#prepare(chart, own);
    const action = present ? this.#choose(present, ours) : 'publish';
    if (present && action !== 'replace') {
      const problem = action === 'conflict' ? this.#conflict(chart, target) : null;
      return this.#row(chart, target, action, digestOf(present.archive), null, problem);
    }
    const archive = packChart(name, ours.files);
    const before = present ? await journal.keepChart(present.archive, present.provenance) : null;
    const published: PublishedChart = { name, version, archive, provenance: null };
    try {
      await target.putChart(published, { signal });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'chart-repo.refuses-overwrite') throw error;
      // a kept chart that pins one platform's digest cannot serve the nodes of the others
      return this.#row(chart, target, ours.pinned ? 'failed' : 'conflict', null, null, error);
    }
    counters.chartBytesSent += archive.length;
    return this.#row(chart, target, action, digestOf(archive), before, null);
  }

  #choose(present: PublishedChart, ours: Prepared): 'skip' | 'replace' | 'keep' | 'conflict' {
    const found = difference(present, ours.files, ours.written);
    if (found === 'same') return 'skip';
    switch (this.#options.policy) {
      case 'auto':
        return found === 'only-ours' ? 'replace' : 'conflict';
      case 'replace':
        return 'replace';
      case 'keep':
        return 'keep';
      case 'stop':
        return found === 'only-ours' ? 'replace' : 'conflict';
    }
  }

  /** Values point to the target for every image that it serves; an image that nobody has keeps its name. */
  async #prepare(chart: OfferedChart, own: Chart): Promise<Prepared> {
    const { plan } = chart;
    const served: ChartImage[] = [];
    const pins = new Map<string, Digest>();
    for (const image of plan.images) {
      const digest = await this.#served(chart, image);
      // without a look at the registry (--no-images) a pin cannot be known, so that image keeps its name
      if (digest === null || (digest === 'unknown' && image.pin)) continue;
      served.push(image);
      if (image.pin && digest !== 'unknown') pins.set(formatReference(image.target), digest);
    }
    const { files } = relocateChart(own, { ...plan, images: served }, pins);
    return { files, written: served.flatMap((image) => image.keys), pinned: pins.size > 0 };
  }

  /** The digest under the image's tag in the target, null when the target does not have it. */
  async #served(chart: OfferedChart, image: ChartImage): Promise<Digest | 'unknown' | null> {
    const { images, servedDigest, signal } = this.#options;
    if (!images) return 'unknown';
    const { repository, tag } = placeIn(images, image.target);
    const digest =
      servedDigest(repository, tag) ??
      (await images.getManifest(repository, tag, { signal }))?.digest ??
      null;
    // an image that came with the bundle and did not make it: publishing would point nodes to nothing
    if (digest === null && !chart.absent.includes(image)) {
      throw new AppError('run.chart-image-missing', {
        origin: 'package',
        params: { chart: chart.name, image: familiarReference(image.source) },
      });
    }
    return digest;
  }

  async #guarded(chart: OfferedChart, target: ChartTarget, work: () => Promise<ChartRow>): Promise<ChartRow> {
    try {
      return await work();
    } catch (error) {
      if (isAbort(error, this.#options.signal) || !(error instanceof AppError) || endsRun(error)) throw error;
      const action = error.code === 'run.chart-image-missing' ? 'blocked' : 'failed';
      return this.#row(chart, target, action, null, null, error);
    }
  }

  #isKept({ folder, name, version }: OfferedChart): boolean {
    return matchesChart(this.#options.keepCharts, { folder, name, version });
  }

  #conflict(chart: OfferedChart, target: ChartTarget): AppError {
    const { name, version } = chart;
    return new AppError('run.chart-conflict', {
      origin: 'chart-repo',
      params: { name, version, url: target.url },
    });
  }

  #row(
    chart: OfferedChart,
    target: ChartTarget,
    action: ChartAction,
    digest: string | null,
    before: string | null,
    problem: AppError | null,
  ): ChartRow {
    return this.row(chart, target.url, action, digest, before, problem && toProblem(problem));
  }

  /** What a report says of a chart in one repository. */
  row(
    chart: OfferedChart,
    url: string,
    action: ChartAction,
    digest: string | null,
    before: string | null,
    problem: Problem | null,
  ): ChartRow {
    const { folder, name, version } = chart;
    return { repo: folder, url, name, version, action, digest, before, problem };
  }
}

/** An archive that cannot be unpacked is another chart, and the policy decides about it. */
function difference(
  present: PublishedChart,
  ours: ChartFiles,
  written: readonly ValuePath[],
): ReturnType<typeof compareCharts> {
  try {
    return compareCharts(unpackChart(present.archive), ours, written);
  } catch (error) {
    if (error instanceof AppError) return 'different';
    throw error;
  }
}
