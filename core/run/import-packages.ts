// The import: read every package, then names: tags, charts, and a last look at what was written.
import type { ImportRequest, Plan, Report } from '../contract.js';
import { AppError } from '../errors.js';
import { followPlan } from '../plan/follow-plan.js';
import { chartKey, choicesOf, NO_CHOICES } from '../plan/planned-choices.js';
import type { ConnectedTarget } from '../target/connect.js';
import type { ImageTarget } from '../ports/image-target.js';
import { placeIn, referenceIn } from '../target/place.js';
import { assemblePlan } from './assemble-plan.js';
import { BlobPresence } from './upload/blob-presence.js';
import { BlobSender } from './upload/blob-sender.js';
import { sendNeededBlobs, forecastsFor } from './send-needed-blobs.js';
import { runToEnd } from './run-to-end.js';
import { ChartWriter, type ChartWriterOptions } from './charts/chart-writer.js';
import { chartDeciderFor, tagDeciderFor, type DecidingJob } from './deciders.js';
import type { Journal } from '../journal/journal.js';
import { forecastImport, type ImportForecast } from './forecast/forecast-import.js';
import type { TagContentLookup } from './tags/tag-rows.js';
import type { OfferedChart } from './base/offered-chart.js';
import type { PauseGate } from '../flow/pause-gate.js';
import { readingOptions, type PlanJob } from './plan-packages.js';
import { publicationsOf, publishCharts, usableCharts } from './charts/publish-charts.js';
import { readUntilComplete, recall, sendAgain, type ReadPackage } from './pass/read-packages.js';
import { missingPlatforms } from './required-platforms.js';
import { RunRecord } from './base/run-record.js';
import { stopOnChanges } from './forecast/stop-on-changes.js';
import type { TagDecider } from './tags/tag-decider.js';
import { tagJobs } from './tags/tag-jobs.js';
import { TagWriter } from './tags/tag-writer.js';
import { sweepTags, writeTags, type TagOutcomes, type TagStage } from './tags/write-tags.js';

const DEFAULT_CONCURRENCY = 4;

/** Everything that a run works with; opened and closed by the caller. */
export interface ImportJob extends PlanJob {
  readonly request: ImportRequest;
  readonly journal: Journal;
  readonly pause: PauseGate;
}

/** Runs the import and writes its journal to the end. Throws only what nobody foresaw. */
export async function importPackages(job: ImportJob): Promise<Report['result']> {
  const record = new RunRecord(job.journal, job.counters, job.labels, job.emit);
  return runToEnd({ record, target: job.target, signal: job.signal }, () => work(job, record));
}

async function work(job: ImportJob, record: RunRecord): Promise<void> {
  const { target, labels, signal } = job;
  const tools = toolsFor(job);
  record.stage('read');
  const looked = await readAll(job, tools, record);
  const { read, forecasts } = await decideAhead(job, looked, tools, record);
  await target.flush({ signal });
  const isEmpty = read.every(
    ({ findings, problem }) => !problem && findings.offers.size + findings.charts.length === 0,
  );
  if (isEmpty) await record.note(new AppError('run.nothing-selected', { origin: 'config' }));
  if (!tools) {
    await publish(job, read, new Map(), record);
    return;
  }
  record.stage('tags');
  const jobs = tagJobs(
    read.flatMap((one) => [...one.findings.offers.values()]),
    labels,
  );
  const stage = tagStage(job, tools, record, forecasts);
  const { outcomes, refused } = await writeTags(jobs, stage, true);
  if (refused.length > 0) {
    const offers = new Set(refused.flatMap((one) => one.chosen.map(({ offer }) => offer)));
    await sendAgain(read, offers, tools.presence, readingOptions(job, tools.sender, job.pause));
    const second = await writeTags(refused, stage, false);
    for (const [name, outcome] of second.outcomes) outcomes.set(name, outcome);
  }
  await target.flush({ signal });
  try {
    await publish(job, read, outcomes, record);
  } finally {
    // whatever became of the charts, every tag that was written is looked at again
    if (!signal.aborted) {
      record.stage('sweep');
      await sweepTags(jobs, outcomes, stage);
    }
  }
  const tags = jobs.map((one) => ({
    target: referenceIn(stage.target, one),
    after: outcomes.get(`${one.repository}:${one.tag}`)?.after ?? null,
  }));
  for (const problem of missingPlatforms(tags, job.request.requirePlatforms ?? []))
    await record.problem(problem);
}

/** What reads and writes images; null with `--no-images`. */
interface ImageTools {
  readonly target: ImageTarget;
  readonly presence: BlobPresence;
  readonly sender: BlobSender;
  readonly decider: TagDecider;
}

function toolsFor(job: ImportJob): ImageTools | null {
  const { counters, request, signal } = job;
  const target = job.target.images;
  if (!target) return null;
  const presence = new BlobPresence(target, { signal });
  const sending = {
    target,
    counters,
    concurrency: request.concurrency ?? DEFAULT_CONCURRENCY,
    bytesPerSecond: request.limitRate ?? null,
    signal,
  };
  const sender = new BlobSender(sending, presence);
  return { target, presence, sender, decider: tagDeciderFor(deciding(job), target, presence) };
}

function deciding(job: ImportJob): DecidingJob {
  const { plan } = job.request;
  return { ...job, choices: plan ? choicesOf(plan) : NO_CHOICES };
}

/**
 * Reads all packages. What is known of an unchanged one need not be read before it is decided what of it is sent; and where a
 * plan, a policy or a project may forbid the import, nothing is sent before all is decided.
 */
async function readAll(
  job: ImportJob,
  tools: ImageTools | null,
  record: RunRecord,
): Promise<readonly ReadPackage[]> {
  const looksFirst = await mustLookFirst(job);
  const options = readingOptions(job, looksFirst || !tools ? null : tools.sender, job.pause);
  const read: ReadPackage[] = [];
  for (const [at, source] of job.sources.entries()) {
    const one =
      (await recall(source, at, options)) ??
      (await readUntilComplete(source, at, { ...options, reread: true }));
    read.push(one);
    await record.packageRead(source.path, one.sha512);
    for (const chart of one.findings.charts) await record.chartImages(chart, imagesIn(job.target, chart));
    if (one.problem) await record.problem(one.problem);
    for (const problem of one.findings.problems) await record.problem(problem);
    for (const note of one.notes) await record.note(note);
  }
  return read;
}

async function mustLookFirst({ request, target, signal }: ImportJob): Promise<boolean> {
  if (request.plan || request.onChange === 'stop' || request.onChartChange === 'stop') return true;
  const host = target.images?.kind === 'registry' ? target.images.host : null;
  return host !== null && (await target.projectsAt(host, { signal })) !== null;
}

/** What was only looked at is decided now, and its blobs are brought: those that the decisions need, and no others. */
async function decideAhead(
  job: ImportJob,
  read: readonly ReadPackage[],
  tools: ImageTools | null,
  record: RunRecord,
): Promise<{ readonly read: readonly ReadPackage[]; readonly forecasts: ImportForecast['forecasts'] }> {
  const { request, target } = job;
  const mayForbid = await mustLookFirst(job);
  const hasWaiting = tools !== null && read.some((one) => one.isUnsent);
  if (!mayForbid && !hasWaiting) return { read, forecasts: new Map() };
  const looksAtCharts = mayForbid && !request.target.noCharts;
  const charts = (after: TagContentLookup) => chartDeciderFor(deciding(job), target.images, after);
  const forecast = await forecastImport({ ...job, tags: tools, charts: looksAtCharts ? charts : null }, read);
  if (request.plan) followPlan(request.plan, assemblePlan({ ...job, read, forecast }));
  stopOnChanges(forecast, request);
  const [obstacle] = forecast.obstacles;
  // where a package was sent on the way already, the target tells by itself what it lacks
  if (obstacle && read.every((one) => one.isUnsent)) throw obstacle;
  if (!tools) return { read, forecasts: forecast.forecasts };
  record.stage('read');
  const options = readingOptions(job, tools.sender, job.pause);
  const brought = await sendNeededBlobs(read, forecast.offers, options);
  for (const [at, { problem }] of brought.entries())
    if (problem && !read[at]?.problem) await record.problem(problem);
  return { read: brought, forecasts: forecast.forecasts };
}

function tagStage(
  job: ImportJob,
  { target, decider }: ImageTools,
  record: RunRecord,
  forecasts: ImportForecast['forecasts'],
): TagStage {
  const { journal, labels, spool, counters, pause, request, signal } = job;
  const writer = new TagWriter({ target, decider, journal, isBound: request.plan !== undefined, signal });
  const forecastOf = forecastsFor(forecasts);
  return { target, writer, labels, spool, forecastOf, record, counters, pause, signal };
}

/** What the chart's values name in the target. */
function imagesIn({ images }: ConnectedTarget, { plan }: OfferedChart): readonly string[] {
  if (!images) return [];
  return plan.images.map(({ target }) => referenceIn(images, placeIn(images, target)));
}

async function publish(
  job: ImportJob,
  read: readonly ReadPackage[],
  outcomes: TagOutcomes,
  record: RunRecord,
): Promise<void> {
  const { request, labels, signal } = job;
  if (request.target.noCharts) return;
  record.stage('charts');
  const publications = await publicationsOf(
    usableCharts(read, request.acceptUnproven ?? false),
    labels,
    (folder) => job.target.chartsFor(folder, { signal }),
    { signal },
  );
  const { journal, counters } = job;
  const after: TagContentLookup = (repository, tag) => outcomes.get(`${repository}:${tag}`)?.after;
  const decider = chartDeciderFor(deciding(job), job.target.images, after);
  const plannedOn = plannedCharts(request.plan);
  const writer = new ChartWriter({ decider, journal, counters, plannedOn, signal });
  await publishCharts(publications, writer, record, job.pause, { signal });
}

/** What a plan found in the chart repositories. */
function plannedCharts(plan: Plan | undefined): ChartWriterOptions['plannedOn'] {
  const held = new Map((plan?.charts ?? []).map((row) => [chartKey(row), row.before]));
  return ({ folder: repo, name, version }, url) => held.get(chartKey({ url, repo, name, version }));
}
