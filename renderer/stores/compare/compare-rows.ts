// The rows of the comparison: charts with their images, filtered, searched and sorted. Pure, so that it is tested with 4,000
// images.
import { imageNeedsAttention } from '../../../core/contract.js';
import type { CellState, Coverage, CoverageImage } from '../../../core/contract.js';

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
  /** Only images with a cell in this state; null: any. */
  readonly state: CellState | null;
  /** Only images that this platform has, and `state` looks at this platform only; null: all. */
  readonly platform: string | null;
  /** Only images of this chart, `folder/name@version`; null: all. */
  readonly chart: string | null;
  /** Charts that the person opened or closed; the others follow the default. */
  readonly folded: Readonly<Record<string, boolean>>;
  /** True while tags are being read: charts are open unless the person closed them, so that no row moves with each tag. */
  readonly allOpen?: boolean;
}

const CHANGING = new Set(['add', 'replace']);

/** True where the import would change the tag. */
export function isChanging({ cells }: CoverageImage): boolean {
  return Object.values(cells).some(({ state }) => CHANGING.has(state));
}

export function countsOf({ images }: Pick<Coverage, 'images'>): Readonly<Record<CompareFilter, number>> {
  return {
    all: images.length,
    changes: images.filter(isChanging).length,
    attention: images.filter(imageNeedsAttention).length,
  };
}

/** The part of the view that decides which images are shown. */
export type CompareChoice = Omit<CompareView, 'folded' | 'sort'>;

/** A view that shows everything. */
export const SHOW_ALL: CompareChoice = {
  filter: 'all',
  search: '',
  state: null,
  platform: null,
  chart: null,
};

function isShown(image: CoverageImage, { filter, search, state, platform, chart }: CompareChoice): boolean {
  if (filter === 'changes' && !isChanging(image)) return false;
  if (filter === 'attention' && !imageNeedsAttention(image)) return false;
  if (chart !== null && !chartsOf(image).includes(chart)) return false;
  const cells = platform === null ? Object.values(image.cells) : [image.cells[platform]];
  if (state !== null && !cells.some((cell) => cell?.state === state)) return false;
  if (platform !== null && !cells.some((cell) => cell && cell.state !== 'not-used')) return false;
  const words = search.trim().toLowerCase();
  if (words === '') return true;
  const digests = Object.values(image.cells).map(({ digest }) => digest ?? '');
  return [...image.sources, image.target, ...image.charts, ...digests].some((text) =>
    text.toLowerCase().includes(words),
  );
}

/** Charts that the image is listed under; {@link NO_CHART} where none names it. */
export function chartsOf({ charts }: Pick<CoverageImage, 'charts'>): readonly string[] {
  return charts.length > 0 ? charts : [NO_CHART];
}

/**
 * Charts with images that need attention start open, charts without changes start closed; a search opens the charts that it finds.
 */
function isOpen(
  chart: string,
  images: readonly CoverageImage[],
  { folded, search, filter, state, chart: only, allOpen }: CompareView,
): boolean {
  if (search.trim() !== '') return true;
  const chosen = folded[chart];
  if (chosen !== undefined) return !chosen;
  return (
    allOpen === true ||
    filter !== 'all' ||
    state !== null ||
    only !== null ||
    images.some((image) => isChanging(image) || imageNeedsAttention(image))
  );
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
  return inOrder(shownByChart(images, view), view.sort, bytes).flatMap(
    ([chart, own]): readonly CompareRow[] => {
      const open = isOpen(chart, own, view);
      const head: ChartRow = {
        kind: 'chart',
        chart,
        images: own.length,
        attention: own.filter(imageNeedsAttention).length,
        bytesToSend: bytes.get(chart) ?? 0,
        open,
      };
      return open ? [head, ...own.map((image): ImageRow => ({ kind: 'image', chart, image }))] : [head];
    },
  );
}

/** How many images the view shows, each counted once. */
export function countShown({ images }: Pick<Coverage, 'images'>, view: CompareChoice): number {
  return images.filter((image) => isShown(image, view)).length;
}

/** The images that the view shows, each once, in the order of the rows; also those of folded charts. */
export function shownImages(
  { images }: Pick<Coverage, 'images'>,
  view: CompareChoice & Pick<CompareView, 'sort'>,
  bytes: ReadonlyMap<string, number>,
): readonly CoverageImage[] {
  return [...new Set(inOrder(shownByChart(images, view), view.sort, bytes).flatMap(([, own]) => own))];
}

type Group = readonly [string, readonly CoverageImage[]];

/** People expect `part2` before `part10`. */
const natural = new Intl.Collator('en', { numeric: true });

function shownByChart(images: readonly CoverageImage[], view: CompareChoice): readonly Group[] {
  const byChart = new Map<string, CoverageImage[]>();
  for (const image of images) {
    if (!isShown(image, view)) continue;
    for (const chart of chartsOf(image)) {
      if (view.chart !== null && chart !== view.chart) continue;
      const known = byChart.get(chart);
      if (known) known.push(image);
      else byChart.set(chart, [image]);
    }
  }
  return [...byChart].map(([chart, own]): Group => [
    chart,
    own.sort((a, b) => natural.compare(a.source, b.source)),
  ]);
}

function inOrder(
  groups: readonly Group[],
  sort: CompareSort,
  bytes: ReadonlyMap<string, number>,
): readonly Group[] {
  const byName = groups.toSorted(([a], [b]) => natural.compare(nameOfChart(a), nameOfChart(b)));
  switch (sort) {
    case 'chart':
      return byName;
    case 'attention':
      return byName.toSorted(
        ([, a], [, b]) => b.filter(imageNeedsAttention).length - a.filter(imageNeedsAttention).length,
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
