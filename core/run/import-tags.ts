// The tags of an import: written, read again at the end of the run, and compared with the platforms that were required.
import { referenceIn } from '../target/place.js';
import type { Offer } from './base/offer.js';
import type { ImportForecast } from './forecast/forecast-import.js';
import { KeptContent } from '../journal/former-runs.js';
import { sendingOptions, type ImageTools, type ImportJob, type ImportRun } from './import-job.js';
import { conversionNotes } from './pass/converted-image.js';
import type { ReadPackage } from './pass/look-at-package.js';
import { sendAgain } from './pass/send-package.js';
import { missingPlatforms } from './required-platforms.js';
import { sweepTags } from './tags/sweep-tags.js';
import { tagInputs, tagJobs, type TagJob } from './tags/tag-jobs.js';
import type { Recall } from './tags/tag-parts.js';
import { STORES, type TagContent, type TagForecast } from './tags/tag-rows.js';
import { TagWriter } from './tags/tag-writer.js';
import { writeTags, type TagOutcomes, type TagStage } from './tags/write-tags.js';

export interface ImportedTags {
  readonly jobs: readonly TagJob[];
  readonly outcomes: TagOutcomes;
  readonly stage: TagStage;
}

/**
 * Writes all tags. Where the target refuses a manifest for blobs that it had confirmed, they are sent again and the tag tried again. A tag
 * that failed for a reason that may pass is tried again after all others.
 */
export async function writeImportedTags(
  run: ImportRun,
  tools: ImageTools,
  read: readonly ReadPackage[],
  forecasts: ImportForecast['forecasts'],
): Promise<ImportedTags> {
  const { job, record } = run;
  record.stage('tags');
  const offers = read.flatMap((one) => [...one.findings.offers.values()]);
  const jobs = tagJobs(offers, job.labels);
  const stage = tagStage(run, tools, jobs, forecasts);
  const { outcomes, refused, postponed } = await writeTags(jobs, stage, true);
  if (refused.length > 0) {
    const ofRefused = new Set(refused.flatMap((one) => one.chosen.map(({ offer }) => offer)));
    await sendAgain(read, ofRefused, tools.presence, sendingOptions(run, tools));
  }
  const second = await writeTags([...refused, ...postponed], stage, false);
  for (const [name, outcome] of second.outcomes) outcomes.set(name, outcome);
  return { jobs, outcomes, stage };
}

/** Reads every written tag again and merges what another writer dropped meanwhile. */
export async function sweepImportedTags({ record }: ImportRun, tags: ImportedTags): Promise<void> {
  record.stage('sweep');
  await sweepTags(tags.jobs, tags.outcomes, tags.stage);
}

/** Records a problem for each tag and platform of `--require-platforms` that the tag does not serve in the end. */
export async function recordMissingPlatforms(
  { job, record }: ImportRun,
  { jobs, outcomes, stage }: ImportedTags,
): Promise<void> {
  const required = job.request.requirePlatforms ?? [];
  if (required.length === 0) return;
  const tags: { readonly target: string; readonly after: TagContent }[] = [];
  for (const one of jobs) {
    const outcome = outcomes.get(`${one.repository}:${one.tag}`);
    // A tag of which no image could be written holds what it held before.
    const after = outcome ? outcome.after : await stage.writer.look(one.repository, one.tag);
    tags.push({ target: referenceIn(stage.target, one), after });
  }
  for (const problem of missingPlatforms(tags, required)) await record.problem(problem);
}

/** Notes that images have other digests in the target than in their packages, where they were converted to OCI. */
export async function noteConversions(
  { record }: ImportRun,
  { jobs, outcomes }: ImportedTags,
): Promise<void> {
  const stored = jobs.flatMap(({ repository, tag, chosen }) => {
    const rows = outcomes.get(`${repository}:${tag}`)?.rows ?? [];
    return chosen.flatMap(({ offer }, at) => (STORES.has(rows[at]?.action ?? 'failed') ? [offer] : []));
  });
  for (const note of conversionNotes(stored)) await record.note(note);
}

function tagStage(
  { job, record }: ImportRun,
  { target, decider, early }: ImageTools,
  jobs: readonly TagJob[],
  forecasts: ImportForecast['forecasts'],
): TagStage {
  const { journal, labels, spool, counters, pause, request, signal } = job;
  const recall = recallFrom(jobs, job);
  const writer = new TagWriter({
    target,
    decider,
    early,
    journal,
    recall,
    isBound: request.plan !== undefined,
    isForecastFresh: counters.bytesSent + counters.bytesMounted === 0,
    signal,
  });
  const forecastOf = forecastLookup(forecasts);
  return { target, writer, labels, spool, forecastOf, record, counters, pause, signal };
}

/** Finds a manifest among the images of the packages, then among what this run and former ones kept. */
function recallFrom(jobs: readonly TagJob[], { labels, spool, stateDir, signal }: ImportJob): Recall {
  const kept = new KeptContent(stateDir);
  return async (repository, tag, part) => {
    const job = jobs.find((one) => one.repository === repository && one.tag === tag);
    for (const { incoming, attached } of job ? await tagInputs(job, labels, spool) : []) {
      const found = [incoming.manifest, ...attached].find((one) => one.digest === part.digest);
      if (found) return found;
    }
    return kept.findManifest(part, { signal });
  };
}

/** The forecast of a tag, as long as the same images go there: an image whose blobs did not arrive is not among them any more. */
function forecastLookup(forecasts: ReadonlyMap<TagJob, TagForecast>): (job: TagJob) => TagForecast | null {
  const known = new Map([...forecasts].map(([job, forecast]) => [nameOf(job), { job, forecast }]));
  return (job) => {
    const found = known.get(nameOf(job));
    return found && chosenKeys(found.job) === chosenKeys(job) ? found.forecast : null;
  };
}

function nameOf({ repository, tag }: TagJob): string {
  return `${repository}:${tag}`;
}

function chosenKeys({ chosen }: TagJob): string {
  return chosen.map(({ offer }) => keyOf(offer)).join();
}

function keyOf({ packageAt, manifest }: Offer): string {
  return `${String(packageAt)} ${manifest.digest}`;
}
