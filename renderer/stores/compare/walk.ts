// The order in which "previous" and "next" of the drawer walk through the comparison. Pure.
import { imageNeedsAttention, needsAttention } from '../../../core/contract.js';
import type { Coverage, CoverageImage } from '../../../core/contract.js';
import { shownImages, type CompareView } from './compare-rows.js';

export interface Step {
  readonly image: CoverageImage;
  /** The platform with which the drawer opens. */
  readonly platform: string;
}

export interface Walk {
  readonly steps: readonly Step[];
  /** Position of the open image; -1 when the filters no longer show it. */
  readonly at: number;
  /** True where the walk leads through the images that need attention only. */
  readonly attention: boolean;
}

export interface WalkView {
  readonly view: Omit<CompareView, 'folded'>;
  /** What each chart alone would send, for the order by bytes. */
  readonly bytes: ReadonlyMap<string, number>;
}

/** From an image that needs attention to the next one that does; from any other to the next one that the filters show. */
export function walkOf(
  coverage: Coverage,
  { view, bytes }: WalkView,
  open: { readonly image: CoverageImage; readonly platform: string },
): Walk {
  const attention = imageNeedsAttention(open.image);
  const images = shownImages(coverage, view, bytes).filter(
    (image) => !attention || imageNeedsAttention(image),
  );
  const steps = images.map((image) => ({ image, platform: platformToOpen(image, coverage, open.platform) }));
  const at = images.findIndex(
    ({ source, target }) => source === open.image.source && target === open.image.target,
  );
  return { steps, at, attention };
}

/** The platform with which an image is opened: the one that needs attention, otherwise `open` where the image has it. */
export function platformToOpen(
  image: CoverageImage,
  { platforms }: Pick<Coverage, 'platforms'>,
  open = '',
): string {
  const wanting = platforms.find((platform) => {
    const cell = image.cells[platform];
    return cell !== undefined && needsAttention(cell);
  });
  return wanting ?? (image.cells[open] ? open : (platforms[0] ?? open));
}
