// The rows of a comparison that is still being made, so that the screen shows them before the last tag was read. Pure.
import type { Coverage, CoverageImage, RunEvent } from '../../../core/contract.js';

/** A comparison of which nothing has arrived. */
export const NOTHING_YET: Coverage = {
  schema: 'archbridge.coverage/1',
  platforms: [],
  required: [],
  packages: [],
  target: null,
  tagsRead: null,
  images: [],
  summary: {},
  figures: null,
  detail: null,
  problems: [],
};

/** With the rows of the event; a row of the same image is replaced in its place. */
export function withArrived(
  before: Coverage,
  { platforms, images }: RunEvent & { readonly type: 'compared' },
): Coverage {
  const rows = new Map(before.images.map((image) => [keyOf(image), image]));
  for (const image of images) rows.set(keyOf(image), image);
  return { ...before, platforms, images: [...rows.values()] };
}

/** True once the image's tag was read. */
export function hasArrived({ cells }: Pick<CoverageImage, 'cells'>): boolean {
  return Object.keys(cells).length > 0;
}

function keyOf({ source, target }: CoverageImage): string {
  return `${source} ${target}`;
}
