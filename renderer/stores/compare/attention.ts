// Which images the person should look at before the import.
import type { CellState, CoverageImage } from '../../../core/contract.js';

const ATTENTION: readonly CellState[] = ['conflict', 'missing', 'mislabelled', 'unreadable'];

/** True for an image that the person should look at before the import. */
export function needsAttention(image: Pick<CoverageImage, 'cells'>): boolean {
  return Object.values(image.cells).some(({ state }) => ATTENTION.includes(state));
}
