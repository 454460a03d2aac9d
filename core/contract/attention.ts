// Which cells of a comparison a person should look at: one rule for the window, the command line and the HTML page.
import type { CoverageCell, CoverageImage } from './coverage.js';

/** Reasons for which a person should look even at a platform that stays unchanged. */
const WORRYING: ReadonlySet<string> = new Set(['damaged', 'incomplete', 'unreadable']);

/** True for a cell that a person should look at. A platform for which no package was given is not among them. */
export function needsAttention({ state, reason }: Pick<CoverageCell, 'state' | 'reason'>): boolean {
  switch (state) {
    case 'conflict':
    case 'mislabelled':
    case 'unreadable':
      return true;
    case 'missing':
      return reason !== 'only-package-of-family';
    case 'keep':
      return WORRYING.has(reason);
    case 'same':
    case 'add':
    case 'replace':
    case 'not-used':
      return false;
  }
}

/** True for an image with a cell that a person should look at. */
export function imageNeedsAttention({ cells }: Pick<CoverageImage, 'cells'>): boolean {
  return Object.values(cells).some(needsAttention);
}
