// The charts of a run: one of each name and version, whatever number of packages brought it.
import { type AppError } from '../errors.js';
import { compareVersions } from '../plan/versions.js';
import { throwIfAborted } from './cancel.js';
import type { ChartWriter } from './chart-writer.js';
import type { OfferedChart } from './offered-chart.js';
import type { RunRecord } from './run-record.js';
import { packagesDiffer, type PackageLabel } from './tag-jobs.js';

/** A chart to publish, or two that contradict each other. */
export interface ChartChoice {
  readonly chart: OfferedChart;
  /** True when packages of one version bring other content under the same name and version. */
  readonly isDisputed: boolean;
}

/**
 * One choice for each folder, name and version. The one of the latest package version wins; equal ones are one, and then an
 * image that one bundle lacks may be in the other.
 */
export function chooseCharts(
  charts: readonly OfferedChart[],
  labels: readonly PackageLabel[],
): readonly ChartChoice[] {
  const groups = new Map<string, OfferedChart[]>();
  for (const one of charts) {
    const key = `${one.folder}/${one.name}@${one.version}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].flatMap((group) => {
    const latest = latestOf(group, labels);
    const [first, ...others] = latest;
    if (!first) return [];
    const isDisputed = others.some((other) => other.content !== first.content);
    const absent = first.absent.filter((image) =>
      others.every((other) => other.absent.some((lacking) => lacking.hint === image.hint)),
    );
    // a bundle that is fine in one package makes up for the same one that is not in another
    const problems = latest.find((one) => one.problems.length === 0)?.problems ?? first.problems;
    return [{ chart: { ...first, absent, problems }, isDisputed }];
  });
}

function latestOf(group: readonly OfferedChart[], labels: readonly PackageLabel[]): readonly OfferedChart[] {
  const version = (one: OfferedChart) => labels[one.packageAt]?.version ?? '';
  return group.filter(
    (one) => !group.some((other) => (compareVersions(version(other), version(one)) ?? 0) > 0),
  );
}

/** Publishes each chart once, one after the other; failures stand in the rows. */
export async function publishCharts(
  charts: readonly OfferedChart[],
  writer: ChartWriter,
  labels: readonly PackageLabel[],
  record: RunRecord,
  options: { readonly signal: AbortSignal },
): Promise<void> {
  for (const { chart, isDisputed } of chooseCharts(charts, labels)) {
    throwIfAborted(options.signal);
    const { name, version } = chart;
    const dispute: AppError | null = isDisputed ? packagesDiffer(`${name} ${version}`) : null;
    const rows = dispute ? await writer.refuse(chart, 'conflict', dispute) : await writer.publish(chart);
    for (const row of rows) await record.chart(row);
  }
}
