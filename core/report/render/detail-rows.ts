// Makes the table of one image across architectures: a column for each variant, with marks on the lines that differ.
import type { ImageDetail, ImageVariant, Language } from '../../contract.js';
import { textFor, type MessageParams, type TextKey } from '../../messages/catalog.js';
import { formatBytes, formatTime } from '../../messages/units.js';

/** One line of one cell. */
export interface DetailLine {
  readonly text: string;
  /** True for one of several lines (variables, labels, ports, layers) that not every variant has. */
  readonly differs: boolean;
}

export interface DetailRow {
  readonly field: keyof ImageVariant;
  readonly label: string;
  /** True when the variants differ in it. */
  readonly differs: boolean;
  /** One for each variant, in their order; empty where the variant has no such field. */
  readonly cells: readonly (readonly DetailLine[])[];
}

type Say = (key: TextKey, params?: MessageParams) => string;

interface FieldRow {
  readonly field: keyof ImageVariant;
  readonly label: TextKey;
  readonly lines: (variant: ImageVariant) => readonly string[];
  /** True where lines are compared one by one, not the field as a whole. */
  readonly isList?: boolean;
}

/** The rows that at least one variant has a value for; rows in which the variants differ come first. */
export function detailRows(detail: ImageDetail, language: Language): readonly DetailRow[] {
  const say: Say = (key, params = {}) => textFor(key, params, language);
  const rows = fieldRows(say, language).map((row): DetailRow => ({
    field: row.field,
    label: say(row.label),
    differs: detail.differences.includes(row.field === 'programs' ? 'mislabelled' : row.field),
    cells: cellsOf(row, detail.variants),
  }));
  const said = rows.filter(({ cells }) => cells.some((lines) => lines.length > 0));
  return [...said.filter((row) => row.differs), ...said.filter((row) => !row.differs)];
}

function cellsOf(row: FieldRow, variants: readonly ImageVariant[]): DetailRow['cells'] {
  const all = variants.map(row.lines);
  const isOwn = (text: string): boolean => !all.every((lines) => lines.includes(text));
  return all.map((lines, at) =>
    lines.map((text, i) => ({
      text,
      differs:
        row.field === 'layers'
          ? variants[at]?.layers[i]?.shared === false
          : row.isList === true && isOwn(text),
    })),
  );
}

function fieldRows(say: Say, language: Language): readonly FieldRow[] {
  return [
    { field: 'digest', label: 'coverage.field.digest', lines: ({ digest }) => line(digest) },
    { field: 'config', label: 'coverage.field.config', lines: ({ config }) => line(config) },
    { field: 'mediaType', label: 'coverage.field.media-type', lines: ({ mediaType }) => line(mediaType) },
    {
      field: 'created',
      label: 'coverage.field.created',
      lines: ({ created }) => (created === null ? [] : [formatTime(created, language)]),
    },
    { field: 'bytes', label: 'coverage.field.bytes', lines: ({ bytes }) => [formatBytes(bytes)] },
    {
      field: 'layers',
      label: 'coverage.field.layers',
      lines: ({ layers }) => layers.map(({ digest, bytes }) => `${digest} ${formatBytes(bytes)}`),
    },
    {
      field: 'entrypoint',
      label: 'coverage.field.entrypoint',
      lines: ({ entrypoint }) => line(shell(entrypoint)),
    },
    { field: 'command', label: 'coverage.field.command', lines: ({ command }) => line(shell(command)) },
    { field: 'env', label: 'coverage.field.env', lines: ({ env }) => env.toSorted(), isList: true },
    {
      field: 'labels',
      label: 'coverage.field.labels',
      lines: ({ labels }) =>
        Object.entries(labels)
          .map(([name, value]) => `${name}=${value}`)
          .sort(),
      isList: true,
    },
    { field: 'user', label: 'coverage.field.user', lines: ({ user }) => line(user) },
    { field: 'workingDir', label: 'coverage.field.working-dir', lines: ({ workingDir }) => line(workingDir) },
    { field: 'ports', label: 'coverage.field.ports', lines: ({ ports }) => ports, isList: true },
    { field: 'programs', label: 'coverage.field.programs', lines: (variant) => [programs(variant, say)] },
    { field: 'version', label: 'coverage.field.version', lines: ({ version }) => line(version) },
  ];
}

function programs({ programs: found, mislabelled }: ImageVariant, say: Say): string {
  const known = found === 'unknown' ? say('coverage.detail.unknown') : found;
  return mislabelled ? say('coverage.detail.mislabelled', { programs: known }) : known;
}

function line(text: string): readonly string[] {
  return text === '' ? [] : [text];
}

/** Words of a command line; words with special characters are quoted as for a shell. */
function shell(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
