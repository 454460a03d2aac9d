// Says why a chart's images do not come with it, and for which platform they were meant.
import type { ChartImage } from '../chart/types.js';
import { describePlatform, platformKeyOf } from '../content/platform.js';
import { familiarReference, formatReference } from '../content/reference.js';
import { AppError } from '../errors.js';
import type { ErrorCode } from '../messages/catalog.js';
import { parsePackageName } from '../package/source/names.js';
import type { BundleContent, YamlFileInside } from '../package/stream/package-stream.js';
import { parseFolderList, type FolderList } from '../target/chart-list.js';
import type { BundlePlan, PlannedChart, PlannedImage } from './bundle-plan.js';
import { imageNameSelected, type ChartName, type SelectionRules } from './selection.js';

/** An image that a chart names and that does not come with it. */
export interface AbsentImage {
  readonly image: ChartImage;
  /**
   * `not-selected`: the image was not asked for. `lacking`: the bundle should hold it and does not. `not-shipped`: the bundle was
   * saved without images.
   */
  readonly why: 'not-selected' | 'lacking' | 'not-shipped';
}

/** A chart of a package with what its bundle lacks. */
export interface ChartWithAbsent extends ChartName {
  readonly absent: readonly AbsentImage[];
  /** What {@link platformsOf} says of the bundle; once settled, the platforms that the chart's images are for. */
  readonly platforms: readonly string[];
}

/** The images that the chart of a bundle names and that are not among `brought`. */
export function absentImages(
  plan: BundlePlan,
  { hasImages }: BundleContent,
  brought: readonly PlannedImage[],
  selection: SelectionRules,
): readonly AbsentImage[] {
  const targets = new Set(brought.map(({ target }) => formatReference(target)));
  const named = [...new Set([...(plan.chart?.plan.images ?? []), ...plan.absent])];
  // a bundle of another platform than the selected ones is left out as a whole
  const isMeant = selection.platforms.length === 0 || plan.images.length === 0 || brought.length > 0;
  const isLacking = (image: ChartImage): boolean =>
    isMeant && plan.absent.includes(image) && imageNameSelected(selection, familiarReference(image.source));
  return named
    .filter(({ target }) => !targets.has(formatReference(target)))
    .map((image) => {
      if (!isLacking(image)) return { image, why: 'not-selected' };
      return { image, why: hasImages ? 'lacking' : 'not-shipped' };
    });
}

/** True when the chart names no image, or the selection takes one of its images, whether the bundle holds that image or lacks it. */
export function isAnySelected({ plan }: Pick<PlannedChart, 'plan'>, absent: readonly AbsentImage[]): boolean {
  const { images } = plan;
  return (
    images.length === 0 || absent.length < images.length || absent.some(({ why }) => why !== 'not-selected')
  );
}

/** The most frequent platforms of a list; several where they are equally frequent. */
function mostFrequent(platforms: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const key of platforms.map(platformKeyOf)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  const named = new Map(platforms.map((platform) => [platformKeyOf(platform), platform]));
  return [...named].filter(([key]) => counts.get(key) === most).map(([, platform]) => platform);
}

/** The platforms that the configs of a bundle's images claim, one for each image; images that claim none are left out. */
export function platformsOf({ images }: BundleContent): readonly string[] {
  return images
    .filter(({ platform }) => platform.os !== '' && platform.architecture !== '')
    .map(({ platform }) => describePlatform(platform));
}

/** True when an image is whole, for each of these platforms; without platforms, for any. */
export type Holds = (source: string, platforms: readonly string[]) => boolean;

/**
 * The charts once the whole package is known: an image of a bundle without images is `lacking` where a list of the package says
 * that it belongs to it, and no longer absent where another bundle of the package `holds` it. A bundle whose images do not tell the
 * platform is for that of the package.
 */
export function settleCharts<T extends ChartWithAbsent>(
  charts: readonly T[],
  yamlFiles: readonly YamlFileInside[],
  fileName: string,
  holds: Holds,
): readonly T[] {
  const ofPackage = mostFrequent(charts.flatMap(({ platforms }) => platforms));
  const { arch } = parsePackageName(fileName);
  const named = arch === '' ? [] : [`linux/${arch}`];
  const lists = yamlFiles.flatMap(({ path, text }) => parseFolderList(text, path) ?? []);
  return charts.map((chart) => {
    const isListed = lists.some((list) => listsWithImages(list, chart));
    const own = mostFrequent(chart.platforms);
    const common = own.filter((platform) => ofPackage.includes(platform));
    const [platforms = []] = [common, own, ofPackage, named].filter((some) => some.length > 0);
    const isBrought = ({ image, why }: AbsentImage): boolean =>
      why === 'not-shipped' && holds(familiarReference(image.source), platforms);
    const absent = chart.absent
      .filter((one) => !isBrought(one))
      .map((one): AbsentImage => (one.why === 'not-shipped' && isListed ? { ...one, why: 'lacking' } : one));
    return { ...chart, absent, platforms };
  });
}

/** True when the list names the chart without `skipImages`, so that its images belong to the package. */
function listsWithImages({ folder, only, skipImages }: FolderList, chart: ChartName): boolean {
  if (chart.folder !== '' && chart.folder !== folder) return false;
  return names(only, chart) && !names(skipImages, chart);
}

/** `NAME` or `NAME@VERSION`, compared literally: the vendor's tool knows no patterns. */
function names(listed: readonly string[], { name, version }: ChartName): boolean {
  return listed.includes(name) || listed.includes(`${name}@${version}`);
}

/** Codes of notes about what the vendor left out of a package. */
export const OMISSIONS: ReadonlySet<string> = new Set<ErrorCode>([
  'plan.image-in-target',
  'plan.image-not-shipped',
  'plan.own-hints-unusable',
  'plan.registry-past-values',
]);

/** One note for each image that was not shipped with its chart on purpose. */
export function notShipped({
  name,
  version,
  absent,
}: Omit<ChartWithAbsent, 'platforms'>): readonly AppError[] {
  const images = absent.filter(({ why }) => why === 'not-shipped');
  return images.map(({ image }) => imageNotShipped({ name, version }, image));
}

/** The note for an image that the package does not bring for its chart. */
export function imageNotShipped(
  { name, version }: Pick<ChartName, 'name' | 'version'>,
  { source }: ChartImage,
): AppError {
  const params = { chart: `${name} ${version}`, image: familiarReference(source) };
  return new AppError('plan.image-not-shipped', { origin: 'package', params });
}
