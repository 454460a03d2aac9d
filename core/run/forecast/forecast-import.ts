// What an import will do with every tag and chart, and which space and projects it needs; found out before anything is sent.
import { figuresOf, isWritten } from '../../contract.js';
import type { ImportRequest, Plan, PlanChart, PlanImage, PlanNeeds, RunEvent } from '../../contract.js';
import type { AppError } from '../../errors.js';
import type { NamingRules } from '../../chart/relocation/naming.js';
import type { PackHead } from '../../package/read-pack-head.js';
import { mislabelledProblem } from '../../plan/mislabelled.js';
import type { ConnectedTarget } from '../../target/connect.js';
import { findBases, NO_BASES, type Bases, type Loan } from './base-blobs.js';
import { NO_BLOBS, servedOffers, surveyBlobs, type ServedOffers } from './blob-survey.js';
import type { ProjectGate } from '../base/project-gate.js';
import type { BlobPresence } from '../upload/blob-presence.js';
import type { ChartDecider } from '../charts/chart-decider.js';
import { forecastCharts } from './forecast-charts.js';
import { forecastTags } from './forecast-tags.js';
import { isImmutable, withImmutableTags } from './immutable-tags.js';
import { projectNeeds, type ChartBytes } from './needed-projects.js';
import {
  placesOfCharts,
  placesOfTags,
  refusingPlaces,
  rightsProblems,
  shutPlaces,
  type PlacesAt,
} from './needed-rights.js';
import { loadsOf, type ProjectLoad } from './quota-bytes.js';
import { diskNeeds, spaceProblems, type FreeBytes } from './needed-space.js';
import { planRows } from './plan-rows.js';
import { refusedTypes } from './refused-types.js';
import { checkLacking, outvoted } from '../charts/lacking-images.js';
import { publicationsOf, usableCharts } from '../charts/publish-charts.js';
import { conversionNotes } from '../pass/converted-image.js';
import type { ReadPackage } from '../pass/look-at-package.js';
import type { OfferedChart } from '../base/offered-chart.js';
import type { Spool } from '../base/spool.js';
import type { TagDecider } from '../tags/tag-decider.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import { referenceIn } from '../../target/place.js';
import { disputesAmong, type DisputeLookup } from '../tags/disputes.js';
import { surveyProgress, type SurveyProgress } from '../base/survey-progress.js';
import { tagJobs, type TagJob } from '../tags/tag-jobs.js';
import {
  afterOf,
  rowsOf,
  type TagContentLookup,
  type TagContent,
  type TagForecast,
  type TagRow,
} from '../tags/tag-rows.js';

export interface ForecastJob {
  readonly request: Pick<ImportRequest, 'acceptUnproven' | 'keepCharts' | 'onChartChange'>;
  readonly labels: readonly PackageLabel[];
  /** What packs say of themselves, in the order of the packages; null for every other package. */
  readonly heads: readonly (PackHead | null)[];
  readonly target: ConnectedTarget;
  readonly rules: NamingRules;
  readonly gate: ProjectGate;
  /** Null with `--no-images`. */
  readonly tags: { readonly decider: TagDecider; readonly presence: BlobPresence } | null;
  /** Makes the decider about charts when it is known what each tag will hold. Null: charts are left out of the forecast. */
  readonly charts: ((after: TagContentLookup, dispute: DisputeLookup) => ChartDecider) | null;
  /** True: rows say which tags and charts the registry keeps from being overwritten. It costs a question for each of them. */
  readonly tellsImmutable: boolean;
  readonly spool: Spool;
  readonly stateDir: string;
  readonly freeBytes: FreeBytes;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

/** What the import will do and need. */
export interface ImportForecast {
  readonly blobs: Plan['blobs'];
  readonly images: readonly PlanImage[];
  readonly charts: readonly PlanChart[];
  readonly needs: PlanNeeds;
  /** Missing projects and missing space; each prevents the import. */
  readonly obstacles: readonly AppError[];
  /** Mislabelled images that are imported because an option allows it; images that are converted to OCI. */
  readonly notes: readonly AppError[];
  readonly forecasts: ReadonlyMap<TagJob, TagForecast>;
  readonly offers: ServedOffers;
  /** Blobs that packages send for deltas. */
  readonly loans: readonly Loan[];
}

/** Reads every tag and chart and writes nothing. Throws failures that end the run. */
export async function forecastImport(
  job: ForecastJob,
  read: readonly ReadPackage[],
): Promise<ImportForecast> {
  const { target, request, tags, labels, spool, emit, signal } = job;
  emit({ type: 'stage', stage: 'survey' });
  const offered = usableCharts(read, request.acceptUnproven ?? false);
  const offers = read.flatMap((one) => [...one.findings.offers.values()]);
  const jobs = tags ? tagJobs(offers, labels) : [];
  const { expect, onDone } = surveyProgress(emit);
  expect(jobs.length);
  const places = placesOfTags(target, jobs);
  const shut = await shutPlaces(target, places, { signal });
  const forecasts = tags
    ? await forecastTags(jobs, { decider: tags.decider, labels, spool, onDone, signal })
    : new Map<TagJob, TagForecast>();
  const served = servedOffers(jobs, forecasts);
  const blobs = tags ? await surveyBlobs(jobs, forecasts, tags.presence, { signal }) : NO_BLOBS;
  const bases = await basesOf(job, read, served);
  const rowsFor = (one: TagJob): readonly TagRow[] => {
    const forecast = forecasts.get(one);
    return forecast ? rowsOf(forecast) : [];
  };
  const dispute = disputesAmong(jobs, rowsFor, (one) => referenceIn(target.images ?? { host: '' }, one));
  const tagFacts = { after: afterIn(forecasts), dispute };
  const rows = target.images ? planRows(forecasts, target.images, labels, offered, blobs) : [];
  const images = job.tellsImmutable ? await withImmutableTags(target, rows, { signal }) : rows;
  const { charts, told, ...forCharts } = await chartsOf(job, offered, tagFacts, { expect, onDone });
  const notes = [...letInNotes(forecasts), ...conversionNotes(served.toStore), ...told];
  const { loans } = bases;
  const found = { forecasts, offers: served, loans, blobs: blobs.blobs, images, charts, notes };
  const { needs, obstacles } = await needsOf(job, found, offered, loadsOf(forecasts, blobs));
  const refused = await refusedTypes(target, served.toStore, { signal });
  const known = [
    ...bases.problems,
    ...rightsProblems([...shut, ...forCharts.shut]),
    ...refused,
    ...obstacles,
  ];
  if (known.length > 0) return { ...found, needs, obstacles: known };
  const refusing = await refusingPlaces(target, [...places, ...forCharts.places], { signal });
  return { ...found, needs, obstacles: rightsProblems(refusing) };
}

/** Where the blobs come from that deltas leave out. */
async function basesOf(
  { heads, target, request, rules, tags, signal }: ForecastJob,
  read: readonly ReadPackage[],
  { toStore }: ServedOffers,
): Promise<Bases> {
  if (!tags || !target.images) return NO_BASES;
  const acceptUnproven = request.acceptUnproven ?? false;
  const { presence } = tags;
  return findBases(toStore, { read, heads, target: target.images, rules, presence, acceptUnproven, signal });
}

interface ChartForecast {
  readonly charts: readonly PlanChart[];
  readonly told: readonly AppError[];
  /** OCI repositories that charts go to, and those of them that are shut to this account. */
  readonly places: readonly PlacesAt[];
  readonly shut: readonly PlacesAt[];
}

/** The rows of the charts, and what is to be told of images that their bundles lack. Empty where charts are not asked for. */
async function chartsOf(
  { target, request, labels, charts, tellsImmutable, signal }: ForecastJob,
  offered: readonly OfferedChart[],
  { after, dispute }: { readonly after: TagContentLookup; readonly dispute: DisputeLookup },
  { expect, onDone }: SurveyProgress,
): Promise<ChartForecast> {
  if (!charts) return { charts: [], told: [], places: [], shut: [] };
  const lacking = { images: target.images, after, keepCharts: request.keepCharts ?? [], signal };
  const checked = await checkLacking(offered, lacking);
  const openingsOf = (folder: string) => target.chartsFor(folder, { signal });
  const publications = await publicationsOf(checked.charts, labels, openingsOf, { signal });
  expect(publications.length);
  const places = placesOfCharts(publications.map(({ url, chart }) => ({ url, name: chart.name })));
  const shut = await shutPlaces(target, places, { signal });
  const policy = request.onChartChange ?? 'auto';
  const rows = await forecastCharts(publications, {
    decider: charts(after, dispute),
    policy,
    isImmutable: async ({ repository, tag, host }) =>
      tellsImmutable && (await isImmutable(target, host, repository, tag, { signal })),
    onDone,
    signal,
  });
  return { charts: rows, told: [...checked.notes, ...outvoted(checked.charts)], places, shut };
}

/** Gives what each tag of the forecasts holds after the import. */
export function afterIn(forecasts: ReadonlyMap<TagJob, TagForecast>): TagContentLookup {
  const after = new Map<string, TagContent>();
  for (const [{ repository, tag }, forecast] of forecasts)
    after.set(`${repository}:${tag}`, afterOf(forecast));
  return (repository, tag) => after.get(`${repository}:${tag}`);
}

async function needsOf(
  job: ForecastJob,
  { blobs, images, charts }: Pick<ImportForecast, 'blobs' | 'images' | 'charts'>,
  offered: readonly OfferedChart[],
  loads: ReadonlyMap<string, ProjectLoad>,
): Promise<Pick<ImportForecast, 'needs' | 'obstacles'>> {
  const { target, gate, spool, stateDir, freeBytes, signal } = job;
  const { bytesToSend, bytesPresent, bytesShared, chartBytes } = figuresOf({ blobs, images, charts });
  const published = charts.map((chart) => (isWritten(chart) ? chart : { ...chart, bytes: 0 }));
  const places = job.charts ? published.filter(needsProject) : await chartPlaces(job, offered);
  const asked = [loads, places, { signal }] as const;
  const { projects, space, problems } = await projectNeeds(target, gate, ...asked);
  const spooledBytes = spool.bytesOnDisk;
  const writes = { stateDir, images, charts: published, bytesToSend, spooledBytes };
  const all = [...(await diskNeeds(target, writes, freeBytes, { signal })), ...space];
  return {
    needs: { bytesToSend, bytesPresent, bytesShared, chartBytes, projects, space: all },
    obstacles: [...problems, ...spaceProblems(all)],
  };
}

function needsProject({ action, reason }: PlanChart): boolean {
  return action !== 'blocked' && action !== 'failed' && reason !== 'not-selected';
}

/** Where charts go that are decided about only when they are published. */
async function chartPlaces(
  { target, signal }: ForecastJob,
  offered: readonly OfferedChart[],
): Promise<readonly ChartBytes[]> {
  const folders = offered.flatMap((one) => (one.isSelected && one.problems.length === 0 ? [one.folder] : []));
  const openings = [...new Set(folders)].map((folder) => target.chartsFor(folder, { signal }));
  return (await Promise.all(openings)).flat().map(({ url }) => ({ url, bytes: 0 }));
}

/** Notes about mislabelled images that are imported because an option allows it. */
function letInNotes(forecasts: ImportForecast['forecasts']): readonly AppError[] {
  return [...forecasts].flatMap(([job, forecast]) =>
    rowsOf(forecast).flatMap(({ problem }, at) => {
      const chosen = job.chosen[at];
      if (!chosen || problem) return [];
      return mislabelledProblem(chosen.sources[0] ?? '', chosen.offer, 'run.mislabelled-let-in') ?? [];
    }),
  );
}
