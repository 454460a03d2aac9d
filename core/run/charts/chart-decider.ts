// Decides what to do with a chart in one repository: compares the chart that this run would publish with what lies there.
import type { ChartAction, ChartChangePolicy, Decision } from '../../contract.js';
import type { Digest } from '../../content/digest.js';
import { familiarReference, formatReference } from '../../content/reference.js';
import { packChart, unpackChart } from '../../chart/files/archive.js';
import type { Chart } from '../../chart/files/chart.js';
import { compareCharts } from '../../chart/files/equality.js';
import { relocateChart } from '../../chart/relocate-chart.js';
import type { ChartFiles, ChartImage, ValueChange, ValuePath } from '../../chart/types.js';
import { AppError } from '../../errors.js';
import type { ErrorCode } from '../../messages/catalog.js';
import { contained } from '../../package/bytes/damage.js';
import type { PlannedChoices } from '../../plan/planned-choices.js';
import { matchesChart } from '../../plan/selection.js';
import type { ChartTarget, PublishedChart } from '../../ports/chart-target.js';
import type { DisputeLookup } from '../tags/disputes.js';
import type { TagReader } from '../../ports/tag-reader.js';
import { placeIn } from '../../target/place.js';
import { offeredFiles, type OfferedChart } from '../base/offered-chart.js';
import type { Spool } from '../base/spool.js';

export interface ChartDeciderOptions {
  /** Null with `--no-images`. */
  readonly images: TagReader | null;
  /** What the target serves under `repository:tag` after this run; null when this run does not write it. */
  readonly servedDigest: (repository: string, tag: string) => Digest | null;
  /** Why the image of a source was not written, when its name belongs to another source, too. */
  readonly dispute: DisputeLookup;
  readonly policy: ChartChangePolicy;
  /** The decision of a person in the plan that is carried out. */
  readonly choices: PlannedChoices;
  readonly keepCharts: readonly string[];
  readonly spool: Spool;
  readonly signal: AbortSignal;
}

export interface ChartDecision {
  readonly action: Exclude<ChartAction, 'failed'>;
  /** What the repository holds now under this name and version. */
  readonly present: PublishedChart | null;
  /** The archive to publish; null where nothing is to be written. */
  readonly archive: Buffer | null;
  /** Size in bytes of the archive that is written, or that a person's decision would write; 0 where nothing could be. */
  readonly bytes: number;
  /** The values that differ from those of the package's chart. */
  readonly changes: readonly ValueChange[];
  /** True where the repository holds other content, so that a person may decide otherwise. */
  readonly isChanged: boolean;
  /** True where the values name an image by a digest of this target. */
  readonly isPinned: boolean;
  readonly problem: AppError | null;
}

/** The chart as this run would publish it. */
interface Prepared {
  readonly files: ChartFiles;
  readonly changes: readonly ValueChange[];
  readonly written: readonly ValuePath[];
  readonly isPinned: boolean;
}

/** What about its images keeps a chart from being published. */
const BLOCKING: ReadonlySet<string> = new Set<ErrorCode>([
  'run.chart-image-missing',
  'run.chart-image-disputed',
]);

const NOTHING = { archive: null, bytes: 0, changes: [], isChanged: false, isPinned: false } as const;

/** Decides about charts, each by itself. */
export class ChartDecider {
  readonly #options: ChartDeciderOptions;

  constructor(options: ChartDeciderOptions) {
    this.#options = options;
  }

  /** Throws AppErrors of the repository and of the package. */
  async decide(chart: OfferedChart, target: ChartTarget): Promise<ChartDecision> {
    const { name, version } = chart;
    const [blocked] = chart.problems;
    if (blocked) return { action: 'blocked', present: null, ...NOTHING, problem: blocked };
    const present = await this.#present(target, name, version);
    const isKept = matchesChart(this.#options.keepCharts, chart);
    if (isKept && present) return { action: 'keep', present, ...NOTHING, problem: null };
    const own = await offeredFiles(chart, this.#options.spool);
    try {
      const ours = isKept ? asItIs(own) : await this.#prepare(chart, own);
      return contained(`${name} ${version}`, () => this.#choose(chart, target, present, ours));
    } catch (error) {
      if (!(error instanceof AppError) || !BLOCKING.has(error.code)) throw error;
      return { action: 'blocked', present, ...NOTHING, problem: error };
    }
  }

  #choose(
    chart: OfferedChart,
    target: ChartTarget,
    present: PublishedChart | null,
    ours: Prepared,
  ): ChartDecision {
    const { name, version } = chart;
    const { changes, isPinned } = ours;
    const found = present ? difference(present, ours) : 'absent';
    const action = this.#action(
      found,
      this.#options.choices.chart({ url: target.url, repo: chart.folder, name, version }),
    );
    const isWritten = action === 'publish' || action === 'replace';
    const isChanged = found === 'only-ours' || found === 'different';
    const archive = isWritten || isChanged ? packChart(name, ours.files) : null;
    return {
      action,
      present,
      archive: isWritten ? archive : null,
      bytes: archive?.length ?? 0,
      changes,
      isChanged,
      isPinned,
      problem:
        action === 'conflict'
          ? new AppError('run.chart-conflict', {
              origin: 'chart-repo',
              params: { name, version, url: target.url },
            })
          : null,
    };
  }

  #action(found: 'absent' | Difference, decided: Decision | null): ChartDecision['action'] {
    if (found === 'absent') return 'publish';
    if (found === 'same') return 'skip';
    if (decided) return decided === 'stop' ? 'conflict' : decided;
    switch (this.#options.policy) {
      case 'auto':
      case 'stop':
        return found === 'only-ours' ? 'replace' : 'conflict';
      case 'replace':
        return 'replace';
      case 'keep':
        return 'keep';
    }
  }

  async #present(target: ChartTarget, name: string, version: string): Promise<PublishedChart | null> {
    try {
      return await target.getChart(name, version, { signal: this.#options.signal });
    } catch (error) {
      // a project that does not exist holds no chart
      if (error instanceof AppError && error.code === 'registry.project-missing') return null;
      throw error;
    }
  }

  /** Values point to the target for every image that it serves; an image that neither package nor target has keeps its name. */
  async #prepare(chart: OfferedChart, own: Chart): Promise<Prepared> {
    const { plan } = chart;
    const served: ChartImage[] = [];
    const pins = new Map<string, Digest>();
    for (const image of plan.images) {
      const digest = await this.#served(chart, image);
      // with --no-images the registry is not read and the digest is unknown, so an image named by digest keeps its name
      if (digest === null || (digest === 'unknown' && image.pin)) continue;
      served.push(image);
      if (image.pin && digest !== 'unknown') pins.set(formatReference(image.target), digest);
    }
    const { files, changes } = contained(`${chart.name} ${chart.version}`, () =>
      relocateChart(own, { ...plan, images: served }, pins),
    );
    return { files, changes, written: served.flatMap((image) => image.keys), isPinned: pins.size > 0 };
  }

  async #held(images: TagReader, repository: string, tag: string): Promise<Digest | null> {
    try {
      return (await images.getManifest(repository, tag, { signal: this.#options.signal }))?.digest ?? null;
    } catch (error) {
      // a project that does not exist holds no image
      if (error instanceof AppError && error.code === 'registry.project-missing') return null;
      throw error;
    }
  }

  /** The digest under the image's tag in the target, null when the target does not have it. */
  async #served(chart: OfferedChart, image: ChartImage): Promise<Digest | 'unknown' | null> {
    const { images, servedDigest } = this.#options;
    if (!images) return 'unknown';
    const { repository, tag } = placeIn(images, image.target);
    const dispute = this.#options.dispute(repository, tag, image.source);
    if (dispute) {
      const params = { ...dispute.params, chart: chart.name, image: familiarReference(image.source) };
      throw new AppError('run.chart-image-disputed', { origin: 'package', params });
    }
    const digest = servedDigest(repository, tag) ?? (await this.#held(images, repository, tag)) ?? null;
    // an image of the bundle that did not reach the target: a published chart would name an image that does not exist
    if (digest === null && !chart.absent.some((absent) => absent.image === image)) {
      throw new AppError('run.chart-image-missing', {
        origin: 'package',
        params: { chart: chart.name, image: familiarReference(image.source) },
      });
    }
    return digest;
  }
}

function asItIs({ files }: Chart): Prepared {
  return { files, changes: [], written: [], isPinned: false };
}

type Difference = ReturnType<typeof compareCharts>;

/** Compares the published chart with ours. An archive that cannot be unpacked counts as `different`, so the policy decides. */
function difference(present: PublishedChart, ours: Prepared): Difference {
  try {
    return compareCharts(unpackChart(present.archive), ours.files, ours.written);
  } catch (error) {
    if (error instanceof AppError) return 'different';
    throw error;
  }
}
