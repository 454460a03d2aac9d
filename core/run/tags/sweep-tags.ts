// The end of the tags of a run: each written tag is read again, and what happened meanwhile is recorded.
import { AppError } from '../../errors.js';
import { TAGS_AT_A_TIME } from '../../flow/limits.js';
import { referenceIn } from '../../target/place.js';
import { sweep } from './sweep.js';
import type { TagJob } from './tag-jobs.js';
import { recordLost, recordRows, type TagOutcomes, type TagStage } from './write-tags.js';

/**
 * Reads every written tag again. Platforms that another writer dropped meanwhile are merged again, and children that are gone are put back; then the rows are recorded anew
 * with what the tag holds now, and a note or a problem tells of it.
 */
export async function sweepTags(
  jobs: readonly TagJob[],
  outcomes: TagOutcomes,
  stage: TagStage,
): Promise<void> {
  const { target, writer, record, signal } = stage;
  const written = [...outcomes.values()];
  const { mended, unread, lost } = await sweep(target, writer, written, TAGS_AT_A_TIME, { signal });
  for (const { outcome, child } of lost) await recordLost(referenceIn(target, outcome), child, true, record);
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
      await recordRows(job, { ...known, after }, stage);
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
