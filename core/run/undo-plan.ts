// What an undo comes to, looked at before anything is written: which tags and charts go back to what, which stay and why.
import type { UndoAction, UndoPlan } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
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
  const found = await planCharts(job);
  const { tags, missing } = job.target.images
    ? await planTags(job, job.target.images)
    : { tags: [], missing: [] };
  const charts = found.map((chart) => waitingForImages(job, chart, tags));
  return { tags, charts, missing, problems: reliedOnByLaterRuns(job, tags) };
}

/** A chart does not come back without its images: it would point nodes to what is not there. */
function waitingForImages({ runs }: UndoJob, chart: PlannedChart, tags: readonly PlannedTag[]): PlannedChart {
  if (chart.action !== 'restore') return chart;
  const { repo, url, name, version } = chart;
  const images = runs
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.type === 'chart-images')
    .filter((entry) => entry.repo === repo && entry.name === name && entry.version === version)
    .flatMap((entry) => entry.images);
  const lost = tags.find(
    ({ target, reason }) => images.includes(target) && (reason === 'parts-missing' || reason === 'not-kept'),
  );
  if (!lost) return chart;
  const params = { url, name, version, image: lost.target };
  const problem = toProblem(new AppError('undo.chart-waits', { origin: 'package', params }));
  return { ...chart, action: 'leave', reason: 'parts-missing', former: null, problem };
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
