// What an import will do to every tag and chart, and what that needs: found out before anything is sent.
import type { ImportRequest, PlanChart, PlanImage, PlanNeeds, RunEvent } from '../../contract.js';
import type { AppError } from '../../errors.js';
import { mislabelledProblem } from '../../plan/mislabelled.js';
import type { ConnectedTarget } from '../../target/connect.js';
import { blobNeeds, servedOffers, type BlobNeeds, type ServedOffers } from './blob-needs.js';
import type { BlobPresence } from '../upload/blob-presence.js';
import type { ChartDecider } from '../charts/chart-decider.js';
import { forecastCharts } from './forecast-charts.js';
import { forecastTags } from './forecast-tags.js';
import { projectNeeds } from './needed-projects.js';
import { diskNeeds, spaceProblems, type FreeBytes } from './needed-space.js';
import { planRows } from './plan-rows.js';
import { publicationsOf, usableCharts } from '../charts/publish-charts.js';
import type { ReadPackage } from '../pass/look-at-package.js';
import type { Spool } from '../base/spool.js';
import type { TagDecider } from '../tags/tag-decider.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import { tagJobs, type TagJob } from '../tags/tag-jobs.js';
import {
  afterOf,
  rowsOf,
  type TagContentLookup,
  type TagContent,
  type TagForecast,
} from '../tags/tag-rows.js';

const TELL_EVERY_MS = 100;

export interface ForecastJob {
  readonly request: Pick<ImportRequest, 'acceptUnproven' | 'onChartChange'>;
  readonly labels: readonly PackageLabel[];
  readonly target: ConnectedTarget;
  /** Null with `--no-images`. */
  readonly tags: { readonly decider: TagDecider; readonly presence: BlobPresence } | null;
  /** Decides about charts, once it is known what each tag will hold. Null: nobody needs to know about them yet. */
  readonly charts: ((after: TagContentLookup) => ChartDecider) | null;
  readonly spool: Spool;
  readonly stateDir: string;
  readonly freeBytes: FreeBytes;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

/** What was foreseen. */
export interface ImportForecast {
  readonly images: readonly PlanImage[];
  readonly charts: readonly PlanChart[];
  readonly needs: PlanNeeds;
  /** Projects and room that are missing. */
  readonly obstacles: readonly AppError[];
  /** What is let in although it looks wrong. */
  readonly notes: readonly AppError[];
  readonly forecasts: ReadonlyMap<TagJob, TagForecast>;
  readonly offers: ServedOffers;
}

const NO_BLOBS: BlobNeeds = { bytesToSend: 0, bytesPresent: 0, bytesShared: 0, bytesNewTo: new Map() };

/** Reads every tag and chart. Nothing is written. Throws what concerns the whole target. */
export async function forecastImport(
  job: ForecastJob,
  read: readonly ReadPackage[],
): Promise<ImportForecast> {
  const { target, request, tags, labels, spool, emit, signal } = job;
  emit({ type: 'stage', stage: 'survey' });
  const offered = usableCharts(read, request.acceptUnproven ?? false);
  const openingsOf = (folder: string) => target.chartsFor(folder, { signal });
  const publications = job.charts ? await publicationsOf(offered, labels, openingsOf, { signal }) : [];
  const offers = read.flatMap((one) => [...one.findings.offers.values()]);
  const jobs = tags ? tagJobs(offers, labels) : [];
  const onDone = teller(jobs.length + publications.length, emit);
  const forecasts = tags
    ? await forecastTags(jobs, { decider: tags.decider, labels, spool, onDone, signal })
    : new Map<TagJob, TagForecast>();
  const served = servedOffers(jobs, forecasts);
  const blobs = tags ? await blobNeeds(served, tags.presence, { signal }) : NO_BLOBS;
  const decider = job.charts?.(afterIn(forecasts));
  const policy = request.onChartChange ?? 'auto';
  const charts = decider ? await forecastCharts(publications, { decider, policy, onDone, signal }) : [];
  const images = target.images ? planRows(forecasts, target.images, labels, offered) : [];
  const found = { forecasts, offers: served, images, charts, notes: lettingIn(forecasts) };
  return { ...found, ...(await needsOf(job, found, blobs)) };
}

/** Tags that the forecasts name, with what they hold in the end. */
export function afterIn(forecasts: ReadonlyMap<TagJob, TagForecast>): TagContentLookup {
  const after = new Map<string, TagContent>();
  for (const [{ repository, tag }, forecast] of forecasts)
    after.set(`${repository}:${tag}`, afterOf(forecast));
  return (repository, tag) => after.get(`${repository}:${tag}`);
}

async function needsOf(
  { target, spool, stateDir, freeBytes, signal }: ForecastJob,
  { images, charts, forecasts }: Pick<ImportForecast, 'images' | 'charts' | 'forecasts'>,
  { bytesToSend, bytesPresent, bytesShared, bytesNewTo }: BlobNeeds,
): Promise<Pick<ImportForecast, 'needs' | 'obstacles'>> {
  const repositories = [...forecasts.keys()].map(({ repository }) => repository);
  const { projects, space, problem } = await projectNeeds(target, repositories, bytesNewTo, charts, {
    signal,
  });
  const spooledBytes = spool.bytesOnDisk;
  const writes = { stateDir, images, charts, bytesToSend, spooledBytes };
  const all = [...(await diskNeeds(target, writes, freeBytes, { signal })), ...space];
  const chartBytes = charts.reduce((sum, chart) => sum + chart.bytes, 0);
  return {
    needs: { bytesToSend, bytesPresent, bytesShared, chartBytes, projects, space: all },
    obstacles: [...(problem ? [problem] : []), ...spaceProblems(all)],
  };
}

/** Mislabelled images that get there because somebody allowed it. */
function lettingIn(forecasts: ImportForecast['forecasts']): readonly AppError[] {
  return [...forecasts].flatMap(([job, forecast]) =>
    rowsOf(forecast).flatMap(({ problem }, at) => {
      const chosen = job.chosen[at];
      if (!chosen || problem) return [];
      return mislabelledProblem(chosen.sources[0] ?? '', chosen.offer, 'run.mislabelled-let-in') ?? [];
    }),
  );
}

/** Tells how far the survey is, now and then, and when it is done. */
function teller(total: number, emit: ForecastJob['emit']): () => void {
  let done = 0;
  let last = 0;
  return () => {
    done += 1;
    const now = performance.now();
    if (done < total && now - last < TELL_EVERY_MS) return;
    last = now;
    emit({ type: 'surveyed', done, total });
  };
}
