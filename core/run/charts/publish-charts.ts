// Chooses one chart of each name and version among the packages of a run, and pairs it with each of its repositories.
import { AppError } from '../../errors.js';
import { compareVersions } from '../../plan/versions.js';
import { placeTaken } from '../../chart-repo/chart-name.js';
import type { ChartTarget } from '../../ports/chart-target.js';
import type { ChartOpening } from '../../target/connect.js';
import { throwIfAborted } from '../../flow/cancel.js';
import type { OfferedChart } from '../base/offered-chart.js';
import type { ReadPackage } from '../pass/look-at-package.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import { packagesDiffer } from '../tags/disputes.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** A chart to publish, or one of several that contradict each other. */
export interface ChartChoice {
  readonly chart: OfferedChart;
  /** True when packages of one version bring other content under the same name and version. */
  readonly isDisputed: boolean;
}

/** The charts of the packages. Charts of a package that was not read to a proven end get its problem. */
export function usableCharts(read: readonly ReadPackage[], acceptUnproven: boolean): readonly OfferedChart[] {
  return read.flatMap(({ problem, findings }) =>
    problem === null || acceptUnproven
      ? findings.charts
      : findings.charts.map((chart) => ({ ...chart, problems: [...chart.problems, problem] })),
  );
}

/**
 * One choice for each folder, name and version. Selected charts are preferred, then charts without problems, then those of the latest package version.
 * Where several packages bring the same chart, an image counts as absent only if each of their bundles lacks it.
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
    const selected = some(group, (one) => one.isSelected);
    const sound = some(selected, (one) => one.problems.length === 0);
    const [first, ...others] = latestOf(sound, labels);
    if (!first) return [];
    const isDisputed = others.some((other) => other.content !== first.content);
    const absent = first.absent.filter(({ image }) =>
      others.every((other) => other.absent.some((one) => one.image.hint === image.hint)),
    );
    return [{ chart: { ...first, absent }, isDisputed }];
  });
}

/** Those that fulfil the condition, or all where none does. */
function some<T>(items: readonly T[], condition: (item: T) => boolean): readonly T[] {
  const found = items.filter(condition);
  return found.length > 0 ? found : items;
}

function latestOf(group: readonly OfferedChart[], labels: readonly PackageLabel[]): readonly OfferedChart[] {
  const version = (one: OfferedChart) => labels[one.packageAt]?.version ?? '';
  return group.filter(
    (one) => !group.some((other) => (compareVersions(version(other), version(one)) ?? 0) > 0),
  );
}

/** One chart with one repository that it goes to, or with the reason why it cannot be published. */
export interface Publication {
  readonly chart: OfferedChart;
  /** '' where no repository is named for the chart's folder. */
  readonly url: string;
  /** Null where the chart cannot go there. */
  readonly target: ChartTarget | null;
  readonly action: 'publish' | 'skip' | 'conflict' | 'blocked' | 'failed';
  readonly problem: AppError | null;
}

/**
 * Pairs each chart with each repository that its folder maps to. Different charts of one name and version in one repository (from
 * several packages, or from several folders of one) become conflicts.
 */
export async function publicationsOf(
  charts: readonly OfferedChart[],
  labels: readonly PackageLabel[],
  targetsFor: (folder: string) => Promise<readonly ChartOpening[]>,
  options: Cancellable,
): Promise<readonly Publication[]> {
  const publications: (Publication & { readonly isDisputed: boolean })[] = [];
  // A repository that refused to be opened is not asked again for each chart of its folder.
  const opened = new Map<string, readonly ChartOpening[]>();
  for (const { chart, isDisputed } of chooseCharts(charts, labels)) {
    throwIfAborted(options.signal);
    const { folder, name } = chart;
    const [unreadable] = chart.isUnreadable ? chart.problems : [];
    if (unreadable) {
      publications.push({ chart, url: '', target: null, action: 'failed', problem: unreadable, isDisputed });
      continue;
    }
    const openings = opened.get(folder) ?? (await targetsFor(folder));
    opened.set(folder, openings);
    if (!chart.isSelected) {
      const urls = openings.map(({ url }) => url);
      for (const url of urls.length > 0 ? urls : [''])
        publications.push({ chart, url, target: null, action: 'skip', problem: null, isDisputed });
      continue;
    }
    if (openings.length === 0) {
      const params = { chart: name, folder };
      const problem = new AppError('run.chart-without-repository', { origin: 'config', params });
      publications.push({ chart, url: '', target: null, action: 'blocked', problem, isDisputed });
    }
    for (const opening of openings) {
      const { url } = opening;
      publications.push(
        'charts' in opening
          ? { chart, url, target: opening.charts, action: 'publish', problem: null, isDisputed }
          : { chart, url, target: null, action: 'failed', problem: opening.problem, isDisputed },
      );
    }
  }
  const rivals = contentsByPlace(publications);
  const taken = placesTaken(publications);
  return publications.map(({ isDisputed, ...one }) => {
    const other = taken.get(`${one.url} ${one.target?.placeOf(one.chart.name, one.chart.version) ?? ''}`);
    if (
      one.action === 'publish' &&
      other &&
      (other.name !== one.chart.name || other.version !== one.chart.version)
    )
      return { ...one, action: 'blocked', problem: placeTaken(one.url, one.chart, other) };
    const differs = isDisputed || (rivals.get(placeOf(one))?.size ?? 0) > 1;
    if (one.action !== 'publish' || !differs) return one;
    return { ...one, action: 'conflict', problem: packagesDiffer(`${one.chart.name} ${one.chart.version}`) };
  });
}

/**
 * Of charts that would get the same file or tag, the first by name and version keeps it: the others are refused. By `url place`;
 * it does not depend on the order of the packages.
 */
function placesTaken(publications: readonly Pick<Publication, 'chart' | 'url' | 'target'>[]) {
  const taken = new Map<string, OfferedChart>();
  const key = ({ name, version }: OfferedChart): string => `${name} ${version}`;
  for (const { chart, url, target } of publications) {
    if (!target) continue;
    const place = `${url} ${target.placeOf(chart.name, chart.version)}`;
    const other = taken.get(place);
    if (!other || key(chart) < key(other)) taken.set(place, chart);
  }
  return taken;
}

/** The reason in the row of a chart that is not published. */
export function reasonOf(action: Publication['action']): string {
  return action === 'skip' ? 'not-selected' : '';
}

/** Two folders of a package may meet in one flat repository: equal names and versions with other content are a conflict there. */
function contentsByPlace(publications: readonly Publication[]): ReadonlyMap<string, ReadonlySet<string>> {
  const contents = new Map<string, Set<string>>();
  for (const publication of publications) {
    if (publication.action === 'skip') continue;
    const place = placeOf(publication);
    contents.set(place, (contents.get(place) ?? new Set()).add(publication.chart.content));
  }
  return contents;
}

function placeOf({ chart, url }: Pick<Publication, 'chart' | 'url'>): string {
  return `${url} ${chart.name} ${chart.version}`;
}
