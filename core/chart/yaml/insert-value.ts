// Adds a missing key to a YAML text. New maps get the text's own style; all existing text stays unchanged.
import { isMap, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import { emptyValueAt, type Place } from './locate.js';
import type { ValuePath } from '../types.js';
import { isValueMap, valueAt, withTree, type PathTree, type Value, type YamlText } from './values.js';
import { flowSource, scalarSource } from './yaml-text.js';

/** One replacement in a text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Keys of the path that lead there: of two texts for one place, the one that belongs deeper comes first. */
  readonly depth: number;
}

/** Where a new key of a block map goes. `front` is for texts that end in a block scalar, to which an appended line would belong. */
export type Side = 'end' | 'front';

type PathMap = Exclude<PathTree, string>;
type Absent = Extract<Place, { kind: 'absent' }>;
type Empty = Extract<Place, { kind: 'null' }>;

/** The edit that adds keys to a map. `path` leads to the map, `keys` are what it lacks, with all keys and texts below them. */
export function addKeys(
  text: string,
  yaml: YamlText,
  { map, depth }: Absent,
  path: ValuePath,
  keys: PathMap,
  side: Side,
): Edit {
  const step = stepOf(text);
  const indent = map.flow ? '' : ' '.repeat(columnOf(text, map));
  const entries = ordered(keys, side).map(
    ([key, under]): { readonly flow: string; readonly lines: string[] } => {
      const merged = valueAt(yaml.data, [...path, key]);
      // A map that comes from a merge key (`<<`) is written out whole, because an explicit key hides all of it
      const base = typeof under !== 'string' && isValueMap(merged) ? merged : null;
      const flow = `${scalarSource(key)}: ${valueSource(withTree(base, under))}`;
      return { flow, lines: base ? [indent + flow] : blockLines(key, under, indent, step, side) };
    },
  );
  if (map.flow) return { ...flowEntry(map, entries.map(({ flow }) => flow).join(', ')), depth };
  const lines = entries.flatMap((entry) => entry.lines);
  if (side === 'front')
    return { ...at(lineStart(text, startOf(map))), text: joined(lines, text) + newlineOf(text), depth };
  // New keys of the document go to its very end, after comments that stand there
  return { ...linesAfter(text, depth === 0 && !yaml.more ? text.length : endOf(map), lines), depth };
}

/** The edit that puts a map where null stands, or the first keys into an empty document. */
export function fillNull(
  text: string,
  { node, parent, depth, keyEnd }: Empty,
  keys: PathMap,
  side: Side,
): Edit {
  const step = stepOf(text);
  const flow = flowSource(withTree(null, keys));
  const [start, end] = node?.range ?? [text.length, text.length];
  if (end > start) return { start, end, text: flow, depth };
  const lines = (indent: string): string[] =>
    ordered(keys, side).flatMap(([key, under]) => blockLines(key, under, indent, step, side));
  if (!parent) return { ...linesAfter(text, text.length, lines('')), depth };
  const empty = emptyValueAt(text, keyEnd);
  if (parent.flow) return { ...at(empty), text: ` ${flow}`, depth };
  return { ...linesAfter(text, empty, lines(' '.repeat(columnOf(text, parent)) + step)), depth };
}

function valueSource(value: Value): string {
  return typeof value === 'string' ? scalarSource(value) : flowSource(value);
}

/** Keys in the order in which they are written: each new one goes behind the others, or before them. */
function ordered(keys: PathMap, side: Side): readonly (readonly [string, PathTree])[] {
  return side === 'front' ? [...keys].toReversed() : [...keys];
}

function blockLines(key: string, under: PathTree, indent: string, step: string, side: Side): string[] {
  if (typeof under === 'string') return [`${indent}${scalarSource(key)}: ${scalarSource(under)}`];
  const below = ordered(under, side).flatMap(([next, deeper]) =>
    blockLines(next, deeper, indent + step, step, side),
  );
  return [`${indent}${scalarSource(key)}:`, ...below];
}

function flowEntry(map: YAMLMap.Parsed, entry: string): Omit<Edit, 'depth'> {
  const last = map.items.at(-1);
  if (!last) return { ...at(map.range[0] + 1), text: entry };
  return { ...at(last.value?.range[1] ?? last.key.range[1]), text: `, ${entry}` };
}

/** Lines after the line on which `offset` stands, whose comment stays where it is. */
function linesAfter(text: string, offset: number, lines: readonly string[]): Omit<Edit, 'depth'> {
  const newline = newlineOf(text);
  const end = offset === 0 || text[offset - 1] === '\n' ? offset : text.indexOf('\n', offset) + 1;
  const open = end === 0 && offset > 0;
  // A text without a final newline gets none
  return open
    ? { ...at(text.length), text: newline + joined(lines, text) }
    : { ...at(end), text: joined(lines, text) + newline };
}

function joined(lines: readonly string[], text: string): string {
  return lines.join(newlineOf(text));
}

function at(offset: number): { start: number; end: number } {
  return { start: offset, end: offset };
}

function newlineOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** Offset after the last entry of a block map or list. */
function endOf(node: ParsedNode): number {
  if (isMap(node) && !node.flow) {
    const last = node.items.at(-1);
    if (last) return last.value ? endOf(last.value) : last.key.range[1];
  }
  if (isSeq(node) && !node.flow) {
    const last = node.items.at(-1);
    if (last) return endOf(last);
  }
  return node.range[1];
}

function startOf(map: YAMLMap.Parsed): number {
  return map.items[0]?.key.range[0] ?? map.range[0];
}

function columnOf(text: string, map: YAMLMap.Parsed): number {
  return startOf(map) - lineStart(text, startOf(map));
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The indentation that the text's first nested map has. */
function stepOf(text: string): string {
  return (
    /^[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*( +)[^\s#-]/m.exec(text)?.[1] ?? '  '
  );
}
