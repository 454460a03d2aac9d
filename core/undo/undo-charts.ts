// Restores the former charts of an undo in their repositories, or removes the charts that the runs published.
import { digestOf } from '../content/digest.js';
import type { ChartAction, Problem } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import type { ChartTarget, PublishedChart } from '../ports/chart-target.js';
import { concernsOneItem } from '../run/base/run-ending.js';
import type { PlannedChart } from './undo-job.js';
import type { UndoStage } from './undo-tags.js';

/** Restores or removes each chart. Failures are in the rows. Gives the charts that stay although the plan was to change them. */
export async function undoCharts(
  charts: readonly PlannedChart[],
  stage: UndoStage,
): Promise<readonly PlannedChart[]> {
  const staying: PlannedChart[] = [];
  for (const chart of charts) {
    await stage.pause.passed(stage);
    if (chart.action === 'leave' || !chart.charts) await tell(chart, leaving(chart), chart.problem, stage);
    else if (!(await restoreChart(chart, chart.charts, stage))) staying.push(chart);
  }
  return staying;
}

function leaving({ reason }: PlannedChart): ChartAction {
  switch (reason) {
    case 'already-there':
      return 'skip';
    case 'changed-since':
    case 'shared':
      return 'conflict';
    case 'parts-missing':
      return 'blocked';
    case 'restored':
    case 'removed':
    case 'cannot-remove':
    case 'not-kept':
    case 'unreadable':
      return 'failed';
  }
}

/** Restores or removes one chart; false when it stays as it is. */
async function restoreChart(chart: PlannedChart, charts: ChartTarget, stage: UndoStage): Promise<boolean> {
  const { repo, url, name, version, run } = chart;
  const { journal, signal } = stage;
  try {
    const seen = await charts.getChart(name, version, { signal });
    const held = seen && digestOf(seen.archive);
    if (held !== chart.now) {
      const params = { run, url, name, version };
      const problem = toProblem(new AppError('undo.chart-changed', { origin: 'app', params }));
      await tell({ ...chart, now: held }, 'conflict', problem, stage);
      return false;
    }
    const former = chart.former === null ? null : await formerChart(chart, chart.former, stage);
    const { names } = charts;
    if (names) await journal.keepNameList(url, () => names.read({ signal }));
    const before = seen ? await journal.keepChart(seen) : null;
    const next = former && digestOf(former.archive);
    await journal.append({ type: 'chart-writing', repo, url, name, version, before, next });
    await journal.commit();
    if (former) await charts.putChart(former, { signal });
    else if (!(await charts.deleteChart(name, version, { signal }))) {
      const params = { run, url, name, version };
      const problem = new AppError(stage.refusals.chart, { origin: 'chart-repo', params });
      await tell(chart, 'failed', toProblem(problem), stage);
      return false;
    }
    await stage.record.chart({
      repo,
      url,
      name,
      version,
      action: 'replace',
      reason: '',
      digest: next,
      before,
      problem: null,
    });
    return true;
  } catch (error) {
    if (!concernsOneItem(error, { signal })) throw error;
    await tell(chart, 'failed', toProblem(error), stage);
    return false;
  }
}

async function tell(
  { repo, url, name, version, now }: PlannedChart,
  action: ChartAction,
  problem: Problem | null,
  { record }: UndoStage,
): Promise<void> {
  await record.chart({ repo, url, name, version, action, reason: '', digest: now, before: null, problem });
}

/** The former chart as the run kept it. Throws `undo.chart-not-kept`. */
async function formerChart(
  { run, url, name, version }: PlannedChart,
  sha256: string,
  { kept, signal }: UndoStage,
): Promise<PublishedChart> {
  const former = await kept.chart(run, { name, version, sha256 }, { signal });
  if (former) return former;
  throw new AppError('undo.chart-not-kept', { origin: 'disk', params: { run, url, name, version } });
}
