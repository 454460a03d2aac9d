// One pass over one package: sends blobs while they are read, and collects the images and charts that may get names afterwards.
import type { Digest } from '../../content/digest.js';
import { isDockerType } from '../../content/media-types.js';
import { describePlatform } from '../../content/platform.js';
import type { Reference } from '../../content/reference.js';
import type { NamingRules } from '../../chart/relocation/naming.js';
import { unprovenCollisions } from '../../chart/relocation/shared-names.js';
import { AppError } from '../../errors.js';
import { nameImages } from '../../package/images/name-images.js';
import type {
  BundleContent,
  BundleHead,
  BundleId,
  PackageImage,
  PackageVisitor,
  PassingBlob,
  ProvenBlob,
} from '../../package/stream/package-stream.js';
import {
  bundleName,
  planBundle,
  planChartOf,
  type BundlePlan,
  type PlannedChart,
  type PlannedImage,
} from '../../plan/bundle-plan.js';
import { mislabelledProblem } from '../../plan/mislabelled.js';
import { chartSelected, imageSelected, isInShard, type SelectionRules } from '../../plan/selection.js';
import { placeIn, referenceIn } from '../../target/place.js';
import type { TagReader } from '../../ports/tag-reader.js';
import type { BlobSender } from '../upload/blob-sender.js';
import type { Counters } from '../base/counters.js';
import { Awaited } from './awaited.js';
import { absentImages, isAnySelected, platformsOf } from '../../plan/absent-images.js';
import { offerChart, unreadableChart, type OfferedChart } from '../base/offered-chart.js';
import { keepOut, NO_REFUSALS, type BundleAdmission, type Refusals } from './bundle-admission.js';
import { completeOffer } from './complete-offer.js';
import { asPacked, dockerRefused, inOciForm, withoutUnfitting } from './converted-image.js';
import { SeenContent } from './nothing-selected.js';
import { newOffer, offerKey, type Offer } from '../base/offer.js';
import type { PauseGate } from '../../flow/pause-gate.js';
import { concernsOneItem } from '../base/run-ending.js';
import type { Spool } from '../base/spool.js';
import { forEachLimited, TaskPool } from '../../flow/task-pool.js';
import { BUNDLES_COMPLETED_AT_A_TIME, IMAGES_OF_BUNDLE_AT_A_TIME } from '../../flow/limits.js';
import { PassBudget } from '../../flow/pass-budget.js';

export interface PassOptions {
  readonly packageAt: number;
  readonly rules: NamingRules;
  readonly selection: SelectionRules;
  /** Names images that nothing else names (`--image-name`); null: they stay nameless. */
  readonly imageName: Reference | null;
  /** Null: nothing is sent. */
  readonly sender: BlobSender | null;
  /** Null where nothing is sent. */
  readonly admission: BundleAdmission | null;
  /** Null with `--no-images`. */
  readonly images: TagReader | null;
  readonly spool: Spool;
  readonly counters: Counters;
  /** From the second pass on: the blobs to send, each with the repositories that lack it. Null in the first pass. */
  readonly wanted: ReadonlyMap<Digest, ReadonlySet<string>> | null;
  /** Images whose programs are of another architecture than the config claims may get names. */
  readonly allowMislabelled: boolean;
  /** Images with Docker's media types get those of OCI. */
  readonly convertToOci: boolean;
  /** The target takes OCI media types only: the pass ends at the first image with Docker's. */
  readonly onlyOci: boolean;
  /** Where reading waits. */
  readonly pause: Pick<PauseGate, 'passed'>;
  readonly signal: AbortSignal;
}

/** What the passes over one package found. It says nothing about whether the package as a whole is proven. */
export interface PackageFindings {
  readonly offers: Map<string, Offer>;
  readonly charts: OfferedChart[];
  /** One for each bundle or image that gets no name. */
  readonly problems: AppError[];
  /** The blobs of each bundle in their order: from them the next pass knows digests before it reads the bytes. */
  readonly blobs: Map<number, ProvenBlob[]>;
  readonly seen: SeenContent;
}

/** Findings before the first pass over a package. */
export function emptyFindings(): PackageFindings {
  return { offers: new Map(), charts: [], problems: [], blobs: new Map(), seen: new SeenContent() };
}

/** The bundle that is being read. */
interface OpenBundle {
  /** Repositories that the chart names; null while the chart was not read yet. */
  repositories: readonly string[] | null;
  tags: readonly { readonly repository: string; readonly tag: string }[];
  selected: boolean;
  position: number;
  folder: string;
  /** Where blobs of the bundle may go, once it was asked whether their projects exist. */
  places: Promise<readonly string[]> | null;
  tagsAbsent: Promise<boolean> | null;
}

/** The visitor of one pass. `finish` must be called after the last byte, also when reading failed. */
export class PackagePass implements PackageVisitor {
  readonly budget = new PassBudget();
  readonly #options: PassOptions;
  readonly #findings: PackageFindings;
  readonly #completing = new TaskPool(BUNDLES_COMPLETED_AT_A_TIME);
  #open: OpenBundle = closedBundle();
  readonly #awaited: Awaited;

  constructor(options: PassOptions, findings: PackageFindings) {
    this.#options = options;
    this.#findings = findings;
    this.#awaited = new Awaited(findings.offers.values(), options.wanted);
  }

  async bundleStart(): Promise<void> {
    await this.#options.pause.passed(this.#options);
    this.#open = closedBundle();
  }

  bundleHead(bundle: BundleId, head: BundleHead): Promise<void> {
    let planned: PlannedChart | null;
    try {
      planned = planChartOf(bundle, head, this.#options.rules, this.budget);
    } catch (error) {
      // reported at the end of the bundle; no image of it gets a name, so nothing is sent
      if (!(error instanceof AppError)) throw error;
      this.#open.selected = false;
      return Promise.resolve();
    }
    this.#open.selected = this.#isSelected(planned, bundle);
    if (!planned) return Promise.resolve();
    this.#options.counters.working(`${planned.chart.name} ${planned.chart.version}`);
    this.#open.folder = planned.folder;
    const { images } = this.#options;
    if (!images) return Promise.resolve();
    this.#open.tags = planned.plan.images.map((image) => placeIn(images, image.target));
    this.#open.repositories = [...new Set(this.#open.tags.map((place) => place.repository))];
    return Promise.resolve();
  }

  async blob(bundle: BundleId, blob: PassingBlob): Promise<void> {
    await this.#options.pause.passed(this.#options);
    const open = this.#open;
    const known = this.#findings.blobs.get(bundle.ordinal)?.[open.position++];
    const { sender, wanted, images } = this.#options;
    if (!sender || !images) return;
    if (wanted) {
      // a body that is compressed on the way gets the same digest as in the pass before
      const claimed = blob.claimed ?? known?.digest ?? null;
      const size = blob.size ?? known?.size ?? null;
      const repositories = claimed && wanted.get(claimed);
      if (!claimed || !repositories) return;
      await sender.place({ ...blob, claimed, size }, [...repositories], 'all', never);
      this.#awaited.passed(claimed);
      return;
    }
    if (!open.selected) return;
    const repositories = await this.#placesNow(open, images);
    if (!repositories?.length) return; // it is sent in the next pass, when its repository is known
    await sender.place(blob, repositories, 'any', () => (open.tagsAbsent ??= this.#areTagsAbsent(open)));
  }

  blobProven(bundle: BundleId, blob: ProvenBlob): Promise<void> {
    if (this.#options.wanted) return Promise.resolve();
    const blobs = this.#findings.blobs.get(bundle.ordinal);
    if (blobs) blobs.push(blob);
    else this.#findings.blobs.set(bundle.ordinal, [blob]);
    return Promise.resolve();
  }

  async bundleEnd(bundle: BundleId, read: BundleContent): Promise<void> {
    const content = nameImages(read, bundle.path, this.#options.imageName);
    if (content.problem) {
      this.#tellOnce(content.problem);
      return;
    }
    let plan: BundlePlan;
    try {
      plan = planBundle(bundle, content, this.#options.rules, this.budget);
      if (this.#options.convertToOci) plan = withoutUnfitting(plan);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await this.#tellUnreadable(bundle, content, error);
      return;
    }
    const isTaken = this.#isSelected(plan.chart, bundle);
    if (!this.#options.wanted) this.#findings.seen.addBundle(plan, isTaken ? this.#meant(plan) : null);
    if (!isTaken) return;
    const refusals = await this.#refusals(plan);
    if (!this.#options.wanted) {
      this.#findings.problems.push(...plan.imageProblems);
      if (plan.chart) {
        const meant = this.#meant(plan);
        // With --no-images no tag is written, so nothing compares their content
        const written = this.#options.images ? meant : [];
        const brought = new Set(written.map((planned) => planned.source));
        const collisions = unprovenCollisions(plan.chart.plan, brought);
        const problems = [...plan.chartProblems, ...collisions, ...refusals.ofChart];
        const { packageAt, spool, selection } = this.#options;
        const absent = absentImages(plan, content, meant, selection);
        const isSelected = isAnySelected(plan.chart, absent);
        const seen = { notes: plan.chartNotes, platforms: platformsOf(content), isSelected };
        const facts = { packageAt, problems, absent, ...seen };
        this.#findings.charts.push(await offerChart(plan.chart, facts, spool));
      }
    }
    if (!this.#options.images) return;
    const work: Offer[] = [];
    for (const planned of this.#meant(plan)) {
      const offer = await this.#offer(planned, plan.chart, refusals);
      if (!offer.problem) work.push(offer);
    }
    await this.#completing.start(() =>
      forEachLimited(work, IMAGES_OF_BUNDLE_AT_A_TIME, (offer) => this.#complete(offer)),
    );
    for (const offer of work) this.#awaited.passed(offer);
    this.#awaited.throwIfEnough();
  }

  progress(bytesRead: number): void {
    this.#options.counters.read(bytesRead);
  }

  /** Waits for all uploads of this pass, also after reading has failed, so that none goes on after the run has ended. */
  async finish(): Promise<void> {
    const { sender } = this.#options;
    const ended = await Promise.allSettled([sender?.settle(), this.#completing.drain()]);
    sender?.throwFatal();
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  }

  /** Repositories that a blob may be sent to before the end of the bundle tells its image. Null or none: it cannot be sent yet. */
  async #placesNow(open: OpenBundle, images: TagReader): Promise<readonly string[] | null> {
    const { selection, admission } = this.#options;
    // only some images of the bundle are selected, and which blobs are theirs is known at the end of the bundle
    if (selection.images.length + selection.platforms.length > 0) return null;
    if (images.blobsPerRepository) {
      const { repositories, folder } = open;
      if (!admission || repositories === null) return repositories;
      return (open.places ??= admission.placesOf(folder, repositories));
    }
    const mayBeLeftOut = open.repositories === null && selection.only.length + selection.skip.length > 0;
    return mayBeLeftOut ? null : [''];
  }

  /** The selected images of a bundle. */
  #meant(plan: BundlePlan): readonly PlannedImage[] {
    const { selection } = this.#options;
    return plan.images.filter(({ source, image }) => imageSelected(selection, source, image.platform));
  }

  #isSelected(planned: PlannedChart | null, { path }: BundleId): boolean {
    const { selection } = this.#options;
    if (!planned) return isInShard(selection.shard, path);
    const { name, version } = planned.chart;
    return chartSelected(selection, { folder: planned.folder, name, version });
  }

  /** Keeps a problem in the first pass only, because each further pass finds the same damage again. */
  #tellOnce(problem: AppError): void {
    if (!this.#options.wanted) this.#findings.problems.push(problem);
  }

  /** A chart that cannot be read gets a row, unless it was not asked for. */
  async #tellUnreadable(bundle: BundleId, { chart }: BundleContent, problem: AppError): Promise<void> {
    const { packageAt, spool, selection, wanted } = this.#options;
    const row = await unreadableChart(bundle, chart, problem, packageAt, spool);
    if (wanted || !chartSelected(selection, row)) return;
    this.#findings.problems.push(problem);
    this.#findings.charts.push(row);
  }

  async #refusals(plan: BundlePlan): Promise<Refusals> {
    const { admission, images } = this.#options;
    if (!admission || !images) return NO_REFUSALS;
    const repositories = this.#meant(plan).map(({ target }) => placeIn(images, target).repository);
    return admission.refusalsOf(plan.chart?.folder ?? null, repositories);
  }

  async #offer(planned: PlannedImage, bundle: PlannedChart | null, refusals: Refusals): Promise<Offer> {
    const { packageAt, images, convertToOci, onlyOci, spool } = this.#options;
    const { image, convertedFrom } = convertToOci ? inOciForm(planned.image) : asPacked(planned.image);
    const place = images ? placeIn(images, planned.target) : { repository: '', tag: '' };
    if (onlyOci && images && isDockerType(image.manifest.mediaType))
      throw dockerRefused(images.host, referenceIn(images, place));
    const key = offerKey({ packageAt, ...place, manifest: image.manifest });
    const known = this.#findings.offers.get(key);
    const offer = known ?? (await newOffer({ packageAt, ...place, convertedFrom }, image, spool));
    this.#findings.offers.set(key, offer);
    offer.addSource(planned.source, bundle ? bundleName(bundle) : '');
    if (!image.problem) offer.isWholeInAnotherBundle();
    keepOut(offer, refusals, known !== undefined);
    // registries may allow layers that lie elsewhere; what a folder serves has to be in it
    if (images?.kind === 'folder' && image.absentLayers.length > 0)
      offer.exclude(incompleteInFolder(planned.source, image));
    const mislabelled = mislabelledProblem(planned.source, image);
    if (mislabelled && !this.#options.allowMislabelled) offer.exclude(mislabelled);
    return offer;
  }

  async #complete(offer: Offer): Promise<void> {
    const { sender, counters, wanted, spool, signal } = this.#options;
    if (!sender || (wanted && offer.missing.length === 0)) return;
    counters.working(`${offer.repository}:${offer.tag} ${describePlatform(offer.platform)}`);
    await completeOffer(offer, sender, spool, { signal });
  }

  /** True when no tag of the bundle exists yet. Its blobs are then taken to be absent without asking for each. */
  async #areTagsAbsent(open: OpenBundle): Promise<boolean> {
    const { images, signal } = this.#options;
    // in a folder all names share their blobs, so absent names say nothing about blobs
    if (!images?.blobsPerRepository || open.tags.length === 0) return false;
    try {
      const held = await Promise.all(
        open.tags.map(({ repository, tag }) => images.getManifest(repository, tag, { signal })),
      );
      return held.every((manifest) => manifest === null);
    } catch (error) {
      if (!concernsOneItem(error, { signal })) throw error;
      return false; // the failure shows again, and is reported, when the tag is decided
    }
  }
}

function incompleteInFolder(source: string, { absentLayers }: PackageImage): AppError {
  const params = { image: source, count: absentLayers.length };
  return new AppError('folder.layers-elsewhere', { origin: 'disk', params });
}

function closedBundle(): OpenBundle {
  return {
    repositories: null,
    tags: [],
    selected: true,
    position: 0,
    folder: '',
    places: null,
    tagsAbsent: null,
  };
}

function never(): Promise<boolean> {
  return Promise.resolve(false);
}
