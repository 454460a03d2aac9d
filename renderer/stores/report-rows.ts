// A report in the form of its screen: one row for each tag with a cell for each platform, what is left to do, and the target. Pure.
import type {
  Problem,
  RememberedTarget,
  Report,
  ReportImage,
  TagSummary,
  TargetSpec,
} from '../../core/contract.js';
import { platformName } from './platform-name.js';
import { placeOf } from './target/target-spec.js';

export interface ReportRow {
  readonly target: string;
  /** For each platform what this run did; `kept` for platforms of the tag that the run did not change. */
  readonly cells: Readonly<Record<string, ReportImage['action'] | 'kept'>>;
  readonly before: TagSummary | null | 'unreadable';
  readonly after: TagSummary | null | 'unreadable';
  readonly reason: string;
  readonly problem: Problem | null;
}

/** Platforms of all tags of the report: amd64, arm64, then in alphabetical order. */
export function platformsOf(report: Report): readonly string[] {
  const all = new Set(report.images.map(platformName));
  for (const { after } of report.images)
    if (after !== null && after !== 'unreadable') for (const platform of after.platforms) all.add(platform);
  const first = ['linux/amd64', 'linux/arm64'];
  return [...first.filter((one) => all.has(one)), ...[...all].filter((one) => !first.includes(one)).sort()];
}

/** One row for each tag of the report. */
export function reportRows(report: Report): readonly ReportRow[] {
  const rows = new Map<string, ReportImage[]>();
  for (const image of report.images) {
    const known = rows.get(image.target);
    if (known) known.push(image);
    else rows.set(image.target, [image]);
  }
  return [...rows].map(([target, images]) => {
    const last = images.at(-1);
    const after = last?.after ?? null;
    const held = after === null || after === 'unreadable' ? [] : after.platforms;
    const cells: Record<string, ReportRow['cells'][string]> = {};
    for (const platform of held) cells[platform] = 'kept';
    for (const image of images) cells[platformName(image)] = image.action;
    return {
      target,
      cells,
      before: images[0]?.before ?? null,
      after,
      reason: last?.reason ?? '',
      problem: images.find(({ problem }) => problem !== null)?.problem ?? null,
    };
  });
}

/** True where the person still has to do something for the tag. */
export function isIncomplete({ cells, problem }: ReportRow): boolean {
  if (problem !== null) return true;
  return Object.values(cells).some(
    (action) => action === 'failed' || action === 'blocked' || action === 'conflict',
  );
}

/** What is left to do, one entry for each tag and cause. */
export interface ToDo {
  readonly what: string;
  /** The problem; null for an image that was left as it was by a policy. */
  readonly problem: Problem | null;
  /** Code of the reason, where there is no problem. */
  readonly reason: string;
}

/** What a person still has to do, one entry for each tag or chart and cause. */
export function toDos(report: Report): readonly ToDo[] {
  const images = report.images.flatMap((image) => {
    const { target, action, reason, problem } = image;
    const what = `${target} ${platformName(image)}`;
    return problem === null && action !== 'conflict' ? [] : [{ what, problem, reason }];
  });
  const charts = report.charts.flatMap(({ name, version, problem }) =>
    problem === null ? [] : [{ what: `${name} ${version}`, problem, reason: '' }],
  );
  const findings = (report.proof?.images ?? []).flatMap(({ target, problems }) =>
    problems.map((problem) => ({ what: target, problem, reason: '' })),
  );
  return [...images, ...charts, ...findings];
}

/** The target of a run for undo and audit: the remembered one with that location, otherwise built from the report. */
export function targetOf(
  { target }: Pick<Report, 'target'>,
  remembered: readonly RememberedTarget[],
): TargetSpec {
  const known = remembered.find(({ spec }) => placeOf(spec) === target.location);
  if (known) return known.spec;
  if (target.kind === 'folder') return { store: target.location };
  return {
    registry: target.location,
    ...(target.charts.length > 0 ? { charts: target.charts.map((url) => ({ url })) } : { noCharts: true }),
  };
}

/** True when a later run undid this one. */
export function isUndone(run: string, history: readonly { readonly undoes: readonly string[] }[]): boolean {
  return history.some(({ undoes }) => undoes.includes(run));
}
