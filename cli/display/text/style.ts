// Colours, where the terminal shows them and the person wants them. What is coloured may be a name from a package.
import { printable } from '../../../core/messages/printable.js';

export interface Style {
  readonly bold: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
}

function sgr(open: number, close: number): (text: string) => string {
  return (text) => `\u001b[${open}m${printable(text)}\u001b[${close}m`;
}

const COLORED: Style = { bold: sgr(1, 22), good: sgr(32, 39), warn: sgr(33, 39), bad: sgr(31, 39) };
const PLAIN: Style = { bold: printable, good: printable, warn: printable, bad: printable };

export function styleOf(colored: boolean): Style {
  return colored ? COLORED : PLAIN;
}
