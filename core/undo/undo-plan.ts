// Plans an undo before anything is written: what each tag and chart goes back to, which stay, and why.
import type { UndoAction, UndoPlan } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import type { FormerRun } from '../journal/former-runs.js';
import type { PlannedChart, PlannedTag, UndoJob, UndoReason } from './undo-job.js';
import { planCharts } from './undo-plan-charts.js';
import { planTags, reliedOnByLaterRuns } from './undo-plan-tags.js';

export interface PlannedUndo {
  readonly tags: readonly PlannedTag[];
  readonly charts: readonly PlannedChart[];
  readonly missing: UndoPlan['missing'];
  /** Notes; they leave nothing undone. */
  readonly problems: readonly AppError[];
}

/** Reads all tags and charts that the runs wrote; writes nothing. */
export async function makeUndoPlan(job: UndoJob): Promise<PlannedUndo> {
  const found = await planCharts(job);
  const { tags, missing } = job.target.images
    ? await planTags(job, job.target.images)
    : { tags: [], missing: [] };
  const charts = found.map((chart) => waitingForImages(job, chart, tags));
  const kept = stayingWithCharts(job, tags, charts.filter(stays));
  return { tags: kept, charts, missing, problems: reliedOnByLaterRuns(job, kept) };
}

/** True for a chart that stays published in another state than before the runs. */
function stays({ action, reason, now }: PlannedChart): boolean {
  return action === 'leave' && reason !== 'already-there' && (now !== null || reason === 'unreadable');
}

/** Keeps the tags that staying charts name: nodes could not pull these images any more. With `--force` they are not kept. */
export function stayingWithCharts(
  { runs, force }: Pick<UndoJob, 'runs' | 'force'>,
  tags: readonly PlannedTag[],
  charts: readonly Pick<PlannedChart, 'repo' | 'name' | 'version'>[],
): readonly PlannedTag[] {
  if (force || charts.length === 0) return tags;
  const users = new Map(
    charts.flatMap((chart) =>
      imagesOf(runs, chart).map((image) => [image, `${chart.name} ${chart.version}`] as const),
    ),
  );
  return tags.map((tag) => {
    const chart = users.get(tag.target);
    if (chart === undefined || tag.action === 'leave') return tag;
    const problem = toProblem(
      new AppError('undo.tag-shared', { origin: 'app', params: { target: tag.target, chart } }),
    );
    const then = tag.now?.digest ?? null;
    return { ...tag, action: 'leave', reason: 'shared', former: null, then, problem };
  });
}

function imagesOf(
  runs: readonly FormerRun[],
  { repo, name, version }: Pick<PlannedChart, 'repo' | 'name' | 'version'>,
): readonly string[] {
  return runs
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.type === 'chart-images')
    .filter((entry) => entry.repo === repo && entry.name === name && entry.version === version)
    .flatMap((entry) => entry.images);
}

/** A former chart stays away when an image that it names cannot be restored: nodes could not pull that image. */
function waitingForImages({ runs }: UndoJob, chart: PlannedChart, tags: readonly PlannedTag[]): PlannedChart {
  if (chart.action !== 'restore') return chart;
  const { url, name, version } = chart;
  const images = imagesOf(runs, chart);
  const lost = tags.find(
    ({ target, reason }) => images.includes(target) && (reason === 'parts-missing' || reason === 'not-kept'),
  );
  if (!lost) return chart;
  const params = { url, name, version, image: lost.target };
  const problem = toProblem(new AppError('undo.chart-waits', { origin: 'package', params }));
  return { ...chart, action: 'leave', reason: 'parts-missing', former: null, problem };
}

/** The plan as plain JSON (`archbridge.undo-plan/1`). */
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

/** The reason of a row that is left; '' for the other actions, which need none. */
function spoken(action: UndoAction, reason: UndoReason): string {
  return action === 'leave' ? reason : '';
}
