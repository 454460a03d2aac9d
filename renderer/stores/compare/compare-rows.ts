// The rows of the comparison: charts with their images, filtered, searched and sorted. Pure, so that it is tested with 4,000
// images.
import type { Coverage, CoverageImage } from '../../../core/contract.js';
import { needsAttention } from './attention.js';

export type CompareFilter = 'all' | 'changes' | 'attention';
export type CompareSort = 'chart' | 'attention' | 'bytes';

/** The key for images that no chart names. */
export const NO_CHART = '';

export interface ChartRow {
  readonly kind: 'chart';
  /** `folder/name@version`, or {@link NO_CHART}. */
  readonly chart: string;
  readonly images: number;
  readonly attention: number;
  readonly bytesToSend: number;
  readonly open: boolean;
}

export interface ImageRow {
  readonly kind: 'image';
  readonly chart: string;
  readonly image: CoverageImage;
}

export type CompareRow = ChartRow | ImageRow;

export interface CompareView {
  readonly filter: CompareFilter;
  readonly sort: CompareSort;
  readonly search: string;
  /** Charts that the person opened or closed; the others follow the default. */
  readonly folded: Readonly<Record<string, boolean>>;
}

const CHANGING = new Set(['add', 'replace']);

/** True where the import would change the tag. */
export function isChanging({ cells }: CoverageImage): boolean {
  return Object.values(cells).some(({ state }) => CHANGING.has(state));
}

export function countsOf({ images }: Coverage): Readonly<Record<CompareFilter, number>> {
  return {
    all: images.length,
    changes: images.filter(isChanging).length,
    attention: images.filter(needsAttention).length,
  };
}

function isShown(image: CoverageImage, { filter, search }: CompareView): boolean {
  if (filter === 'changes' && !isChanging(image)) return false;
  if (filter === 'attention' && !needsAttention(image)) return false;
  const words = search.trim().toLowerCase();
  if (words === '') return true;
  const digests = Object.values(image.cells).map(({ digest }) => digest ?? '');
  return [...image.sources, image.target, ...image.charts, ...digests].some((text) =>
    text.toLowerCase().includes(words),
  );
}

/**
 * Charts with images that need attention start open, charts without changes start closed; a search opens the charts that it finds.
 */
function isOpen(
  chart: string,
  images: readonly CoverageImage[],
  { folded, search, filter }: CompareView,
): boolean {
  if (search.trim() !== '') return true;
  const chosen = folded[chart];
  if (chosen !== undefined) return !chosen;
  return filter !== 'all' || images.some((image) => isChanging(image) || needsAttention(image));
}

/**
 * An image of several charts is listed under each of them. The counts of a chart are those of its visible images; `bytes` holds
 * what each chart alone would send.
 */
export function compareRows(
  { images }: Pick<Coverage, 'images'>,
  view: CompareView,
  bytes: ReadonlyMap<string, number>,
): readonly CompareRow[] {
  const byChart = new Map<string, CoverageImage[]>();
  for (const image of images) {
    if (!isShown(image, view)) continue;
    for (const chart of image.charts.length > 0 ? image.charts : [NO_CHART]) {
      const known = byChart.get(chart);
      if (known) known.push(image);
      else byChart.set(chart, [image]);
    }
  }
  return inOrder([...byChart], view.sort, bytes).flatMap(([chart, own]): readonly CompareRow[] => {
    const open = isOpen(chart, own, view);
    const head: ChartRow = {
      kind: 'chart',
      chart,
      images: own.length,
      attention: own.filter(needsAttention).length,
      bytesToSend: bytes.get(chart) ?? 0,
      open,
    };
    return open ? [head, ...own.map((image): ImageRow => ({ kind: 'image', chart, image }))] : [head];
  });
}

type Group = readonly [string, readonly CoverageImage[]];

function inOrder(
  groups: readonly Group[],
  sort: CompareSort,
  bytes: ReadonlyMap<string, number>,
): readonly Group[] {
  const byName = groups.toSorted(([a], [b]) => nameOfChart(a).localeCompare(nameOfChart(b)));
  switch (sort) {
    case 'chart':
      return byName;
    case 'attention':
      return byName.toSorted(
        ([, a], [, b]) => b.filter(needsAttention).length - a.filter(needsAttention).length,
      );
    case 'bytes':
      return byName.toSorted(([a], [b]) => (bytes.get(b) ?? 0) - (bytes.get(a) ?? 0));
  }
}

/** `addon/nginx@1.2.0` in its parts; the parts are empty for images without a chart. */
export function chartParts(chart: string): {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
} {
  const at = chart.lastIndexOf('@');
  const path = at < 0 ? chart : chart.slice(0, at);
  const slash = path.lastIndexOf('/');
  return {
    folder: slash < 0 ? '' : path.slice(0, slash),
    name: path.slice(slash + 1),
    version: at < 0 ? '' : chart.slice(at + 1),
  };
}

function nameOfChart(chart: string): string {
  const { name, folder } = chartParts(chart);
  // Images without a chart come last.
  return chart === NO_CHART ? '\uffff' : `${name} ${folder}`;
}

/** A chart as `--skip` names it: without its version, so that the choice applies after an upgrade too. */
export function skipPattern(chart: string): string {
  const { folder, name } = chartParts(chart);
  return folder === '' ? name : `${folder}/${name}`;
}
