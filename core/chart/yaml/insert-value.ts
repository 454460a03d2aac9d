// Adds a missing key to a YAML text. New maps get the text's own style; all existing text stays unchanged.
import { isMap, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import { emptyValueAt, type Place } from './locate.js';
import type { ValuePath } from '../types.js';
import { isValueMap, valueAt, withValue, type Value, type YamlText } from './values.js';
import { flowSource, scalarSource } from './yaml-text.js';

/** One replacement in a text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Where a new key of a block map goes. `front` is for texts that end in a block scalar, to which an appended line would belong. */
export type Side = 'end' | 'front';

type Absent = Extract<Place, { kind: 'absent' }>;
type Empty = Extract<Place, { kind: 'null' }>;

/** The edit that adds a key to a map, with all keys of the path below it. */
export function addKey(
  text: string,
  yaml: YamlText,
  { map, depth }: Absent,
  path: ValuePath,
  to: string,
  side: Side,
): Edit {
  const keys = path.slice(depth);
  const [key = '', ...rest] = keys;
  const merged = valueAt(yaml.data, path.slice(0, depth + 1));
  // A map that comes from a merge key (`<<`) is written out whole, because an explicit key hides all of it
  const base = rest.length > 0 && isValueMap(merged) ? merged : null;
  const entry = `${scalarSource(key)}: ${valueSource(withValue(base, rest, to))}`;
  if (map.flow) return flowEntry(map, entry);
  const indent = ' '.repeat(columnOf(text, map));
  const lines = base ? [indent + entry] : blockLines(keys, to, indent, stepOf(text));
  if (side === 'front')
    return { ...at(lineStart(text, startOf(map))), text: joined(lines, text) + newlineOf(text) };
  // A new key of the document goes to its very end, after comments that stand there
  return linesAfter(text, depth === 0 && !yaml.more ? text.length : endOf(map), lines);
}

/** The edit that puts a map where null stands, or the first keys into an empty document. */
export function fillNull(
  text: string,
  { node, parent, depth, keyEnd }: Empty,
  path: ValuePath,
  to: string,
): Edit {
  const keys = path.slice(depth);
  const step = stepOf(text);
  const flow = flowSource(withValue(null, keys, to));
  const [start, end] = node?.range ?? [text.length, text.length];
  if (end > start) return { start, end, text: flow };
  if (!parent) return linesAfter(text, text.length, blockLines(keys, to, '', step));
  const empty = emptyValueAt(text, keyEnd);
  if (parent.flow) return { ...at(empty), text: ` ${flow}` };
  return linesAfter(text, empty, blockLines(keys, to, ' '.repeat(columnOf(text, parent)) + step, step));
}

function valueSource(value: Value): string {
  return typeof value === 'string' ? scalarSource(value) : flowSource(value);
}

function blockLines(keys: ValuePath, to: string, indent: string, step: string): string[] {
  const last = keys.length - 1;
  return keys.map(
    (key, i) => `${indent}${step.repeat(i)}${scalarSource(key)}:${i === last ? ` ${scalarSource(to)}` : ''}`,
  );
}

function flowEntry(map: YAMLMap.Parsed, entry: string): Edit {
  const last = map.items.at(-1);
  if (!last) return { ...at(map.range[0] + 1), text: entry };
  return { ...at(last.value?.range[1] ?? last.key.range[1]), text: `, ${entry}` };
}

/** Lines after the line on which `offset` stands, whose comment stays where it is. */
function linesAfter(text: string, offset: number, lines: readonly string[]): Edit {
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
