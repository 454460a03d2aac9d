// Makes the report of a run from its journal alone.
import { distinctPlatforms, platformKeyOf, rowPlatform } from '../content/platform.js';
import { isAttachedTag, openItems } from '../contract.js';
import type {
  Report,
  ReportChart,
  ReportImage,
  ReportReceipt,
  ReportTotals,
  RunSummary,
  TagSummary,
} from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import type { TimedEntry } from '../journal/journal.js';
import { compareText } from '../content/text-order.js';

/** The figures of a run that did nothing or did not come to its end. */
export const NO_TOTALS: ReportTotals = {
  bytesRead: 0,
  bytesSent: 0,
  chartBytesSent: 0,
  bytesMounted: 0,
  bytesSkipped: 0,
  seconds: 0,
  passes: 0,
  retries: 0,
  peakMemoryBytes: 0,
};

/** Null when the journal lacks its `run-started` line (torn first line). A run without `run-ended` was interrupted and is `failed`. */
export function buildReport(entries: readonly TimedEntry[]): Report | null {
  const start = entries.find((entry) => entry.type === 'run-started');
  if (!start) return null;
  const end = entries.find((entry) => entry.type === 'run-ended');
  const images = imageRows(entries);
  const proof = entries.findLast((entry) => entry.type === 'proof')?.proof ?? null;
  const last = end?.time ?? entries.at(-1)?.time ?? start.time;
  return {
    schema: 'archbridge.report/1',
    run: start.run,
    kind: start.kind ?? 'import',
    undoes: start.undoes ?? [],
    ...(start.shard ? { shard: start.shard } : {}),
    by: { user: start.by?.user ?? '', host: start.by?.host ?? '', version: start.version },
    result: resultOf(end?.result ?? 'failed', proof),
    started: start.time,
    ended: last,
    packages: start.packages.map((one) => {
      const read = entries.findLast((entry) => entry.type === 'package-read' && entry.package === one.path);
      return read?.type === 'package-read' ? { ...one, sha512: read.sha512 ?? one.sha512 } : one;
    }),
    target: start.target,
    images,
    charts: chartRows(entries),
    coverage: coverageOf(images),
    totals: end?.totals ?? { ...NO_TOTALS, seconds: secondsOf(start.time, last) },
    weakened: start.weakened,
    proof,
    receipt: receiptOf(entries),
    problems: [
      ...entries.flatMap((entry) => (entry.type === 'problem' ? [entry.problem] : [])),
      ...(end ? [] : [toProblem(new AppError('run.interrupted', { origin: 'app', retryable: true }))]),
    ],
  };
}

/** A run whose proof found something wrong is not done. */
function resultOf(result: Report['result'], proof: Report['proof']): Report['result'] {
  return result === 'done' && proof && !proof.ok ? 'partial' : result;
}

/** The report of a journal. Throws `run.unknown` when the journal lacks its `run-started` line. */
export function reportOf(run: string, entries: readonly TimedEntry[]): Report {
  const made = buildReport(entries);
  if (made) return made;
  throw new AppError('run.unknown', { origin: 'config', params: { run } });
}

/** The line of a run in the list of runs; null when the journal lacks its `run-started` line. */
export function summarizeRun(entries: readonly TimedEntry[]): RunSummary | null {
  const report = buildReport(entries);
  if (!report) return null;
  const ended = entries.some((entry) => entry.type === 'run-ended');
  return {
    run: report.run,
    kind: report.kind,
    undoes: report.undoes,
    ...(report.shard ? { shard: report.shard } : {}),
    at: entries.some((entry) => entry.type === 'receipt' && entry.fetched) ? 'target' : 'here',
    user: report.by.user,
    started: report.started,
    ended: ended ? report.ended : null,
    result: ended ? report.result : 'interrupted',
    target: report.target.location,
    packages: report.packages.map((one) => one.name),
    images: report.images.length,
    charts: report.charts.length,
    gaps: report.kind === 'import' ? openItems(report) : 0,
  };
}

/** One row per tag, platform, digest and package. A later row (of the sweep) replaces an earlier one, but keeps its `before`. */
function imageRows(entries: readonly TimedEntry[]): readonly ReportImage[] {
  const rows = new Map<string, ReportImage>();
  for (const entry of entries) {
    if (entry.type !== 'image') continue;
    const { source, sources, target, platform, osVersion, digest, config, action, reason, before } = entry;
    const { after, problem } = entry;
    const key = `${target} ${rowPlatform(entry)} ${digest} ${entry.package}`;
    rows.set(key, {
      source,
      sources,
      target,
      platform,
      ...(osVersion === undefined ? {} : { osVersion }),
      digest,
      config,
      action,
      reason,
      package: entry.package,
      version: entry.version,
      before: rows.get(key)?.before ?? before,
      after,
      problem,
    });
  }
  return [...rows.values()].sort(
    (a, b) => compareText(a.target, b.target) || compareText(rowPlatform(a), rowPlatform(b)),
  );
}

function chartRows(entries: readonly TimedEntry[]): readonly ReportChart[] {
  const rows = entries.flatMap((entry) => {
    if (entry.type !== 'chart') return [];
    const { repo, url, name, version, action, reason, digest, problem } = entry;
    const before = entry.before === null ? null : `sha256:${entry.before}`;
    return [{ repo, url, name, version, action, reason, digest, before, problem }];
  });
  return sortedCharts(rows);
}

/** By folder, name, repository and version. */
export function sortedCharts(rows: readonly ReportChart[]): readonly ReportChart[] {
  return [...rows].sort(
    (a, b) =>
      compareText(a.repo, b.repo) ||
      compareText(a.name, b.name) ||
      compareText(a.url, b.url) ||
      compareText(a.version, b.version),
  );
}

function receiptOf(entries: readonly TimedEntry[]): ReportReceipt | null {
  const entry = entries.findLast((one) => one.type === 'receipt');
  return entry ? { reference: entry.reference, digest: entry.digest } : null;
}

/** For each platform: how many of the tags have it after the run. */
export function coverageOf(images: readonly ReportImage[]): Report['coverage'] {
  const tags = new Map<string, TagSummary | null>();
  for (const { target, after } of images)
    if (!isAttachedTag(target)) tags.set(target, after === 'unreadable' ? null : after);
  const platforms = distinctPlatforms([...tags.values()].flatMap((after) => after?.platforms ?? []));
  const total = tags.size;
  return Object.fromEntries(
    platforms.map((platform) => {
      const serves = (after: TagSummary | null): boolean =>
        (after?.platforms ?? []).some((one) => platformKeyOf(one) === platformKeyOf(platform));
      const present = [...tags.values()].filter(serves).length;
      return [platform, { present, total }];
    }),
  );
}

function secondsOf(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
