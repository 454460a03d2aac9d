// Writes all tags of a run, and records the outcome for each image.
import { isDeepStrictEqual } from 'node:util';
import { AppError, toProblem } from '../../errors.js';
import { mislabelledProblem } from '../../plan/mislabelled.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { referenceIn } from '../../target/place.js';
import type { Counters } from '../base/counters.js';
import type { Offer } from '../base/offer.js';
import type { PauseGate } from '../../flow/pause-gate.js';
import type { RunRecord } from '../base/run-record.js';
import type { Spool } from '../base/spool.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import { conflictOf } from './disputes.js';
import { reasonOfFailed, tagInputs, type TagJob } from './tag-jobs.js';
import type { LostChild } from './tag-parts.js';
import type { TagForecast } from './tag-rows.js';
import type { TagOutcome, TagWriter } from './tag-writer.js';
import { TAGS_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';

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

/** The outcome for each tag, by `repository:tag`. */
export type TagOutcomes = Map<string, TagOutcome>;

/** The outcomes, and the tags that have none yet. */
export interface WrittenTags {
  readonly outcomes: TagOutcomes;
  /** Refused for blobs that the target had confirmed before. */
  readonly refused: readonly TagJob[];
  /** Failed for a reason that may pass; the target holds what it held. */
  readonly postponed: readonly TagJob[];
}

/**
 * Writes every tag. Failures of one tag are in its rows; failures that end the run are thrown. With `mayRepeat`, tags that can be
 * tried again are only given back and not recorded.
 */
export async function writeTags(
  jobs: readonly TagJob[],
  stage: TagStage,
  mayRepeat: boolean,
): Promise<WrittenTags> {
  const outcomes: TagOutcomes = new Map();
  const refused: TagJob[] = [];
  const postponed: TagJob[] = [];
  await forEachLimited(jobs, TAGS_AT_A_TIME, async (job) => {
    await stage.pause.passed(stage);
    stage.counters.working(`${job.repository}:${job.tag}`);
    const outcome = await writeJob(job, stage, mayRepeat);
    if (outcome === 'refused') refused.push(job);
    else if (outcome === 'postponed') postponed.push(job);
    else if (outcome) outcomes.set(`${job.repository}:${job.tag}`, outcome);
  });
  return { outcomes, refused, postponed };
}

async function writeJob(
  job: TagJob,
  stage: TagStage,
  mayRepeat: boolean,
): Promise<TagOutcome | 'refused' | 'postponed' | null> {
  const { target, writer, labels, spool, record } = stage;
  const { repository, tag } = job;
  const reference = referenceIn(target, job);
  let outcome: TagOutcome | null = null;
  if (job.chosen.length > 0) {
    const inputs = await tagInputs(job, labels, spool);
    outcome = await writer.write(repository, tag, inputs, mayRepeat ? stage.forecastOf(job) : null);
    if (mayRepeat && outcome.rows.some((row) => row.problem?.code === 'registry.blob-unknown'))
      return 'refused';
    if (mayRepeat && mayPass(outcome)) return 'postponed';
    await recordRows(job, outcome, stage);
    for (const child of outcome.lost) await recordLost(reference, child, child.isOurs, record);
  }
  if (job.failed.length + job.conflicting.length === 0) return outcome;
  const now = outcome ? outcome.after : await writer.look(repository, tag);
  const before = outcome ? outcome.before : now;
  const tell = async (
    offer: Offer,
    action: 'failed' | 'blocked' | 'conflict',
    reason: string,
    problem: AppError | null,
  ) => {
    const sources = [...offer.sources].sort();
    const row = { target: reference, repository, tag, sources, before, after: now, action, reason };
    await record.image(offer, { ...row, problem: problem && toProblem(problem) });
  };
  for (const offer of job.failed) {
    const reason = reasonOfFailed(offer);
    await tell(offer, reason === '' ? 'failed' : 'blocked', reason, offer.problem);
  }
  for (const offer of job.conflicting) {
    const { reason, problem } = conflictOf(job, offer, reference);
    await tell(offer, 'conflict', reason, problem);
  }
  return outcome;
}

/** True for a tag that failed for a reason that may pass, and of which nothing was stored, so that a second try has the same begin. */
function mayPass({ rows, before, after }: TagOutcome): boolean {
  return rows.some(({ problem }) => problem?.retryable) && isDeepStrictEqual(before, after);
}

/** Records the rows of a tag, one for each image, and notes mislabelled images that were let in. */
export async function recordRows(
  job: TagJob,
  outcome: TagOutcome,
  { target, record }: TagStage,
): Promise<void> {
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

/**
 * Records a child that the target did not have. One that is known nowhere leaves the run incomplete if `isOurs`: an index that
 * another program copied without all of its platforms is not mended by any import.
 */
export async function recordLost(
  target: string,
  { platform, digest, outcome }: LostChild,
  isOurs: boolean,
  record: RunRecord,
): Promise<void> {
  const isBack = outcome === 'put-back';
  const code = isBack ? 'run.platform-put-back' : 'run.platform-lost';
  const error = new AppError(code, { origin: 'registry', params: { target, platform, digest } });
  await (isBack || !isOurs ? record.note(error) : record.problem(error));
}
