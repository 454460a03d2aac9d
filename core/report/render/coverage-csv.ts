// A comparison as a table for spreadsheets: a row for each image and platform.
// https://www.rfc-editor.org/rfc/rfc4180
import type { Coverage, Language } from '../../contract.js';
import { csvText } from './csv.js';

const COLUMNS = [
  'source',
  'target',
  'charts',
  'platform',
  'state',
  'reason',
  'stale',
  'from',
  'version',
  'created',
  'digest',
  'bytes',
  'tag_now',
  'tag_after',
] as const;

/** The columns have fixed English names; states and reasons are the codes of the JSON. */
export function coverageCsv({ images, platforms }: Coverage, language: Language): string {
  const rows = images.flatMap((image) =>
    platforms.flatMap((platform) => {
      const cell = image.cells[platform];
      if (!cell) return [];
      return [
        [
          ...[image.source, image.target, image.charts.join(' '), platform],
          ...[cell.state, cell.reason, cell.stale ? 'stale' : '', cell.from, cell.version],
          ...[cell.created ?? '', cell.digest ?? '', String(cell.bytes)],
          ...[image.before.join(' '), image.after.join(' ')],
        ],
      ];
    }),
  );
  return csvText([COLUMNS, ...rows], language);
}
