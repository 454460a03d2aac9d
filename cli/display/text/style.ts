// Colours, where the terminal shows them and the person wants them.

export interface Style {
  readonly bold: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
}

function sgr(open: number, close: number): (text: string) => string {
  return (text) => `\u001b[${open}m${text}\u001b[${close}m`;
}

const COLORED: Style = { bold: sgr(1, 22), good: sgr(32, 39), warn: sgr(33, 39), bad: sgr(31, 39) };
const same = (text: string): string => text;
const PLAIN: Style = { bold: same, good: same, warn: same, bad: same };

export function styleOf(colored: boolean): Style {
  return colored ? COLORED : PLAIN;
}
