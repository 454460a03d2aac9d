// One report of several shards of one import: what all of them together did.
import type { Report, ReportImage, TagSummary } from '../contract.js';
import { rowPlatform } from '../content/platform.js';
import { compareText } from '../content/text-order.js';
import { AppError } from '../errors.js';
import { coverageOf, sortedCharts } from './build-report.js';

/**
 * Joins reports of imports into one target. Rows that several shards have for the same image under the same tag become one: that of the
 * shard that wrote it. Throws `report.join-differs` for runs into different targets, or that are no imports.
 */
export function joinReports(reports: readonly Report[]): Report {
  const [first] = reports;
  if (!first) throw new AppError('report.join-differs', { origin: 'config', params: { runs: '-' } });
  const isOther = (one: Report): boolean =>
    one.kind !== 'import' || one.target.location !== first.target.location;
  const others = reports.filter(isOther);
  if (others.length > 0) {
    const params = { runs: others.map(({ run }) => run).join(', ') };
    throw new AppError('report.join-differs', { origin: 'config', params });
  }
  const images = imagesOf(reports);
  const started = least(reports.map((one) => one.started));
  const ended = most(reports.map((one) => one.ended));
  const { shard: _shard, ...rest } = first;
  return {
    ...rest,
    run: reports.map(({ run }) => run).join('+'),
    result: resultOf(reports),
    started,
    ended,
    packages: unique(
      reports.flatMap(({ packages }) => packages),
      ({ path }) => path,
    ),
    target: {
      ...first.target,
      charts: unique(
        reports.flatMap(({ target }) => target.charts),
        (url) => url,
      ),
    },
    images,
    charts: sortedCharts(
      unique(
        reports.flatMap(({ charts }) => charts),
        (chart) => `${chart.url} ${chart.name} ${chart.version}`,
        (chart) => chart.action !== 'skip',
      ),
    ),
    coverage: coverageOf(images),
    totals: {
      ...totalsOf(reports),
      seconds: (Date.parse(ended) - Date.parse(started)) / 1000,
      passes: Math.max(...reports.map(({ totals }) => totals.passes)),
      peakMemoryBytes: Math.max(...reports.map(({ totals }) => totals.peakMemoryBytes)),
    },
    weakened: unique(
      reports.flatMap(({ weakened }) => weakened),
      (option) => option,
    ),
    proof: null,
    receipt: null,
    problems: unique(
      reports.flatMap(({ problems }) => problems),
      (problem) => JSON.stringify([problem.code, problem.params]),
    ),
  };
}

/** Failed only when every shard failed; done only when every shard is done. */
function resultOf(reports: readonly Report[]): Report['result'] {
  const results = new Set(reports.map(({ result }) => result));
  if (results.has('cancelled')) return 'cancelled';
  const [only] = results;
  return results.size === 1 && only ? only : 'partial';
}

function totalsOf(reports: readonly Report[]): Report['totals'] {
  const sum = (name: keyof Report['totals']): number =>
    reports.reduce((total, { totals }) => total + totals[name], 0);
  return {
    bytesRead: sum('bytesRead'),
    bytesSent: sum('bytesSent'),
    chartBytesSent: sum('chartBytesSent'),
    bytesMounted: sum('bytesMounted'),
    bytesSkipped: sum('bytesSkipped'),
    seconds: sum('seconds'),
    passes: sum('passes'),
    retries: sum('retries'),
    peakMemoryBytes: sum('peakMemoryBytes'),
  };
}

/** Each row once. A tag never loses platforms, so of what shards left under it the state with the most platforms is the last one. */
function imagesOf(reports: readonly Report[]): readonly ReportImage[] {
  const all = reports.flatMap(({ images }) => images);
  const last = new Map<string, TagSummary>();
  for (const { target, after } of all) {
    if (after === null || after === 'unreadable') continue;
    const known = last.get(target);
    if (!known || known.platforms.length <= after.platforms.length) last.set(target, after);
  }
  const rows = unique(
    all,
    (row) => `${row.target} ${rowPlatform(row)} ${row.digest} ${row.package}`,
    ({ action }) => action !== 'skip',
  );
  return rows
    .map((row) => (row.after === 'unreadable' ? row : { ...row, after: last.get(row.target) ?? row.after }))
    .sort((a, b) => compareText(a.target, b.target) || compareText(rowPlatform(a), rowPlatform(b)));
}

/** One item for each key: the first that is preferred, else the first. */
function unique<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  isPreferred: (item: T) => boolean = () => false,
): readonly T[] {
  const found = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    const known = found.get(key);
    if (known === undefined || (!isPreferred(known) && isPreferred(item))) found.set(key, item);
  }
  return [...found.values()];
}

function least(texts: readonly string[]): string {
  return [...texts].sort(compareText)[0] ?? '';
}

function most(texts: readonly string[]): string {
  return [...texts].sort(compareText).at(-1) ?? '';
}
