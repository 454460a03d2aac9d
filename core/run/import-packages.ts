// The import: read every package, then names: tags, charts, and a last look at what was written.
import type { ImportRequest, Report, RunEvent } from '../contract.js';
import { isDigest, type Digest } from '../content/digest.js';
import { parsePlatform, platformKey } from '../content/platform.js';
import type { NamingRules } from '../chart/naming.js';
import { AppError, isAbort } from '../errors.js';
import type { PackageSource } from '../package/open-package.js';
import type { SelectionRules } from '../plan/selection.js';
import type { ConnectedTarget } from '../target/connect.js';
import { placeIn, referenceIn } from '../target/place.js';
import { BlobPresence } from './blob-presence.js';
import { BlobSender } from './blob-sender.js';
import { ChartDecider } from './chart-decider.js';
import { ChartWriter } from './chart-writer.js';
import type { Counters } from './counters.js';
import type { Journal } from './journal.js';
import type { OfferedChart } from './offered-chart.js';
import type { PauseGate } from './pause-gate.js';
import { publicationsOf, publishCharts, usableCharts } from './publish-charts.js';
import { readUntilComplete, sendAgain, type ReadingOptions, type ReadPackage } from './read-packages.js';
import { RunRecord } from './run-record.js';
import type { Spool } from './spool.js';
import { stopOnChanges } from './stop-on-changes.js';
import { tagJobs, type PackageLabel, type TagJob } from './tag-jobs.js';
import { TagDecider } from './tag-decider.js';
import { TagWriter } from './tag-writer.js';
import { lookAgain, writeTags, type TagOutcomes } from './write-tags.js';

const DEFAULT_CONCURRENCY = 4;
const DEFAULT_PASSES = 3;
const LAST_FLUSH_MS = 30_000;

/** Everything that a run works with; opened and closed by the caller. */
export interface ImportJob {
  readonly request: ImportRequest;
  readonly sources: readonly PackageSource[];
  readonly labels: readonly PackageLabel[];
  readonly target: ConnectedTarget;
  readonly rules: NamingRules;
  readonly selection: SelectionRules;
  readonly journal: Journal;
  readonly spool: Spool;
  /** The inspect cache lies under it. */
  readonly stateDir: string;
  readonly counters: Counters;
  readonly expectedSha512: (source: PackageSource) => string | null;
  /** Package version that brought a manifest, from the journals of former runs. */
  readonly versionOf: (digest: Digest) => string | null;
  readonly pause: PauseGate;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

/** Runs the import and writes its journal to the end. Throws only what nobody foresaw. */
export async function importPackages(job: ImportJob): Promise<Report['result']> {
  const record = new RunRecord(job.journal, job.counters, job.labels, job.emit);
  const ended = await attempt(job, () => work(job, record));
  // what was written is made durable however the run ended; a cancelled run does not wait for it for ever
  const isShut = ended instanceof AppError && ended.code === 'folder.locked';
  const flushed = isShut
    ? null
    : await attempt(job, () => job.target.flush({ signal: AbortSignal.timeout(LAST_FLUSH_MS) }));
  const result = ended === 'cancelled' ? ended : null;
  for (const failure of [ended, flushed]) {
    if (!(failure instanceof AppError)) continue;
    // where the journal itself cannot be written, the report is made from what it holds in memory
    await record.problem(failure).catch(() => undefined);
  }
  const final = result ?? record.result();
  await record.end(final).catch(() => undefined);
  return final;
}

/** What a run can fail by is an answer here; what nobody foresaw is thrown. */
async function attempt(job: ImportJob, step: () => Promise<void>): Promise<AppError | 'cancelled' | null> {
  try {
    await step();
    return null;
  } catch (error) {
    if (isAbort(error, job.signal)) return 'cancelled';
    if (error instanceof AppError) return error;
    throw error;
  }
}

async function work(job: ImportJob, record: RunRecord): Promise<void> {
  const { target, labels, spool, counters, signal, request } = job;
  const presence = target.images && new BlobPresence(target.images, { signal });
  const sender = presence && blobSender(job, presence);
  record.stage('read');
  if (request.onChange === 'stop' || request.onChartChange === 'stop') {
    await stopOnChanges(await readAll(job, null, null), {
      target: target.images,
      labels,
      spool,
      tags: request.onChange === 'stop' && presence ? tagDecider(job, presence) : null,
      charts: request.onChartChange === 'stop' ? chartDecider(job, new Map()) : null,
      targetsFor: (folder) => target.chartsFor(folder, { signal }),
      acceptUnproven: request.acceptUnproven ?? false,
      signal,
    });
  }
  const read = await readAll(job, sender, record);
  await target.flush({ signal });
  const isEmpty = read.every(
    ({ harvest, problem }) => !problem && harvest.offers.size + harvest.charts.length === 0,
  );
  if (isEmpty) await record.note(new AppError('run.nothing-selected', { origin: 'config' }));
  if (!target.images || !presence || !sender) {
    await publish(job, read, new Map(), record);
    return;
  }
  record.stage('tags');
  const stage = {
    target: target.images,
    writer: new TagWriter({
      target: target.images,
      decider: tagDecider(job, presence),
      journal: job.journal,
      signal,
    }),
    labels,
    spool,
    record,
    counters,
    pause: job.pause,
    signal,
  };
  const jobs = tagJobs(
    read.flatMap((one) => [...one.harvest.offers.values()]),
    labels,
  );
  const { outcomes, refused } = await writeTags(jobs, stage, true);
  if (refused.length > 0) {
    const offers = new Set(refused.flatMap((one) => one.chosen.map(({ offer }) => offer)));
    await sendAgain(read, offers, presence, readingOptions(job, sender));
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
      await lookAgain(jobs, outcomes, stage);
    }
  }
  await checkPlatforms(job, jobs, outcomes, record);
}

/** Reads all packages; without a record it only looks, and nothing is told. */
async function readAll(
  job: ImportJob,
  sender: BlobSender | null,
  record: RunRecord | null,
): Promise<readonly ReadPackage[]> {
  const read: ReadPackage[] = [];
  for (const [at, source] of job.sources.entries()) {
    const one = await readUntilComplete(source, at, readingOptions(job, sender));
    read.push(one);
    if (!record) continue;
    await record.packageRead(source.path, one.sha512);
    for (const chart of one.harvest.charts) await record.chartImages(chart, imagesIn(job.target, chart));
    if (one.problem) await record.problem(one.problem);
    for (const problem of one.harvest.problems) await record.problem(problem);
    for (const note of one.notes) await record.note(note);
  }
  return read;
}

/** What the chart's values name in the target. */
function imagesIn({ images }: ConnectedTarget, { plan }: OfferedChart): readonly string[] {
  if (!images) return [];
  return plan.images.map(({ target }) => referenceIn(images, placeIn(images, target)));
}

function readingOptions(job: ImportJob, sender: BlobSender | null): ReadingOptions {
  const { rules, selection, target, counters, request, spool, expectedSha512, signal } = job;
  return {
    rules,
    selection,
    images: target.images,
    sender,
    spool,
    counters,
    passes: request.passes ?? DEFAULT_PASSES,
    expectedSha512,
    acceptUnproven: request.acceptUnproven ?? false,
    allowMislabelled: request.allowMislabelled ?? false,
    stateDir: job.stateDir,
    reread: request.reread ?? false,
    pause: job.pause,
    signal,
  };
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
  const writer = new ChartWriter({ decider: chartDecider(job, outcomes), journal, counters, signal });
  await publishCharts(publications, writer, record, job.pause, { signal });
}

/** `--require-platforms`: every tag of the run must serve them in the end. */
async function checkPlatforms(
  job: ImportJob,
  jobs: readonly TagJob[],
  outcomes: TagOutcomes,
  record: RunRecord,
): Promise<void> {
  const host = job.target.images?.host ?? '';
  for (const platform of job.request.requirePlatforms ?? []) {
    for (const one of jobs) {
      const after = outcomes.get(`${one.repository}:${one.tag}`)?.after ?? null;
      if (after !== 'unreadable' && after?.platforms.some((held) => isSamePlatform(held, platform))) continue;
      const params = { target: referenceIn({ host }, one), platform };
      await record.problem(new AppError('run.platform-missing', { origin: 'package', params }));
    }
  }
}

function isSamePlatform(a: string, b: string): boolean {
  const left = parsePlatform(a);
  const right = parsePlatform(b);
  return left !== null && right !== null && platformKey(left) === platformKey(right);
}

function blobSender(
  { target, counters, request, signal }: ImportJob,
  presence: BlobPresence,
): BlobSender | null {
  if (!target.images) return null;
  const options = {
    target: target.images,
    counters,
    concurrency: request.concurrency ?? DEFAULT_CONCURRENCY,
    bytesPerSecond: request.limitRate ?? null,
    signal,
  };
  return new BlobSender(options, presence);
}

function tagDecider({ target, versionOf, request, signal }: ImportJob, presence: BlobPresence): TagDecider {
  if (!target.images) throw new RangeError('no image target');
  return new TagDecider({
    target: target.images,
    presence,
    policy: request.onChange ?? 'newer',
    allowUnknownPlatform: request.allowMislabelled ?? false,
    versionOf,
    signal,
  });
}

function chartDecider({ target, request, spool, signal }: ImportJob, outcomes: TagOutcomes): ChartDecider {
  return new ChartDecider({
    images: target.images,
    servedDigest: (repository, tag) => {
      const after = outcomes.get(`${repository}:${tag}`)?.after;
      return after && after !== 'unreadable' && isDigest(after.digest) ? after.digest : null;
    },
    policy: request.onChartChange ?? 'auto',
    decided: () => null,
    keepCharts: request.keepCharts ?? [],
    spool,
    signal,
  });
}
