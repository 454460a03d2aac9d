// Which published versions of charts are superseded: those that a run published and that a later published version follows.
import { compareChartVersions } from '../chart-repo/version-order.js';
import type { PublishedVersion } from '../report/audit/audit-charts.js';
import { matchesChart } from '../plan/selection.js';

export interface SupersededVersion {
  readonly chart: PublishedVersion;
  /** The newest version of the chart in the same repository. */
  readonly newest: string;
  readonly isSkipped: boolean;
}

/**
 * Versions beyond the newest `keep` of each chart and repository. Only versions that a run of Archbridge published count, the newer ones
 * too: a chart of the same name that somebody else pushed neither goes nor supersedes anything.
 * @param isOurs whether a run published this version in that repository
 * @param skip patterns of charts that stay
 */
export function supersededVersions(
  charts: readonly PublishedVersion[],
  isOurs: (chart: PublishedVersion) => boolean,
  keep: number,
  skip: readonly string[],
): readonly SupersededVersion[] {
  const byChart = new Map<string, PublishedVersion[]>();
  for (const chart of charts.filter(isOurs)) {
    const key = `${chart.opening.url} ${chart.name}`;
    const versions = byChart.get(key);
    if (versions) versions.push(chart);
    else byChart.set(key, [chart]);
  }
  return [...byChart.values()].flatMap((versions) => {
    versions.sort((a, b) => compareChartVersions(b.version, a.version));
    return versions.slice(keep).map((chart) => ({
      chart,
      newest: versions[0]?.version ?? '',
      isSkipped: matchesChart(skip, { folder: chart.repo, name: chart.name, version: chart.version }),
    }));
  });
}
