// The charts of an import: decided, then published to each repository that their folder maps to.
import type { Plan } from '../contract.js';
import { chartKey } from '../plan/planned-choices.js';
import type { ChartDecider } from './charts/chart-decider.js';
import { ChartWriter, type ChartWriterOptions } from './charts/chart-writer.js';
import { publicationsOf, publishCharts, usableCharts } from './charts/publish-charts.js';
import { chartDeciderFor } from './deciders.js';
import { decidingJob, type ImportRun, type PlanJob } from './import-job.js';
import type { ReadPackage } from './pass/look-at-package.js';
import type { TagContentLookup } from './tags/tag-rows.js';
import type { TagOutcomes } from './tags/write-tags.js';

/** Publishes the charts of all packages, after the tags: their values then name what the target serves. Nothing with `--no-charts`. */
export async function publishImportedCharts(
  { job, record }: ImportRun,
  read: readonly ReadPackage[],
  outcomes: TagOutcomes,
): Promise<void> {
  const { request, labels, journal, counters, pause, signal } = job;
  if (request.target.noCharts) return;
  record.stage('charts');
  const publications = await publicationsOf(
    usableCharts(read, request.acceptUnproven ?? false),
    labels,
    (folder) => job.target.chartsFor(folder, { signal }),
    { signal },
  );
  const decider = chartDeciderOf(job)((repository, tag) => outcomes.get(`${repository}:${tag}`)?.after);
  const plannedOn = chartsPlannedOn(request.plan);
  const writer = new ChartWriter({ decider, journal, counters, plannedOn, signal });
  await publishCharts(publications, writer, record, pause, { signal });
}

/** Makes the decider about charts once it is known what the tags hold, or will hold. */
export function chartDeciderOf(job: PlanJob): (after: TagContentLookup) => ChartDecider {
  return (after) => chartDeciderFor(decidingJob(job), job.target.images, after);
}

/** The archives that a plan found in the chart repositories. */
function chartsPlannedOn(plan: Plan | undefined): ChartWriterOptions['plannedOn'] {
  const held = new Map((plan?.charts ?? []).map((row) => [chartKey(row), row.before]));
  return ({ folder: repo, name, version }, url) => held.get(chartKey({ url, repo, name, version }));
}
