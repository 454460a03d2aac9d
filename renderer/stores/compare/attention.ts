// Which images the person should look at before the import.
import type { CellState, Coverage, CoverageImage } from '../../../core/contract.js';

const ATTENTION: readonly CellState[] = ['conflict', 'missing', 'mislabelled', 'unreadable'];

/** True for an image that the person should look at before the import. */
export function needsAttention(image: Pick<CoverageImage, 'cells'>): boolean {
  return Object.values(image.cells).some(({ state }) => ATTENTION.includes(state));
}

/** How many images need attention; null while there is no comparison. */
export function attentionCount(coverage: Coverage | null): number | null {
  return coverage === null ? null : coverage.images.filter(needsAttention).length;
}
