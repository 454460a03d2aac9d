// The plan: what an import of the same packages with the same options would do and need. Sends nothing.
import type { Plan } from '../contract.js';
import { PauseGate } from '../flow/pause-gate.js';
import { assemblePlan, type PlanParts } from './assemble-plan.js';
import { tagDeciderFor } from './deciders.js';
import { forecastImport } from './forecast/forecast-import.js';
import { chartDeciderOf } from './import-charts.js';
import { decidingJob, lookingOptions, projectGateFor, type PlanJob } from './import-job.js';
import type { TagReader } from '../ports/tag-reader.js';
import { lookAtPackage, type ReadPackage } from './pass/look-at-package.js';
import { requireSelected } from './pass/nothing-selected.js';
import { BlobPresence } from './upload/blob-presence.js';

/** What a plan is made with beside what an import has. */
export interface PlanReading extends Pick<PlanParts, 'tagsRead'> {
  /** Reads the tags of the target; absent: the target itself. */
  readonly reader?: TagReader;
}

/** Reads the packages that are not known yet, and every tag and chart of the target. Throws failures of the whole target. */
export async function planPackages(job: PlanJob & PlanReading): Promise<Plan> {
  const { target, request, sources, emit, signal } = job;
  emit({ type: 'stage', stage: 'read' });
  const options = lookingOptions(job, new PauseGate(() => undefined));
  const read: ReadPackage[] = [];
  for (const [at, source] of sources.entries()) read.push(await lookAtPackage(source, at, options));
  requireSelected(read, request.selection);
  const images = target.images && (job.reader ?? target.images);
  const presence = images && new BlobPresence(images, { signal });
  const tags = images && presence && { presence, decider: tagDeciderFor(decidingJob(job), images, presence) };
  const charts = request.target.noCharts ? null : chartDeciderOf(job);
  const gate = projectGateFor(job);
  const forecast = await forecastImport({ ...job, gate, tags, charts, tellsImmutable: true }, read);
  emit({ type: 'stage', stage: 'done' });
  return assemblePlan({ ...job, read, forecast });
}
