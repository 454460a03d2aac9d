// What differs between builds of an image, field by field and word by word. Pure.
import { diffArrays } from 'diff';
import type { ImageVariant, VariantLayer } from '../../../core/contract.js';

/** A piece of a line: in both builds, or in one of them only. */
export interface Part {
  readonly text: string;
  readonly differs: boolean;
}

/** A line of a field in one build. */
export interface Line {
  readonly parts: readonly Part[];
  /** `own`: the other build has no such line; `changed`: it has the line with other words. */
  readonly change: 'same' | 'changed' | 'own';
}

/** The fields that are compared, in the order in which they are shown. */
export const COMPARED_FIELDS = [
  'digest',
  'version',
  'created',
  'bytes',
  'entrypoint',
  'command',
  'env',
  'labels',
  'user',
  'workingDir',
  'ports',
  'programs',
  'mediaType',
  'config',
] as const satisfies readonly (keyof ImageVariant)[];

export type ComparedField = (typeof COMPARED_FIELDS)[number];

/** A field of two builds. Both lists are empty where neither has it. */
export interface FieldDifference {
  readonly field: ComparedField;
  readonly differs: boolean;
  readonly left: readonly Line[];
  readonly right: readonly Line[];
}

/** Fields whose lines are `name=value` or names; their order means nothing. */
const NAMED: ReadonlySet<ComparedField> = new Set(['env', 'labels', 'ports']);
/** Fields that are equal or not: words in them mean nothing by themselves. */
const WHOLE: ReadonlySet<ComparedField> = new Set(['digest', 'config', 'created', 'bytes', 'mediaType']);

/** Fields that are unknown, not empty, where they are absent. */
const UNKNOWN_WITHOUT: ReadonlySet<ComparedField> = new Set(['created', 'programs', 'version']);
/** Longer lines are compared as a whole, so that no label of a package can make the comparison slow. */
const MOST_WORDS = 2000;
const MOST_EDITS = 200;

/** Two builds for the same platform, field by field; those that differ come first. */
export function pairDifferences(left: ImageVariant, right: ImageVariant): readonly FieldDifference[] {
  const rows = COMPARED_FIELDS.map((field) =>
    fieldDifference(field, linesOf(left, field), linesOf(right, field)),
  );
  const said = rows.filter((row) => row.left.length + row.right.length > 0);
  return [...said.filter((row) => row.differs), ...said.filter((row) => !row.differs)];
}

function fieldDifference(
  field: ComparedField,
  left: readonly string[],
  right: readonly string[],
): FieldDifference {
  const [ours, theirs] = NAMED.has(field)
    ? [namedLines(left, right), namedLines(right, left)]
    : [plainLines(field, left, right), plainLines(field, right, left)];
  const differs = [...ours, ...theirs].some(({ change }) => change !== 'same');
  return { field, differs, left: ours, right: theirs };
}

function namedLines(own: readonly string[], other: readonly string[]): readonly Line[] {
  const byName = new Map(other.map((line) => [nameOf(line), line]));
  return own.toSorted().map((line) => {
    const match = byName.get(nameOf(line));
    return match === undefined ? wholeLine(line, 'own') : wordLine(line, match);
  });
}

function plainLines(field: ComparedField, own: readonly string[], other: readonly string[]): readonly Line[] {
  return own.map((line, at) => {
    const match = other[at];
    if (match === undefined) return wholeLine(line, UNKNOWN_WITHOUT.has(field) ? 'same' : 'own');
    if (WHOLE.has(field)) return wholeLine(line, line === match ? 'same' : 'changed');
    return wordLine(line, match);
  });
}

function wholeLine(text: string, change: Line['change']): Line {
  return { change, parts: [{ text, differs: change !== 'same' }] };
}

/** A line with marks on the words that the other line lacks. */
export function wordLine(line: string, other: string): Line {
  if (line === other) return wholeLine(line, 'same');
  const [before, after] = [wordsOf(other), wordsOf(line)];
  if (before.length > MOST_WORDS || after.length > MOST_WORDS) return wholeLine(line, 'changed');
  const changes = diffArrays(before, after, { maxEditLength: MOST_EDITS });
  if (changes === undefined) return wholeLine(line, 'changed');
  const parts = changes
    .filter(({ removed }) => !removed)
    .map(({ added, value }): Part => ({ text: value.join(''), differs: added }));
  return { change: 'changed', parts };
}

/** Words and what stands between them, so that joining them gives the line again. */
function wordsOf(line: string): string[] {
  return line.split(/([\s:;,=/]+)/).filter((word) => word !== '');
}

function nameOf(line: string): string {
  const at = line.indexOf('=');
  return at < 0 ? line : line.slice(0, at);
}

/** The lines of a field: one for each variable, label and port, otherwise one; none where the image does not have the field. */
export function linesOf(variant: ImageVariant, field: ComparedField): readonly string[] {
  switch (field) {
    case 'env':
    case 'ports':
      return variant[field];
    case 'labels':
      return Object.entries(variant.labels).map(([name, value]) => `${name}=${value}`);
    case 'entrypoint':
    case 'command':
      return variant[field].length === 0 ? [] : [shell(variant[field])];
    case 'bytes':
      return [String(variant.bytes)];
    case 'created':
      return variant.created === null ? [] : [variant.created];
    case 'programs':
      return variant.programs === 'unknown' ? [] : [variant.programs];
    default:
      return variant[field] === '' ? [] : [variant[field]];
  }
}

/** Words of a command line; words with special characters are quoted as for a shell. */
function shell(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}

/** A layer of two builds, and which of them has it. */
export interface PairedLayer {
  readonly layer: VariantLayer;
  readonly where: 'both' | 'left' | 'right';
}

/** The layers of two builds in one list, base first: what they share stands once. */
export function pairLayers(left: ImageVariant, right: ImageVariant): readonly PairedLayer[] {
  return diffArrays([...left.layers], [...right.layers], {
    comparator: (one, other) => one.digest === other.digest,
  }).flatMap(({ added, removed, value }) =>
    value.map((layer): PairedLayer => ({ layer, where: added ? 'right' : removed ? 'left' : 'both' })),
  );
}

/**
 * Fields in which builds for different platforms should be equal. Digests, layers, sizes, times and the machine of the programs
 * differ by nature and are not marked.
 */
const ACROSS: readonly ComparedField[] = [
  'version',
  'entrypoint',
  'command',
  'env',
  'labels',
  'user',
  'workingDir',
  'ports',
  'mediaType',
];

/** One field of the builds for all platforms, in the order of the variants. */
export interface FieldAcross {
  readonly field: ComparedField;
  readonly differs: boolean;
  readonly cells: readonly (readonly Line[])[];
}

/**
 * Builds for different platforms, field by field; those that differ come first. A value that differs only by the name of the
 * architecture (`TARGETARCH=arm64`, `/lib/aarch64-linux-gnu`) counts as equal.
 */
export function differencesAcross(variants: readonly ImageVariant[]): readonly FieldAcross[] {
  const rows = COMPARED_FIELDS.map((field): FieldAcross => {
    const all = variants.map((variant) => linesOf(variant, field));
    const compared = ACROSS.includes(field);
    const cells = all.map((lines, at) =>
      (NAMED.has(field) ? lines.toSorted() : lines).map((line): Line => {
        const isEverywhere = all.every((other, there) =>
          other.some((one) => neutral(one, variants[there]) === neutral(line, variants[at])),
        );
        return wholeLine(line, !compared || isEverywhere ? 'same' : 'own');
      }),
    );
    // a build without a line that another one has differs, too: the line is marked where it stands
    return { field, cells, differs: cells.some((lines) => lines.some(({ change }) => change !== 'same')) };
  });
  const said = rows.filter(({ cells }) => cells.some((lines) => lines.length > 0));
  return [...said.filter((row) => row.differs), ...said.filter((row) => !row.differs)];
}

const ARCHITECTURES: Readonly<Record<string, RegExp>> = {
  amd64: /amd64|x86[-_]64|x64/gi,
  arm64: /arm64(?:v8)?|aarch64/gi,
  arm: /armhf|armv[67]l?|arm/gi,
  '386': /i[3-6]86|386/gi,
  ppc64le: /ppc64le|powerpc64le/gi,
  s390x: /s390x/gi,
  riscv64: /riscv64/gi,
};

/** The line with a placeholder where it names the architecture of its build. */
function neutral(line: string, variant: ImageVariant | undefined): string {
  const names = ARCHITECTURES[variant?.platform.split(/[/ ]/)[1] ?? ''];
  return names === undefined ? line : line.replaceAll(names, '\u0000');
}
