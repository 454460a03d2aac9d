// Decides about charts whose bundles lack images, once all packages of a run were read: blocked, unless the images are served all the same.
import { describePlatform, platformKeyOf } from '../../content/platform.js';
import { familiarReference } from '../../content/reference.js';
import { AppError } from '../../errors.js';
import type { ChartImage } from '../../chart/types.js';
import { isAboutTheTag, surveyTag } from '../../plan/survey.js';
import { matchesChart } from '../../plan/selection.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { TagReader } from '../../ports/tag-reader.js';
import { placeIn } from '../../target/place.js';
import { imageNotShipped } from '../../plan/absent-images.js';
import type { OfferedChart } from '../base/offered-chart.js';
import type { TagContentLookup } from '../tags/tag-rows.js';

export interface LackingOptions extends Cancellable {
  /** Null with `--no-images`: the registry is not read, so nothing is blocked. */
  readonly images: TagReader | null;
  /** What the tags of the run hold in the end, as far as it is known. */
  readonly after: TagContentLookup;
  /** Patterns of charts that stay as they are; their images may lie elsewhere. */
  readonly keepCharts: readonly string[];
}

export interface CheckedCharts {
  /** The charts; one with images that are lacking everywhere has a problem and is not published. */
  readonly charts: readonly OfferedChart[];
  /** Images that a bundle lacks and that the target serves, or that need not be there. */
  readonly notes: readonly AppError[];
}

/**
 * Looks up each image that a bundle lacks although it should hold it. The chart is blocked unless the tag serves the image after
 * the run for the platform of the bundle: because another bundle or package brings it, or because the target has it. Throws
 * errors that concern the whole target.
 */
export async function checkLacking(
  charts: readonly OfferedChart[],
  options: LackingOptions,
): Promise<CheckedCharts> {
  const { images, keepCharts } = options;
  const checked: OfferedChart[] = [];
  const notes: AppError[] = [];
  for (const chart of charts) {
    const lacking = chart.absent.flatMap(({ image, why }) => (why === 'lacking' ? [image] : []));
    if (images === null || matchesChart(keepCharts, chart)) {
      notes.push(...lacking.map((image) => imageNotShipped(chart, image)));
      checked.push(chart);
      continue;
    }
    const missing: ChartImage[] = [];
    for (const image of lacking) {
      const source = await sourceOf(image, chart, images, options);
      if (source === 'nowhere') missing.push(image);
      if (source === 'target') notes.push(problemOf('plan.image-in-target', chart, [image]));
    }
    if (missing.length === 0) checked.push(chart);
    else {
      const problem = problemOf('run.chart-images-lacking', chart, missing);
      checked.push({ ...chart, problems: [...chart.problems, problem] });
    }
  }
  return { charts: checked, notes };
}

/** The problems of charts that lack images, where the same chart of another package is published in their place. */
export function outvoted(charts: readonly OfferedChart[]): readonly AppError[] {
  const sound = new Set(charts.filter(({ problems }) => problems.length === 0).map(keyOf));
  return charts
    .filter((chart) => sound.has(keyOf(chart)))
    .flatMap(({ problems }) => problems.filter(isLacking));
}

/** True for the problem of a chart whose bundle lacks images that nobody serves. */
export function isLacking({ code }: AppError): boolean {
  return code === 'run.chart-images-lacking';
}

function keyOf({ folder, name, version }: OfferedChart): string {
  return `${folder}/${name}@${version}`;
}

/** Who serves the image for the platforms of the chart: this run, the target as it is, or nobody. */
async function sourceOf(
  image: ChartImage,
  { platforms }: OfferedChart,
  images: TagReader,
  { after, signal }: LackingOptions,
): Promise<'run' | 'target' | 'nowhere'> {
  const { repository, tag } = placeIn(images, image.target);
  const serves = (held: readonly string[]): boolean => {
    const keys = new Set(held.map(platformKeyOf));
    return held.length > 0 && platforms.every((platform) => keys.has(platformKeyOf(platform)));
  };
  const content = after(repository, tag) ?? null;
  if (content !== null && content !== 'unreadable' && serves(content.platforms)) return 'run';
  return serves(await heldBy(images, repository, tag, { signal })) ? 'target' : 'nowhere';
}

/** The platforms of a tag whose images are there; a tag that cannot be read serves none. */
async function heldBy(
  images: TagReader,
  repository: string,
  tag: string,
  options: Cancellable,
): Promise<readonly string[]> {
  const looking = { ...options, hasBlob: () => Promise.resolve(true), versionOf: () => null };
  const state = await surveyTag(images, repository, tag, [], looking);
  if (state.kind === 'manifest') return [describePlatform(state.child.platform)];
  if (state.kind !== 'index') return [];
  const held: string[] = [];
  for (const { descriptor, platform } of state.children) {
    try {
      const child = await images.getManifest(repository, descriptor.digest, options);
      if (child !== null) held.push(describePlatform(platform));
    } catch (error) {
      if (!isAboutTheTag(error)) throw error;
    }
  }
  return held;
}

function problemOf(
  code: 'plan.image-in-target' | 'run.chart-images-lacking',
  { name, version }: OfferedChart,
  images: readonly ChartImage[],
): AppError {
  const names = images.map(({ source }) => familiarReference(source)).join(', ');
  const chart = `${name} ${version}`;
  const params = code === 'plan.image-in-target' ? { chart, image: names } : { chart, images: names };
  return new AppError(code, { origin: 'package', params });
}
