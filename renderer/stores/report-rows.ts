// A report in the form of its screen: one row for each tag with a cell for each platform, what is left to do, and the target. Pure.
import { gapsOf, isToldByGap, plainPlatform, tagsNotWritten } from '../../core/contract.js';
import type {
  Gap,
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
  /** True for an image that no package has included: the run has no tag for it. */
  readonly absent: boolean;
}

/** Platforms of all tags of the report: amd64, arm64, then in alphabetical order. */
export function platformsOf(report: Report): readonly string[] {
  const all = new Set(report.images.map(platformName));
  for (const { after } of report.images)
    if (after !== null && after !== 'unreadable') for (const platform of after.platforms) all.add(platform);
  const first = ['linux/amd64', 'linux/arm64'];
  return [...first.filter((one) => all.has(one)), ...[...all].filter((one) => !first.includes(one)).sort()];
}

/** One row for each tag of the report, then one for each image that no package has included. */
export function reportRows(report: Report): readonly ReportRow[] {
  const rows = new Map<string, ReportImage[]>();
  for (const image of report.images) {
    const known = rows.get(image.target);
    if (known) known.push(image);
    else rows.set(image.target, [image]);
  }
  const tags = [...rows].map(([target, images]): ReportRow => {
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
      absent: false,
    };
  });
  const absent = gapsOf(report).flatMap(({ image, platform, cause }): readonly ReportRow[] =>
    platform === '' && report.kind === 'import'
      ? [{ target: image, cells: {}, before: null, after: null, reason: '', problem: cause, absent: true }]
      : [],
  );
  return [...tags, ...absent];
}

/** The host that all tags begin with, as `registry.example:5000/`; '' where there is none. */
export function commonHost(rows: readonly Pick<ReportRow, 'target'>[]): string {
  const [first = ''] = rows.map(({ target }) => /^(?:[^/]*[.:][^/]*|localhost)\//.exec(target)?.[0] ?? '');
  return rows.every(({ target }) => target.startsWith(first)) ? first : '';
}

/** The rows of images that lack a platform or whose tag could not be written. */
export function incompleteRows(report: Report, rows: readonly ReportRow[]): readonly ReportRow[] {
  if (report.kind !== 'import') return rows.filter(({ absent }) => absent);
  const open = new Set([...gapsOf(report).map(({ image }) => image), ...tagsNotWritten(report)]);
  return rows.filter(({ target, absent }) => absent || open.has(target));
}

/** What is left to do, one entry for each image and platform, chart, and cause. */
export interface ToDo {
  readonly what: string;
  /** The problem; null for an image that was left as it was by a policy, and for a platform that no package brought. */
  readonly problem: Problem | null;
  /** Code of the reason, where there is no problem. */
  readonly reason: string;
  /** The platform that no package brought; '' for any other entry. */
  readonly lacks: string;
}

/** Problems that the gaps and charts of a report tell already. */
const TOLD = new Set(['run.platform-missing', 'run.chart-images-lacking']);

/** False for a problem that the list of gaps tells. */
export function isBesideGaps({ code }: Pick<Problem, 'code'>): boolean {
  return !TOLD.has(code);
}

export function toDoOfGap({ image, platform, cause, reason }: Gap): ToDo {
  const isInNone = reason === 'in-no-package';
  return {
    what: `${image} ${platform}`.trim(),
    problem: cause,
    reason: cause === null && !isInNone ? reason : '',
    lacks: isInNone ? platform : '',
  };
}

/** What a person still has to do, each once: gaps, conflicts, charts, findings of the proof, and problems of the run itself. */
export function toDos(report: Report): readonly ToDo[] {
  const entry = (what: string, fields: Partial<ToDo>): ToDo => ({
    ...{ what, problem: null, reason: '', lacks: '' },
    ...fields,
  });
  const gaps = report.kind === 'import' ? gapsOf(report) : [];
  const isGap = (image: ReportImage): boolean =>
    gaps.some(
      (gap) =>
        gap.image === image.target && plainPlatform(gap.platform) === plainPlatform(platformName(image)),
    );
  const lacking = gaps.map(toDoOfGap);
  // Images that were not written although their tags serve the platform, by another build.
  const notDone = report.images
    .filter((image) => (image.action === 'failed' || image.action === 'blocked') && !isGap(image))
    .map((image) =>
      entry(`${image.target} ${platformName(image)}`, { problem: image.problem, reason: image.reason }),
    );
  const conflicts = report.images.flatMap((image) => {
    const { target, action, reason, problem } = image;
    return action === 'conflict' ? [entry(`${target} ${platformName(image)}`, { problem, reason })] : [];
  });
  const charts = report.charts.flatMap(({ name, version, action, problem }) =>
    problem === null && action !== 'conflict' ? [] : [entry(`${name} ${version}`, { problem })],
  );
  const findings = (report.proof?.images ?? []).flatMap(({ target, problems }) =>
    problems
      .filter((problem) => !isToldByGap(gaps, target, problem))
      .map((problem) => entry(target, { problem })),
  );
  const items = [...lacking, ...notDone, ...conflicts, ...charts, ...findings];
  const told = new Set(items.map(({ problem }) => problem && causeKey(problem)));
  const others = report.problems
    .filter((problem) => isBesideGaps(problem) && !told.has(causeKey(problem)))
    .map((problem) => entry('', { problem }));
  return [...others, ...items];
}

function causeKey({ code, params }: Problem): string {
  return `${code} ${JSON.stringify(params)}`;
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
