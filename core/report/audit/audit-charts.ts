// Lists the published charts for an audit (every version in the repositories), and finds the images that each of them names.
import { unpackChart } from '../../chart/files/archive.js';
import { readChart } from '../../chart/files/chart.js';
import { pastValues, ruleHosts } from '../../chart/past-values.js';
import { defaultImages } from '../../chart/default-images.js';
import type { NamingRules } from '../../chart/relocation/naming.js';
import type { RunEvent } from '../../contract.js';
import { CHARTS_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';
import { relocateName } from '../../chart/relocation/relocation.js';
import { compareChartVersions } from '../../chart-repo/version-order.js';
import { familiarReference, formatReference, parseReference } from '../../content/reference.js';
import { AppError } from '../../errors.js';
import type { ListedChart } from '../../ports/chart-target.js';
import type { ChartOpening } from '../../target/connect.js';
import { hintedReferences, type ChartReference } from '../reading/chart-references.js';
import type { RunHistory } from '../reading/run-history.js';
import { concernsOneItem } from '../../run/base/run-ending.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { compareText } from '../../content/text-order.js';

/** A chart repository to look at. */
export interface AuditedRepository {
  /** Folder of the package; '' for a repository that takes the charts of all folders. */
  readonly repo: string;
  readonly opening: ChartOpening;
  /** True for a folder that is tried because packages usually have it: its absence is no problem. */
  readonly isGuess: boolean;
}

export interface PublishedVersion extends ListedChart {
  readonly repo: string;
  readonly opening: Extract<ChartOpening, { readonly charts: unknown }>;
}

/** Every chart of the repositories, newest versions first; repositories that cannot be looked at are in `problems`. */
export async function listPublished(
  repositories: readonly AuditedRepository[],
  history: RunHistory,
  options: Cancellable,
): Promise<{ readonly charts: readonly PublishedVersion[]; readonly problems: readonly AppError[] }> {
  const charts: PublishedVersion[] = [];
  const problems: AppError[] = [];
  for (const { repo, opening, isGuess } of repositories) {
    try {
      if ('problem' in opening) throw opening.problem;
      const { url } = opening.charts;
      const known = history.charts.filter((one) => one.url === url);
      const listed = await opening.charts.listCharts(options);
      if (listed === null && !(isGuess && known.length === 0)) {
        problems.push(
          new AppError('audit.not-listed', { origin: 'chart-repo', params: { url, count: known.length } }),
        );
      }
      for (const { name, version } of listed ?? known) {
        const folder = known.find((one) => one.name === name && one.version === version)?.repo;
        charts.push({ name, version, opening, repo: repo === '' ? (folder ?? '') : repo });
      }
    } catch (error) {
      if (!concernsOneItem(error, options)) throw error;
      if (!isGuess) problems.push(error);
    }
  }
  charts.sort(
    (a, b) =>
      compareText(a.repo, b.repo) ||
      compareText(a.name, b.name) ||
      compareChartVersions(b.version, a.version),
  );
  return { charts, problems };
}

export interface NamedImages {
  readonly references: readonly ChartReference[];
  /** Why the chart, or a hint of it, cannot be read; or a line that names a registry past its values. */
  readonly problem: AppError | null;
}

/** The images that the hints in the chart name, and those that its default values name in addition. */
async function imagesNamedBy(
  { name, version, opening }: PublishedVersion,
  rules: NamingRules,
  options: Cancellable,
): Promise<NamedImages> {
  const { charts } = opening;
  try {
    const published = await charts.getChart(name, version, options);
    if (published === null) {
      const params = { chart: `${name} ${version}`, url: charts.url };
      return {
        references: [],
        problem: new AppError('audit.chart-unreadable', { origin: 'chart-repo', params }),
      };
    }
    const chart = readChart(unpackChart(published.archive));
    const hinted = hintedReferences(chart, null, rules);
    const all = new Map(hinted.references.map((one) => [formatReference(one.source), one]));
    for (const text of defaultImages(chart, hinted.keys)) {
      const one = referenceOf(text, rules);
      if (one && !all.has(formatReference(one.source))) all.set(formatReference(one.source), one);
    }
    const hosts = [...ruleHosts(rules), ...hinted.references.map(({ source }) => source.registry)];
    const [past] = pastValues(chart, hinted.keys, hosts);
    return { references: [...all.values()], problem: hinted.problems[0] ?? past ?? null };
  } catch (error) {
    if (!concernsOneItem(error, options)) throw error;
    return { references: [], problem: error };
  }
}

/** Where a reference has tag and digest only the digest counts, as for a node that pulls it. */
function referenceOf(text: string, rules: NamingRules): ChartReference | null {
  const parsed = parseReference(text);
  if (!parsed) return null;
  const { registry, repository, tag, digest } = parsed;
  const source = { registry, repository, ...(digest ? { digest } : { tag: tag ?? 'latest' }) };
  return { text: familiarReference(source), source, home: relocateName(source, rules) };
}

/** The images that each chart names. Charts are read some at a time, and `emit` is told how far that is. */
export async function imagesNamedByEach(
  charts: readonly PublishedVersion[],
  {
    rules,
    emit,
    signal,
  }: Cancellable & { readonly rules: NamingRules; readonly emit: (event: RunEvent) => void },
): Promise<ReadonlyMap<PublishedVersion, NamedImages>> {
  const named = new Map<PublishedVersion, NamedImages>();
  await forEachLimited(charts, CHARTS_AT_A_TIME, async (chart) => {
    signal.throwIfAborted();
    named.set(chart, await imagesNamedBy(chart, rules, { signal }));
    emit({ type: 'surveyed', done: named.size, total: charts.length });
  });
  return named;
}
