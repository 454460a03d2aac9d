// What an undo comes to, looked at before anything is written: which tags and charts go back to what, which stay and why.
import type { UndoAction, UndoPlan } from '../contract.js';
import { toProblem, type AppError } from '../errors.js';
import type { PlannedChart, PlannedTag, UndoJob, UndoReason } from './undo-job.js';
import { planCharts } from './undo-plan-charts.js';
import { planTags, reliedOnByLaterRuns } from './undo-plan-tags.js';

export interface PlannedUndo {
  readonly tags: readonly PlannedTag[];
  readonly charts: readonly PlannedChart[];
  readonly missing: UndoPlan['missing'];
  /** Worth a word; nothing is left undone for them. */
  readonly problems: readonly AppError[];
}

/** Reads what all tags and charts hold now; writes nothing. */
export async function makeUndoPlan(job: UndoJob): Promise<PlannedUndo> {
  const charts = await planCharts(job);
  const { tags, missing } = job.target.images
    ? await planTags(job, job.target.images)
    : { tags: [], missing: [] };
  return { tags, charts, missing, problems: reliedOnByLaterRuns(job, tags) };
}

/** As the contract tells it. */
export function undoPlanOf(job: UndoJob, planned: PlannedUndo): UndoPlan {
  return {
    schema: 'archbridge.undo-plan/1',
    runs: job.runs.map(({ run }) => run),
    target: job.target.summary,
    tags: planned.tags.map(({ target, action, now, then, reason, run, problem }) => ({
      target,
      action,
      now: now?.digest ?? null,
      then,
      reason: spoken(action, reason),
      run,
      problem,
    })),
    charts: planned.charts.map(({ repo, url, name, version, action, reason, run, problem }) => ({
      repo,
      url,
      name,
      version,
      action,
      reason: spoken(action, reason),
      run,
      problem,
    })),
    missing: planned.missing,
    problems: planned.problems.map((problem) => toProblem(problem)),
  };
}

/** Nothing where the action says it all. */
function spoken(action: UndoAction, reason: UndoReason): string {
  return action === 'leave' ? reason : '';
}
