// Finds out when a selection selects nothing of the packages, and says what they hold instead.
import type { Selection } from '../../contract.js';
import { formatPlatform } from '../../content/platform.js';
import { AppError } from '../../errors.js';
import type { BundlePlan, PlannedImage } from '../../plan/bundle-plan.js';

/** Names in the hint; the others are only counted. */
const NAMED = 10;

/** What a package holds, selected or not, as the first pass sees it. */
export class SeenContent {
  /** `folder/name@version`. */
  readonly charts = new Set<string>();
  readonly images = new Set<string>();
  readonly platforms = new Set<string>();
  /** True when a bundle whose chart is selected holds an image, selected or not. */
  hasImages = false;
  hasSelectedImages = false;

  /** `selected`: the images of the bundle that are selected; null where its chart is not. */
  addBundle({ chart, images }: BundlePlan, selected: readonly PlannedImage[] | null): void {
    if (chart) {
      const folder = chart.folder === '' ? '' : `${chart.folder}/`;
      this.charts.add(`${folder}${chart.chart.name}@${chart.chart.version}`);
    }
    for (const { source, image } of images) {
      this.images.add(source);
      this.platforms.add(formatPlatform(image.platform));
    }
    if (!selected) return;
    this.hasImages ||= images.length > 0;
    this.hasSelectedImages ||= selected.length > 0;
  }
}

/** The parts of a package after a pass that tell whether anything of it was selected. */
interface LookedAt {
  readonly problem: AppError | null;
  readonly findings: {
    readonly seen: SeenContent;
    readonly charts: readonly { readonly isSelected: boolean }[];
    readonly problems: readonly AppError[];
  };
}

/**
 * Throws `run.nothing-selected` when the selection selects no chart and no image of any package, or when it names images or
 * platforms and selects none of the images. Does not throw when anything was damaged: that may be what was selected.
 */
export function requireSelected(read: readonly LookedAt[], selection: Selection = {}): void {
  const { images = [], platforms = [] } = selection;
  const asked = askedFor(selection);
  // what is selected may lie in another shard
  if (
    selection.shard ||
    asked === '' ||
    read.some(({ problem, findings }) => problem || findings.problems.length > 0)
  )
    return;
  const seen = read.map(({ findings }) => findings.seen);
  if (seen.some((one) => one.hasSelectedImages)) return;
  const isOfImages = images.length + platforms.length > 0;
  const lacksAll = isOfImages && seen.some((one) => one.hasImages);
  if (!lacksAll && read.some(({ findings }) => findings.charts.some((chart) => chart.isSelected))) return;
  const params = {
    asked,
    charts: listed(seen.flatMap((one) => [...one.charts])),
    images: listed(seen.flatMap((one) => [...one.images])),
    platforms: listed(seen.flatMap((one) => [...one.platforms])),
  };
  throw new AppError('run.nothing-selected', { origin: 'config', params });
}

function askedFor({ only = [], skip = [], images = [], platforms = [] }: Selection): string {
  const option = (name: string, values: readonly string[]) => values.map((value) => `${name} ${value}`);
  return [
    ...option('--only', only),
    ...option('--skip', skip),
    ...option('--image', images),
    ...option('--platform', platforms),
  ].join(' ');
}

function listed(names: readonly string[]): string {
  const sorted = [...new Set(names)].sort();
  if (sorted.length === 0) return '-';
  return sorted.slice(0, NAMED).join(', ') + (sorted.length > NAMED ? `, … (${sorted.length})` : '');
}
