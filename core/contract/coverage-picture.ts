// The state of a whole cluster in one picture: for each platform a strip of all images now, and one of all images after the import.
import type { CellState, Coverage, CoverageImage } from './coverage.js';

/** What a part of a strip shows. `absent`: the platform is not there, and nobody asked for it. */
export type PictureState =
  'served' | 'absent' | 'new' | 'changed' | 'conflict' | 'missing' | 'mislabelled' | 'unreadable';

/** Images side by side with the same state. */
export interface PictureRun {
  readonly state: PictureState;
  readonly images: number;
  /** Begin and width as parts of the chart, 0 to 1. */
  readonly at: number;
  readonly size: number;
}

export interface PictureStrip {
  readonly platform: string;
  readonly now: readonly PictureRun[];
  readonly after: readonly PictureRun[];
}

/** All images of one chart. An image of several charts is shown in the first of them. */
export interface PictureChart {
  /** `folder/name@version`; '' for images that no chart names. */
  readonly chart: string;
  readonly images: number;
  /** Begin and width as parts of the whole picture, 0 to 1. */
  readonly at: number;
  readonly size: number;
  readonly strips: readonly PictureStrip[];
}

/** `images`: every image is equally wide; `bytes`: as wide as its largest build. */
export type PictureMeasure = 'images' | 'bytes';

const AFTER: Readonly<Record<CellState, PictureState>> = {
  same: 'served',
  keep: 'served',
  add: 'new',
  replace: 'changed',
  conflict: 'conflict',
  missing: 'missing',
  mislabelled: 'mislabelled',
  unreadable: 'unreadable',
  'not-used': 'absent',
};

/**
 * The picture, chart by chart in the order of their first images. Within a chart images with equal states stand side by side, so that
 * thousands of images need few shapes.
 */
export function coveragePicture(
  { images, platforms }: Pick<Coverage, 'images' | 'platforms'>,
  measure: PictureMeasure,
): readonly PictureChart[] {
  const charts = new Map<string, CoverageImage[]>();
  for (const image of images) {
    const chart = image.charts[0] ?? '';
    const known = charts.get(chart);
    if (known) known.push(image);
    else charts.set(chart, [image]);
  }
  const width = widthIn(images, measure);
  const total = sum(images.map(width));
  let at = 0;
  return [...charts].map(([chart, own]): PictureChart => {
    const size = sum(own.map(width)) / total;
    const begin = at;
    at += size;
    const ordered = own
      .map((image) => ({
        image,
        key: platforms.map((one) => `${nowOf(image, one)} ${afterOf(image, one)}`).join(),
      }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map(({ image }) => image);
    const strips = platforms.map((platform): PictureStrip => ({
      platform,
      now: runsOf(ordered, (image) => nowOf(image, platform), width),
      after: runsOf(ordered, (image) => afterOf(image, platform), width),
    }));
    return { chart, images: own.length, at: begin, size, strips };
  });
}

/** An image without a known size is as wide as a hundredth of an average one, so that it can still be seen. */
function widthIn(
  images: readonly CoverageImage[],
  measure: PictureMeasure,
): (image: CoverageImage) => number {
  if (measure === 'images') return () => 1;
  const bytesOf = (image: CoverageImage): number =>
    Math.max(0, ...Object.values(image.cells).map(({ bytes }) => bytes));
  const least = Math.max(1, sum(images.map(bytesOf)) / Math.max(1, images.length) / 100);
  return (image) => Math.max(least, bytesOf(image));
}

function nowOf({ before }: CoverageImage, platform: string): PictureState {
  return before.includes(platform) ? 'served' : 'absent';
}

function afterOf({ cells }: CoverageImage, platform: string): PictureState {
  return AFTER[cells[platform]?.state ?? 'not-used'];
}

function runsOf(
  images: readonly CoverageImage[],
  stateOf: (image: CoverageImage) => PictureState,
  width: (image: CoverageImage) => number,
): readonly PictureRun[] {
  const total = sum(images.map(width));
  const runs: PictureRun[] = [];
  let at = 0;
  for (const image of images) {
    const state = stateOf(image);
    const size = width(image) / total;
    const last = runs.at(-1);
    if (last?.state === state)
      runs[runs.length - 1] = { ...last, images: last.images + 1, size: last.size + size };
    else runs.push({ state, images: 1, at, size });
    at += size;
  }
  return runs;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
