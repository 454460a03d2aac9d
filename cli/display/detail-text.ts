// One image on all architectures as text: one column for each variant; rows with differences are marked.
import type { ImageDetail } from '../../core/contract.js';
import { detailRows } from '../../core/engine.js';
import type { CommandContext } from '../command.js';
import { table } from './text/table.js';
import { printable } from '../../core/messages/printable.js';
import { fit, widthOf } from './text/width.js';

type DetailTexts = Pick<CommandContext, 'say' | 'style' | 'language' | 'columns'>;
type DetailRow = ReturnType<typeof detailRows>[number];
type DetailLine = DetailRow['cells'][number][number];

const NARROWEST_COLUMN = 16;
const GAP = 2;

/** Returns one image on all architectures as lines of text. */
export function detailText(detail: ImageDetail, texts: DetailTexts): readonly string[] {
  const { say, style, language, columns } = texts;
  const rows = detailRows(detail, language);
  const labels = rows.map(({ label, differs }) => `${differs ? '*' : ' '} ${label}`);
  const room = roomFor(detail.variants.length, Math.max(...labels.map(widthOf)), columns);
  const heads = [
    ['', ...detail.variants.map(({ platform }) => platform)],
    ['', ...detail.variants.map(({ from }) => (from === 'target' ? say('coverage.detail.in-target') : from))],
  ];
  const body = rows.flatMap((row, at) => linesOf(row, labels[at] ?? ''));
  const cut = [...heads, ...body].map(([label = '', ...cells]) => [
    label,
    ...cells.map((cell) => fit(cell, room)),
  ]);
  return [
    style.bold(printable(detail.source)),
    ...(detail.target === '' || detail.target === detail.source ? [] : [`  ${printable(detail.target)}`]),
    '',
    ...table(cut),
    '',
    say('coverage.detail.legend'),
  ];
}

/** Lines of one row: as many as its longest cell has; none when all cells are empty. */
function linesOf(row: DetailRow, label: string): readonly (readonly string[])[] {
  const height = Math.max(...row.cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => [
    line === 0 ? label : '',
    ...row.cells.map((lines) => lineText(row, lines[line])),
  ]);
}

function lineText({ field }: DetailRow, line: DetailLine | undefined): string {
  if (!line) return '';
  if (field === 'layers') {
    // Twelve digits are enough to tell layers apart.
    const short = line.text.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}/, '$1');
    return `${line.differs ? '*' : '='} ${short}`;
  }
  return line.differs ? `* ${line.text}` : line.text;
}

function roomFor(variants: number, labelWidth: number, columns: number | null): number {
  if (columns === null) return Number.POSITIVE_INFINITY;
  const left = columns - labelWidth - variants * GAP;
  return Math.max(NARROWEST_COLUMN, Math.floor(left / Math.max(1, variants)));
}
