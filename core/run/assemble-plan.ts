// Makes the plan: the forecast together with the packages, the target and the options that it was made for.
import { distinctPlatforms, platformKeyOf } from '../content/platform.js';
import { isAttachedTag } from '../contract.js';
import type { Plan, PlanImage, PlanRequest, ReportPackage } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import type { NamingRules } from '../chart/relocation/naming.js';
import type { ConnectedTarget } from '../target/connect.js';
import { namingNotes } from '../target/naming-rules.js';
import type { ImportForecast } from './forecast/forecast-import.js';
import type { ReadPackage } from './pass/look-at-package.js';
import { missingPlatforms } from './required-platforms.js';

export interface PlanParts {
  readonly request: Omit<PlanRequest, 'packages' | 'target'>;
  /** As they were described before they were read, in the order of `read`. */
  readonly packages: readonly ReportPackage[];
  readonly target: ConnectedTarget;
  readonly rules: NamingRules;
  readonly read: readonly ReadPackage[];
  readonly forecast: ImportForecast;
  readonly weakened: readonly string[];
  /** When the first of the tags was read, ISO 8601; absent: while the plan was made. */
  readonly tagsRead?: string;
}

/** The plan as JSON, from what was read and forecast. */
export function assemblePlan(parts: PlanParts): Plan {
  const { request, packages, target, rules, read, forecast, weakened } = parts;
  const { blobs, images, charts, needs, obstacles, notes } = forecast;
  const required = request.requirePlatforms ?? [];
  const isEmpty =
    images.length + charts.length === 0 &&
    read.every(({ problem, findings }) => problem === null && findings.problems.length === 0);
  const ofPackages = read.flatMap(({ problem, findings, notes: told }) => [
    ...(problem ? [problem] : []),
    ...findings.problems,
    ...told,
  ]);
  const problems = [
    ...ofPackages,
    ...namingNotes(rules),
    ...notes,
    ...obstacles,
    ...missingPlatforms(tagsOf(images), required),
    ...(isEmpty ? [new AppError('run.nothing-to-import', { origin: 'config' })] : []),
  ];
  const made = new Date().toISOString();
  return {
    schema: 'archbridge.plan/1',
    made,
    tagsRead: parts.tagsRead ?? made,
    packages: packages.map((one, at) => ({ ...one, sha512: read[at]?.sha512 ?? one.sha512 })),
    target: target.summary,
    request: {
      selection: request.selection ?? {},
      onChange: request.onChange ?? 'newer',
      onChartChange: request.onChartChange ?? 'auto',
      keepCharts: request.keepCharts ?? [],
      allowMislabelled: request.allowMislabelled ?? false,
      acceptUnproven: request.acceptUnproven ?? false,
      requirePlatforms: required,
      ...(request.createProjects === undefined ? {} : { createProjects: request.createProjects }),
      ...(request.imageName === undefined ? {} : { imageName: request.imageName }),
    },
    blobs,
    images,
    charts,
    needs,
    coverage: coverageOf(images),
    weakened,
    problems: problems.map((problem) => toProblem(problem)),
  };
}

/** One row for each tag: all rows of a tag say the same about the tag itself. */
function tagsOf(images: readonly PlanImage[]): readonly PlanImage[] {
  return [...new Map(images.map((row) => [row.target, row])).values()];
}

function coverageOf(images: readonly PlanImage[]): Plan['coverage'] {
  const tags = tagsOf(images).filter(({ target }) => !isAttachedTag(target));
  const held = (content: PlanImage['before']) =>
    content === null || content === 'unreadable' ? [] : content.platforms;
  const platforms = distinctPlatforms(tags.flatMap(({ before, after }) => [...held(before), ...held(after)]));
  const count = (side: 'before' | 'after', platform: string) =>
    tags.filter((row) => held(row[side]).some((one) => platformKeyOf(one) === platformKeyOf(platform)))
      .length;
  return Object.fromEntries(
    platforms.map((platform) => [
      platform,
      { present: count('before', platform), after: count('after', platform), total: tags.length },
    ]),
  );
}
