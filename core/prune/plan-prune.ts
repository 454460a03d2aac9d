// Plans a prune: finds superseded versions, and the tags that no other published chart names. Writes nothing.
import { digestOf } from '../content/digest.js';
import { compareText } from '../content/text-order.js';
import type { PruneChart, PruneReason } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import {
  imagesNamedByEach,
  listPublished,
  type NamedImages,
  type PublishedVersion,
} from '../report/audit/audit-charts.js';
import { matchesChart } from '../plan/selection.js';
import { concernsOneItem } from '../run/base/run-ending.js';
import { chartUses } from './chart-uses.js';
import type { PlannedChart, PlannedPrune, PruneJob } from './prune-job.js';
import { planTags } from './plan-tags.js';
import { supersededVersions, type SupersededVersion } from './superseded.js';
import { unfinishedPrunes, untaggedManifests } from './unfinished.js';

/** Reads the published charts and their tags. Throws only errors that end the whole command: no connection, no login. */
export async function planPrune(job: PruneJob): Promise<PlannedPrune> {
  const { history, repositories, keep, skip, signal } = job;
  job.emit({ type: 'stage', stage: 'survey' });
  const { charts, problems } = await listPublished(repositories, history, { signal });
  const ours = new Set(history.charts.map(({ url, name, version }) => `${url} ${name} ${version}`));
  const isOurs = ({ opening, name, version }: PublishedVersion): boolean =>
    ours.has(`${opening.url} ${name} ${version}`);
  const superseded = supersededVersions(charts, isOurs, keep, skip);
  const { images, summary } = job.target;
  const unfinished = unfinishedPrunes(job.runs, summary.location);
  const published = new Set(charts.map(({ name, version }) => `${name} ${version}`));
  const left = unfinished.tags.filter(
    (one) => !published.has(`${one.name} ${one.version}`) && !matchesChart(skip, one),
  );
  const untagged = images ? await untaggedManifests(unfinished.removed, images, job) : [];
  const rest = left.length + untagged.length;
  const named = await imagesNamedByEach(superseded.length + rest === 0 ? [] : charts, job);
  const planned: PlannedChart[] = [];
  for (const one of superseded) {
    const chart = await planChart(one, named.get(one.chart), job);
    if (chart) planned.push(chart);
  }
  const going = new Set(planned.filter(({ row }) => row.action === 'remove').map(keyOf));
  const staying = charts.filter((chart) => !going.has(`${chart.opening.url} ${chart.name} ${chart.version}`));
  const uses = chartUses(staying, named, job);
  const isIdle = planned.length + rest === 0;
  const unknown = isIdle ? [] : [...problems, ...uses.unreadable];
  const tags = images ? await planTags(planned, left, uses, unknown, images, job) : [];
  return {
    charts: [...planned].sort((a, b) => compareText(keyOf(a), keyOf(b))),
    tags: [...tags].sort((a, b) => compareText(a.row.target, b.row.target)),
    untagged: unknown.length === 0 ? untagged : [],
    pins: new Set(uses.pins.keys()),
    problems: isIdle ? problems : unknown,
  };
}

/** The row of a superseded version; null when it is not there any more. */
async function planChart(
  { chart, newest, isSkipped }: SupersededVersion,
  named: NamedImages | undefined,
  job: PruneJob,
): Promise<PlannedChart | null> {
  const { repo, name, version, opening } = chart;
  const { charts } = opening;
  const { url } = charts;
  const row = (reason: PruneReason, problem: AppError | null = null): PruneChart => ({
    ...{ repo, url, name, version, newest, reason },
    action: reason === 'superseded' ? 'remove' : 'leave',
    problem: problem && toProblem(problem),
  });
  const { images } = job.target;
  const { references } = images
    ? chartUses([chart], new Map(named ? [[chart, named]] : []), job)
    : { references: [] };
  const base = { charts, images: references.map(({ target }) => target) };
  try {
    const published = await charts.getChart(name, version, job);
    if (!published) return null;
    const now = digestOf(published.archive);
    if (isSkipped) return { ...base, now, row: row('skipped') };
    const isAsLeft = job.history.explainsChart(url, name, version, now);
    const params = { url, name, version };
    const problem = isAsLeft ? null : new AppError('prune.chart-changed', { origin: 'chart-repo', params });
    return { ...base, now, row: row(isAsLeft ? 'superseded' : 'changed-since', problem) };
  } catch (error) {
    if (!concernsOneItem(error, job)) throw error;
    return { ...base, now: null, row: row('unreadable', error) };
  }
}

function keyOf({ row }: PlannedChart): string {
  return `${row.url} ${row.name} ${row.version}`;
}
