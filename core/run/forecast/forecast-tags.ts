// What an import will do with each tag. Tags are read; nothing is written.
import type { Spool } from '../base/spool.js';
import { QUESTIONS_AT_A_TIME } from '../../flow/limits.js';
import type { TagDecider } from '../tags/tag-decider.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import { tagInputs, type TagJob } from '../tags/tag-jobs.js';
import type { TagForecast } from '../tags/tag-rows.js';
import { forEachLimited } from '../../flow/task-pool.js';

export interface TagForecasting {
  readonly decider: TagDecider;
  readonly labels: readonly PackageLabel[];
  readonly spool: Spool;
  /** Called after each tag. */
  readonly onDone: () => void;
  readonly signal: AbortSignal;
}

/** Reads all tags and decides about each. That one tag cannot be read is a decision; failures that end the run are thrown. */
export async function forecastTags(
  jobs: readonly TagJob[],
  { decider, labels, spool, onDone, signal }: TagForecasting,
): Promise<ReadonlyMap<TagJob, TagForecast>> {
  const forecasts = new Map<TagJob, TagForecast>();
  await forEachLimited(jobs, QUESTIONS_AT_A_TIME, async (job) => {
    signal.throwIfAborted();
    const inputs = await tagInputs(job, labels, spool);
    forecasts.set(job, await decider.decide(job.repository, job.tag, inputs));
    onDone();
  });
  return forecasts;
}
