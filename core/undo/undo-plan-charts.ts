// Plans the charts of an undo: reads what each repository holds now and finds what it held before the runs.
import { digestOf } from '../content/digest.js';
import type { Problem } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import type { ChartTarget } from '../ports/chart-target.js';
import type { ChartOpening } from '../target/connect.js';
import { concernsOneItem } from '../run/base/run-ending.js';
import { digestOfHex, isMeant, type PlannedChart, type UndoJob } from './undo-job.js';
import { formerState, type Write } from './former-state.js';

interface ChartWrite extends Write {
  /** SHA-256 of the former archive in hex. */
  readonly sha256: string | null;
}

/** A chart in one repository, with the writes of the runs, newest first. */
interface ChartWrites extends Pick<PlannedChart, 'repo' | 'url' | 'name' | 'version'> {
  readonly writes: readonly ChartWrite[];
}

/** One row for each chart that the runs wrote. Throws `undo.other-charts` when the target does not name the repository of one. */
export async function planCharts(job: UndoJob): Promise<readonly PlannedChart[]> {
  if (job.target.summary.charts.length === 0) return [];
  const openings: { readonly chart: ChartWrites; readonly opening: ChartOpening }[] = [];
  for (const chart of writesOf(job)) openings.push({ chart, opening: await openingFor(job, chart) });
  const planned: PlannedChart[] = [];
  for (const { chart, opening } of openings) {
    job.signal.throwIfAborted();
    planned.push(
      ...('charts' in opening
        ? await planChart(job, chart, opening.charts)
        : [unreadable(chart, null, opening.problem)]),
    );
  }
  return planned;
}

async function openingFor(
  { target, signal }: UndoJob,
  { repo, url, writes }: ChartWrites,
): Promise<ChartOpening> {
  const openings = await target.chartsFor(repo, { signal });
  const opening = openings.find((one) => ('charts' in one ? one.charts.url : one.url) === url);
  if (opening) return opening;
  const params = { run: writes[0]?.run ?? '', url };
  throw new AppError('undo.other-charts', { origin: 'config', params });
}

async function planChart(
  job: UndoJob,
  chart: ChartWrites,
  charts: ChartTarget,
): Promise<readonly PlannedChart[]> {
  const { writes, ...place } = chart;
  const { name, version } = place;
  try {
    const present = await charts.getChart(name, version, job);
    const now = present && digestOf(present.archive);
    const found = formerState(now, writes, job.force);
    const base = { ...place, charts, now, former: null, problem: null, run: writes[0]?.run ?? '' };
    const left = { ...base, action: 'leave' } as const;
    const stopped = found.stoppedAt && {
      ...left,
      run: found.stoppedAt.run,
      reason: 'changed-since' as const,
      problem: told('undo.chart-changed', place, found.stoppedAt.run),
    };
    const { last } = found;
    if (!last || found.then === now) return [stopped ?? { ...left, reason: 'already-there' }];
    const back = await wayFor(job, { ...left, run: last.run, reason: 'restored' }, last);
    return stopped ? [back, stopped] : [back];
  } catch (error) {
    if (!concernsOneItem(error, job)) throw error;
    return [unreadable(chart, charts, error)];
  }
}

async function wayFor(
  { kept, signal }: UndoJob,
  left: PlannedChart,
  last: ChartWrite,
): Promise<PlannedChart> {
  const { name, version } = left;
  if (last.sha256 === null) return { ...left, action: 'remove', reason: 'removed' };
  const isKept = await kept.chart(last.run, { name, version, sha256: last.sha256 }, { signal });
  if (isKept) return { ...left, action: 'restore', former: last.sha256 };
  return { ...left, reason: 'not-kept', problem: told('undo.chart-not-kept', left, last.run) };
}

function unreadable(
  { writes, ...place }: ChartWrites,
  charts: ChartTarget | null,
  error: AppError,
): PlannedChart {
  const run = writes[0]?.run ?? '';
  const problem = toProblem(error);
  return { ...place, action: 'leave', reason: 'unreadable', run, charts, now: null, former: null, problem };
}

function told(
  code: 'undo.chart-changed' | 'undo.chart-not-kept',
  { url, name, version }: Pick<PlannedChart, 'url' | 'name' | 'version'>,
  run: string,
): Problem {
  const origin = code === 'undo.chart-changed' ? 'app' : 'disk';
  return toProblem(new AppError(code, { origin, params: { run, url, name, version } }));
}

/** The writes of charts, from the `chart-writing` lines; journals without such lines have the same in their chart rows. */
function writesOf(job: UndoJob): readonly ChartWrites[] {
  const charts = new Map<string, ChartWrites & { readonly writes: ChartWrite[] }>();
  for (const { run, entries } of job.runs) {
    for (const entry of entries.toReversed()) {
      const isRow = entry.type === 'chart' && (entry.action === 'publish' || entry.action === 'replace');
      if ((entry.type !== 'chart-writing' && !isRow) || !isMeant(job, entry)) continue;
      const { repo, url, name, version, before: sha256 } = entry;
      const next = entry.type === 'chart-writing' ? entry.next : entry.digest;
      const key = `${url} ${name} ${version}`;
      const chart = charts.get(key) ?? { repo, url, name, version, writes: [] };
      charts.set(key, chart);
      chart.writes.push({ run, before: digestOfHex(sha256), next, sha256 });
    }
  }
  return [...charts.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
