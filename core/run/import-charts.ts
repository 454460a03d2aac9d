// The charts of an import: decided, then published to each repository that their folder maps to.
import type { Plan } from '../contract.js';
import { chartKey } from '../plan/planned-choices.js';
import { referenceIn } from '../target/place.js';
import { chartPlace } from '../target/projects.js';
import { ChartWriter, type ChartWriterOptions } from './charts/chart-writer.js';
import { checkLacking, outvoted } from './charts/lacking-images.js';
import { publicationsOf, usableCharts, type Publication } from './charts/publish-charts.js';
import { publishCharts } from './charts/publish-everywhere.js';
import { chartDeciderFor } from './deciders.js';
import type { ForecastJob } from './forecast/forecast-import.js';
import { decidingJob, type ImportRun, type PlanJob } from './import-job.js';
import type { ImportedTags } from './import-tags.js';
import type { ReadPackage } from './pass/look-at-package.js';
import { disputesAmong } from './tags/disputes.js';
import type { TagContentLookup } from './tags/tag-rows.js';

/** Publishes the charts of all packages, after the tags: their values then name what the target serves. Nothing with `--no-charts`. */
export async function publishImportedCharts(
  { job, record, gate }: ImportRun,
  read: readonly ReadPackage[],
  { jobs, outcomes }: Pick<ImportedTags, 'jobs' | 'outcomes'>,
): Promise<void> {
  const { request, labels, journal, counters, pause, signal } = job;
  if (request.target.noCharts) return;
  record.stage('charts');
  const { images } = job.target;
  const outcomeOf = (repository: string, tag: string) => outcomes.get(`${repository}:${tag}`);
  const after: TagContentLookup = (repository, tag) => outcomeOf(repository, tag)?.after;
  const lacking = { images, after, keepCharts: request.keepCharts ?? [], signal };
  const checked = await checkLacking(usableCharts(read, request.acceptUnproven ?? false), lacking);
  for (const note of checked.notes) await record.note(note);
  for (const problem of outvoted(checked.charts)) await record.problem(problem);
  const publications = await publicationsOf(
    checked.charts,
    labels,
    (folder) => job.target.chartsFor(folder, { signal }),
    { signal },
  );
  const admitted = await Promise.all(
    publications.map(async (one): Promise<Publication> => {
      const place = one.action === 'publish' ? chartPlace(one.url) : null;
      const refusal = place && (await gate.admit(place));
      return refusal ? { ...one, action: 'blocked', problem: refusal } : one;
    }),
  );
  const dispute = disputesAmong(
    jobs,
    ({ repository, tag }) => outcomeOf(repository, tag)?.rows ?? [],
    (one) => referenceIn(images ?? { host: '' }, one),
  );
  const decider = chartDeciderOf(job)(after, dispute);
  const plannedOn = chartsPlannedOn(request.plan);
  const writer = new ChartWriter({ decider, journal, counters, plannedOn, signal });
  await publishCharts(admitted, { writer, record, pause, signal });
}

/** Makes the decider about charts once it is known what the tags hold, or will hold, and which images were not written. */
export function chartDeciderOf(job: PlanJob): NonNullable<ForecastJob['charts']> {
  return (after, dispute) => chartDeciderFor(decidingJob(job), job.target.images, after, dispute);
}

/** The archives that a plan found in the chart repositories. */
function chartsPlannedOn(plan: Plan | undefined): ChartWriterOptions['plannedOn'] {
  const held = new Map((plan?.charts ?? []).map((row) => [chartKey(row), row.before]));
  return ({ folder: repo, name, version }, url) => held.get(chartKey({ url, repo, name, version }));
}
