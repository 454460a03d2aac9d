// Records what a run does: in the journal, as events for the hosts, and in the run's result.
import type { ImageAction, Problem, Report, ReportImage, RunEvent } from '../../contract.js';
import { platformFields } from '../../content/platform.js';
import { type AppError, toProblem } from '../../errors.js';
import type { Counters } from './counters.js';
import type { ChartRow, Journal } from '../../journal/journal.js';
import type { Offer } from './offer.js';
import type { OfferedChart } from './offered-chart.js';
import type { PackageLabel } from '../../inspect/package-labels.js';

/** The outcome for one image under one tag. Platform, digests and package are added from the image's offer. */
export interface ImageRow extends Pick<
  ReportImage,
  'target' | 'sources' | 'action' | 'reason' | 'before' | 'after' | 'problem'
> {
  readonly repository: string;
  readonly tag: string;
}

/** One run, from its first stage to its result. */
export class RunRecord {
  readonly #journal: Journal;
  readonly #counters: Counters;
  readonly #labels: readonly PackageLabel[];
  readonly #emit: (event: RunEvent) => void;
  readonly #told = new Set<string>();
  /** The first problem for each project whose quota was met. */
  readonly #fullProjects = new Map<string, Problem>();
  #isIncomplete = false;
  #isAnythingDone = false;

  constructor(
    journal: Journal,
    counters: Counters,
    labels: readonly PackageLabel[],
    emit: (event: RunEvent) => void,
  ) {
    this.#journal = journal;
    this.#counters = counters;
    this.#labels = labels;
    this.#emit = emit;
  }

  stage(stage: Extract<RunEvent, { type: 'stage' }>['stage']): void {
    // the last bytes that were read belong to the package, so they are told before the tags begin
    if (stage === 'tags') this.#counters.tellRest();
    this.#emit({ type: 'stage', stage });
  }

  /** Tells which images a package offers, for hosts that have no plan to show. Nothing is written to the journal. */
  offered(offers: Iterable<Offer>): void {
    const images = [...offers].map((offer) => ({
      source: [...offer.sources].sort()[0] ?? '',
      digest: offer.manifest.digest,
      ...platformFields(offer.platform),
      package: this.#labels[offer.packageAt]?.fileName ?? '',
      layers: offer.blobs.map(({ digest, size }) => ({ digest, bytes: size })),
    }));
    if (images.length > 0) this.#emit({ type: 'offered', images });
  }

  async packageRead(path: string, sha512: string | null): Promise<void> {
    await this.#journal.append({ type: 'package-read', package: path, sha512 });
  }

  /** Records which images of the target a chart names. An undo that is limited to this chart reads it. */
  async chartImages({ folder, name, version }: OfferedChart, images: readonly string[]): Promise<void> {
    await this.#journal.append({ type: 'chart-images', repo: folder, name, version, images });
  }

  async image(offer: Offer, row: ImageRow): Promise<void> {
    const label = this.#labels[offer.packageAt];
    await this.imageRow({
      source: row.sources[0] ?? '',
      ...row,
      ...platformFields(offer.platform),
      digest: offer.manifest.digest,
      config: offer.config.digest,
      package: label?.fileName ?? '',
      version: label?.version ?? '',
    });
  }

  async imageRow(row: ReportImage & Pick<ImageRow, 'repository' | 'tag'>): Promise<void> {
    const { source, digest, target, action, reason, problem } = row;
    this.#count(action);
    await this.#journal.append({ type: 'image', ...row });
    const { platform, osVersion } = row;
    const version = osVersion === undefined ? {} : { osVersion };
    this.#emit({ type: 'image', source, digest, target, platform, ...version, action, reason });
    if (problem) this.#tell(problem);
  }

  async chart(row: ChartRow): Promise<void> {
    const { url, name, version, action, digest, problem } = row;
    this.#count(action);
    await this.#journal.append({ type: 'chart', ...row });
    this.#emit({ type: 'chart', url, name, version, action, digest });
    if (problem) this.#tell(problem);
  }

  /** Records a problem that leaves the run incomplete. */
  async problem(error: AppError): Promise<void> {
    this.#isIncomplete = true;
    await this.note(error);
  }

  /** Records a problem that leaves nothing undone. */
  async note(error: AppError): Promise<void> {
    const problem = toProblem(error);
    this.#tell(problem);
    await this.#journal.append({ type: 'problem', problem });
  }

  /** The result of a run that was not cancelled. */
  result(): Report['result'] {
    if (!this.#isIncomplete) return 'done';
    return this.#isAnythingDone ? 'partial' : 'failed';
  }

  async end(result: Report['result']): Promise<void> {
    this.#counters.tellRest();
    await this.#journal.append({ type: 'run-ended', result, totals: this.#counters.totals() });
    this.stage('done');
    this.#emit({ type: 'run-ended', run: this.#journal.run, result });
  }

  /** Puts quotas that were met among the problems of the run: they stand in the rows of the items that failed by them. */
  async tellFullProjects(): Promise<void> {
    for (const problem of this.#fullProjects.values())
      await this.#journal.append({ type: 'problem', problem });
  }

  /** Emits a problem once, although many rows may have it; in the report it stands in each row. */
  #tell(problem: Problem): void {
    if (problem.code === 'registry.quota-exceeded') {
      const project = String(problem.params['project'] ?? '');
      if (!this.#fullProjects.has(project)) this.#fullProjects.set(project, problem);
    }
    const key = JSON.stringify([problem.code, problem.params]);
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#emit({ type: 'problem', problem });
  }

  #count(action: ImageAction | ChartRow['action']): void {
    if (action === 'failed' || action === 'blocked') this.#isIncomplete = true;
    else this.#isAnythingDone = true;
  }
}
