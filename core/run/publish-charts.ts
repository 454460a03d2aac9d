// The charts of a run: one of each name and version in each repository, whatever number of packages brought it.
import { AppError, toProblem } from '../errors.js';
import { compareVersions } from '../plan/versions.js';
import type { ChartTarget } from '../target/chart-target.js';
import { throwIfAborted } from './cancel.js';
import type { ChartWriter } from './chart-writer.js';
import type { OfferedChart } from './offered-chart.js';
import type { PauseGate } from './pause-gate.js';
import type { ReadPackage } from './read-packages.js';
import type { RunRecord } from './run-record.js';
import { packagesDiffer, type PackageLabel } from './tag-jobs.js';

/** A chart to publish, or two that contradict each other. */
export interface ChartChoice {
  readonly chart: OfferedChart;
  /** True when packages of one version bring other content under the same name and version. */
  readonly isDisputed: boolean;
}

/** The charts that the packages brought; those of a package whose end is not proven carry its problem. */
export function usableCharts(read: readonly ReadPackage[], acceptUnproven: boolean): readonly OfferedChart[] {
  return read.flatMap(({ problem, harvest }) =>
    problem === null || acceptUnproven
      ? harvest.charts
      : harvest.charts.map((chart) => ({ ...chart, problems: [...chart.problems, problem] })),
  );
}

/**
 * One choice for each folder, name and version. A chart without problems makes up for the same one that has some, then the
 * one of the latest package version wins; equal ones are one, and then an image that one bundle lacks may be in the other.
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
    const sound = group.filter((one) => one.problems.length === 0);
    const [first, ...others] = latestOf(sound.length > 0 ? sound : group, labels);
    if (!first) return [];
    const isDisputed = others.some((other) => other.content !== first.content);
    const absent = first.absent.filter((image) =>
      others.every((other) => other.absent.some((lacking) => lacking.hint === image.hint)),
    );
    return [{ chart: { ...first, absent }, isDisputed }];
  });
}

function latestOf(group: readonly OfferedChart[], labels: readonly PackageLabel[]): readonly OfferedChart[] {
  const version = (one: OfferedChart) => labels[one.packageAt]?.version ?? '';
  return group.filter(
    (one) => !group.some((other) => (compareVersions(version(other), version(one)) ?? 0) > 0),
  );
}

/** One chart on its way to one repository. */
interface Publication {
  readonly choice: ChartChoice;
  readonly target: ChartTarget;
}

/** Publishes each chart once to each repository, one after the other; failures stand in the rows. */
export async function publishCharts(
  charts: readonly OfferedChart[],
  writer: ChartWriter,
  labels: readonly PackageLabel[],
  record: RunRecord,
  pause: PauseGate,
  options: { readonly signal: AbortSignal },
): Promise<void> {
  const publications: Publication[] = [];
  for (const choice of chooseCharts(charts, labels)) {
    throwIfAborted(options.signal);
    const openings = await writer.targetsFor(choice.chart);
    if (openings.length === 0) {
      const { folder, name } = choice.chart;
      const params = { chart: name, folder };
      const nowhere = new AppError('run.chart-without-repository', { origin: 'config', params });
      await record.chart(writer.row(choice.chart, '', 'blocked', null, null, toProblem(nowhere)));
    }
    for (const opening of openings) {
      if ('charts' in opening) publications.push({ choice, target: opening.charts });
      else
        await record.chart(
          writer.row(choice.chart, opening.url, 'failed', null, null, toProblem(opening.problem)),
        );
    }
  }
  const rivals = contentsByPlace(publications);
  for (const publication of publications) {
    await pause.passed(options);
    const { choice, target } = publication;
    const { name, version } = choice.chart;
    const isDisputed = choice.isDisputed || (rivals.get(placeOf(publication))?.size ?? 0) > 1;
    const dispute: AppError | null = isDisputed ? packagesDiffer(`${name} ${version}`) : null;
    await record.chart(
      dispute
        ? writer.row(choice.chart, target.url, 'conflict', null, null, toProblem(dispute))
        : await writer.publish(choice.chart, target),
    );
  }
}

/** Two folders of a package may meet in one flat repository: equal names and versions with other content are a conflict there. */
function contentsByPlace(publications: readonly Publication[]): ReadonlyMap<string, ReadonlySet<string>> {
  const contents = new Map<string, Set<string>>();
  for (const publication of publications) {
    const place = placeOf(publication);
    contents.set(place, (contents.get(place) ?? new Set()).add(publication.choice.chart.content));
  }
  return contents;
}

function placeOf({ choice, target }: Publication): string {
  return `${target.url} ${choice.chart.name} ${choice.chart.version}`;
}
