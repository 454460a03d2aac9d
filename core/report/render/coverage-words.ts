// The words for the cells of a comparison, shared by the terminal text and the HTML page so that both use the same terms.
import type { Coverage, CoverageCell, CoverageImage, Problem } from '../../contract.js';
import { isTextKey, type MessageParams, type TextKey } from '../../messages/catalog.js';

type Say = (key: TextKey, params?: MessageParams) => string;

/** A sign for each state; it is always shown together with the word. */
export const STATE_SIGNS: Readonly<Record<CoverageCell['state'], string>> = {
  same: '=',
  keep: '•',
  add: '+',
  replace: '~',
  conflict: '!',
  missing: '✕',
  mislabelled: '#',
  'not-used': '–',
  unreadable: '?',
};

/** One cell that a person should look at. */
export interface MarkedCell {
  readonly image: CoverageImage;
  readonly platform: string;
  readonly cell: CoverageCell;
  /** The cause; null where state and reason of the cell are enough. */
  readonly problem: Problem | null;
}

/** Cells for which `isMeant` holds, image by image in the order of the platforms. */
export function cellsWhere(
  coverage: Coverage,
  isMeant: (cell: CoverageCell) => boolean,
): readonly MarkedCell[] {
  return coverage.images.flatMap((image) =>
    coverage.platforms.flatMap((platform) => {
      const cell = image.cells[platform];
      if (!cell || !isMeant(cell)) return [];
      const isCause =
        cell.state === 'mislabelled' || cell.state === 'unreadable' || cell.reason === 'damaged';
      return [{ image, platform, cell, problem: isCause ? image.problem : null }];
    }),
  );
}

/** The reason of a cell in a few words; '' where its state is enough. */
export function noteOf(image: CoverageImage, { state, reason }: CoverageCell, say: Say): string {
  if (state === 'missing' && reason === '') return say('coverage.note.in-no-package');
  const key = `coverage.note.${reason === 'older-version' ? 'older' : reason}`;
  if (!isTextKey(key)) return '';
  return say(key, { platforms: image.after.map(shortPlatform).join(', ') });
}

/** `linux/arm64` becomes `arm64`; other systems keep their name. */
function shortPlatform(platform: string): string {
  return platform.replace(/^linux\//, '');
}

const SETTLED: ReadonlySet<CoverageCell['state']> = new Set(['same', 'keep', 'missing', 'not-used']);

/** True when the target has everything that the packages bring and that their charts need. */
export function isAllSame({ images, target, problems }: Coverage): boolean {
  const cells = images.flatMap((image) => Object.values(image.cells));
  if (problems.some(({ code }) => code === 'run.chart-images-lacking')) return false;
  return target !== null && images.length > 0 && cells.every(({ state }) => SETTLED.has(state));
}
