// Text in aligned columns.
import { printable } from '../../../core/messages/printable.js';
import { padEnd, widthOf } from './width.js';

/** Returns lines with two blanks between columns; the last column is not padded. Cells are made printable. */
export function table(rows: readonly (readonly string[])[], indent = ''): readonly string[] {
  const clean = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of clean) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  return clean.map((row) =>
    (indent + row.map((cell, column) => padEnd(cell, widths[column] ?? 0)).join('  ')).trimEnd(),
  );
}
