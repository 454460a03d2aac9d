// The short text beside the state of a cell: its size, or the reason where the person should look at it. Pure.
import type { CoverageCell } from '../../../core/contract.js';
import type { Say } from '../../i18n/i18n.js';
import { reasonWords } from '../../parts/reason-words.js';
import { CELL_STATES } from '../../parts/status-words.js';

export interface CellNote {
  readonly note: string;
  /** The whole reason, which is read out; '' where the state needs none. */
  readonly why: string;
}

export function cellNote(
  { state, bytes, reason, stale, version }: CoverageCell,
  text: Say,
  bytesIn: (bytes: number) => string,
): CellNote {
  const words = reasonWords(reason);
  const why = words === null ? '' : text(words);
  const size = bytes > 0 ? bytesIn(bytes) : '';
  switch (state) {
    case 'mislabelled':
      return { note: text('compare.otherPrograms'), why };
    case 'missing':
      return { note: why === '' ? text('compare.inNoPackage') : why, why };
    case 'conflict':
    case 'unreadable':
      return { note: why, why };
    default: {
      const decided = reason === 'decided' ? why : size;
      return { note: stale ? text('compare.staleCell', { version }) : decided, why };
    }
  }
}

/** Pixels of a cell besides its text: padding, icon, tile and gaps. */
const FRAME = 74;
const [NARROWEST, WIDEST] = [132, 380];

/** Stands for every size: formatting thousands of sizes takes a noticeable time, and they are all about as long. */
const ANY_SIZE = '999.9 GB';

/** Width of a platform's column in pixels, so that the longest of its notes is shown whole. */
export function columnWidth(cells: readonly CoverageCell[], text: Say): number {
  // Thousands of cells have few different words, so each kind is translated once.
  const kinds = new Map(
    cells.map((cell) => {
      const { state, reason, stale, version, bytes } = cell;
      return [`${state} ${reason} ${stale ? version : ''} ${bytes > 0 ? 1 : 0}`, cell];
    }),
  );
  const notes = [...kinds.values()].map(
    (cell) => `${text(CELL_STATES[cell.state].text)}${cellNote(cell, text, () => ANY_SIZE).note}`,
  );
  const widest = Math.max(0, ...notes.map(lengthOf));
  return Math.min(WIDEST, Math.max(NARROWEST, Math.ceil(FRAME + widest)));
}

/** About as many pixels as the text takes; a Chinese character is twice as wide as a Latin one. */
function lengthOf(text: string): number {
  return Array.from(text).reduce((sum, one) => sum + (one > '\u2e80' ? 12.5 : 6.6), 0);
}
