// The tags of a run: each gets what the packages bring for it, and is looked at once more in the end.
import { AppError, toProblem } from '../../errors.js';
import { isLeftOut, mislabelledProblem } from '../../plan/mislabelled.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { referenceIn } from '../../target/place.js';
import type { Counters } from '../base/counters.js';
import type { Offer } from '../base/offer.js';
import type { PauseGate } from '../../flow/pause-gate.js';
import type { RunRecord } from '../base/run-record.js';
import type { Spool } from '../base/spool.js';
import { sweep } from './sweep.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import { packagesDiffer, tagInputs, type TagJob } from './tag-jobs.js';
import type { TagForecast } from './tag-rows.js';
import type { TagOutcome, TagWriter } from './tag-writer.js';
import { forEachLimited } from '../../flow/task-pool.js';

/** Tags are many small requests; more of them at a time than uploads hide the way to the registry. */
export const TAGS_AT_A_TIME = 8;

/** Why nothing was written for an image, by what became of it. */
const REASONS = { failed: '', conflict: 'two-contents', blocked: 'mislabelled' } as const;

export interface TagStage {
  readonly target: ImageTarget;
  readonly writer: TagWriter;
  readonly labels: readonly PackageLabel[];
  readonly spool: Spool;
  /** What was decided about a tag before anything was sent; null where it has to be decided now. */
  readonly forecastOf: (job: TagJob) => TagForecast | null;
  readonly record: RunRecord;
  readonly counters: Counters;
  readonly pause: PauseGate;
  readonly signal: AbortSignal;
}

/** What became of each tag, by `repository:tag`. */
export type TagOutcomes = Map<string, TagOutcome>;

/** What became of the tags, and those that the target refused for blobs that it had confirmed before. */
export interface WrittenTags {
  readonly outcomes: TagOutcomes;
  readonly refused: readonly TagJob[];
}

/**
 * Writes every tag; failures stand in the rows, a failure of the whole target ends the run. With `mayResend` a tag that is
 * refused for a missing blob is told to the caller and to nobody else, because its blobs can be sent again.
 */
export async function writeTags(
  jobs: readonly TagJob[],
  stage: TagStage,
  mayResend: boolean,
): Promise<WrittenTags> {
  const outcomes: TagOutcomes = new Map();
  const refused: TagJob[] = [];
  await forEachLimited(jobs, TAGS_AT_A_TIME, async (job) => {
    await stage.pause.passed(stage);
    stage.counters.working(`${job.repository}:${job.tag}`);
    const outcome = await writeJob(job, stage, mayResend);
    if (outcome === 'refused') refused.push(job);
    else if (outcome) outcomes.set(`${job.repository}:${job.tag}`, outcome);
  });
  return { outcomes, refused };
}

async function writeJob(
  job: TagJob,
  stage: TagStage,
  mayResend: boolean,
): Promise<TagOutcome | 'refused' | null> {
  const { target, writer, labels, spool, record } = stage;
  const { repository, tag } = job;
  const reference = referenceIn(target, job);
  let outcome: TagOutcome | null = null;
  if (job.chosen.length > 0) {
    const inputs = await tagInputs(job, labels, spool);
    outcome = await writer.write(repository, tag, inputs, mayResend ? stage.forecastOf(job) : null);
    if (mayResend && outcome.rows.some((row) => row.problem?.code === 'registry.blob-unknown'))
      return 'refused';
    await tellRows(job, outcome, stage);
  }
  if (job.failed.length + job.conflicting.length === 0) return outcome;
  const now = outcome ? outcome.after : await writer.look(repository, tag);
  const before = outcome ? outcome.before : now;
  const tell = async (offer: Offer, action: keyof typeof REASONS, problem: AppError | null) => {
    const reason = REASONS[action];
    const sources = [...offer.sources].sort();
    const row = { target: reference, repository, tag, sources, before, after: now, action, reason };
    await record.image(offer, { ...row, problem: problem && toProblem(problem) });
  };
  for (const offer of job.failed)
    await tell(offer, isLeftOut(offer.problem) ? 'blocked' : 'failed', offer.problem);
  for (const offer of job.conflicting) await tell(offer, 'conflict', packagesDiffer(reference));
  return outcome;
}

/** Other writers may have dropped a platform since; what was lost is merged again, and the rows tell what the tag holds then. */
export async function sweepTags(
  jobs: readonly TagJob[],
  outcomes: TagOutcomes,
  stage: TagStage,
): Promise<void> {
  const { target, writer, record, signal } = stage;
  const { mended, unread } = await sweep(target, writer, [...outcomes.values()], TAGS_AT_A_TIME, { signal });
  for (const { repository, tag } of unread) {
    const params = { target: referenceIn(target, { repository, tag }) };
    await record.problem(
      new AppError('run.tag-not-read-again', { origin: 'registry', retryable: true, params }),
    );
  }
  for (const { repository, tag, after, rows } of mended) {
    const key = `${repository}:${tag}`;
    const known = outcomes.get(key);
    const job = jobs.find((one) => one.repository === repository && one.tag === tag);
    if (known && job) {
      outcomes.set(key, { ...known, after });
      await tellRows(job, { ...known, after }, stage);
    }
    const params = {
      target: referenceIn(target, { repository, tag }),
      platforms: rows.map((row) => row.platform).join(', '),
    };
    const failed = rows.some((row) => row.problem !== null);
    const code = failed ? 'run.tag-lost-platform' : 'run.tag-merged-again';
    const error = new AppError(code, { origin: 'registry', retryable: failed, params });
    await (failed ? record.problem(error) : record.note(error));
  }
}

async function tellRows(job: TagJob, outcome: TagOutcome, { target, record }: TagStage): Promise<void> {
  const { repository, tag } = job;
  const { before, after, rows } = outcome;
  const reference = referenceIn(target, job);
  for (const [at, { offer, sources }] of job.chosen.entries()) {
    const row = rows[at];
    if (!row) continue;
    const { action, reason, problem } = row;
    await record.image(offer, {
      target: reference,
      repository,
      tag,
      sources,
      before,
      after,
      action,
      reason,
      problem,
    });
    const letIn = problem === null && mislabelledProblem(sources[0] ?? '', offer, 'run.mislabelled-let-in');
    if (letIn) await record.note(letIn);
  }
}
