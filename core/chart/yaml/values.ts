// Reads YAML as Helm does: the first document, numbers as float64, keys as text, merge keys applied in the order of the text.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Alias,
  type Document,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { ValuePath } from '../types.js';
import { refusedByHelm } from './helm-refusal.js';
import { relaxedText } from './relaxed-text.js';
import { resolvePlain, scalarText, YamlNumber, type YamlScalar } from './scalar.js';

export type Value = YamlScalar | readonly Value[] | ValueMap;
export type ValueMap = ReadonlyMap<string, Value>;

/** YAML text with its nodes (to edit) and its data (to compare). */
export interface YamlText {
  /** First document; null for an empty text. */
  readonly document: Document.Parsed | null;
  readonly data: Value;
  /** True when another document or an end mark follows the first document. */
  readonly more: boolean;
  /** What each alias stands for. */
  readonly aliases: ReadonlyMap<Alias.Parsed, Value>;
}

/** The text is not valid YAML. Line and column count from 1; 0 when unknown. */
export class YamlFault extends Error {
  constructor(
    detail: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(detail);
  }
}

// Nested aliases can expand a small file to any amount of data
const MOST_NODES = 1_000_000;
const TEXT_TAG = 'tag:yaml.org,2002:str';

/**
 * Parses a text without byte order mark as Helm would. Throws {@link YamlFault}, also for what only Helm refuses. A carriage return
 * alone ends a line.
 */
export function readYaml(written: string): YamlText {
  const text = withLineFeeds(written);
  try {
    let documents = documentsOf(text);
    if (documents[0]?.errors.length) {
      const relaxed = relaxedText(text);
      const again = relaxed === null ? [] : documentsOf(relaxed);
      if (again[0]?.errors.length === 0) documents = again;
    }
    const document = documents[0] ?? null;
    const error = document?.errors[0];
    if (error) {
      const [at] = error.linePos ?? [];
      throw new YamlFault(error.message.split(/ at line \d|\n/, 1)[0] ?? '', at?.line ?? 0, at?.col ?? 0);
    }
    const end = documents.length > 1 ? (document?.range[1] ?? 0) : text.length;
    const refusal = document && refusedByHelm(text, end, document);
    if (refusal) throw new YamlFault(refusal.detail, ...placeOf(text, refusal.offset));
    const more = documents.length > 1 || /^(?:\.\.\.|---)\s*$/m.test(text.slice(document?.range[1] ?? 0));
    const reader = new DataReader(text);
    return { document, data: reader.read(document?.contents ?? null), more, aliases: reader.aliases };
  } catch (error) {
    if (error instanceof YamlFault) throw error;
    // Very deep nesting overflows the parser's stack
    throw new YamlFault(error instanceof Error ? error.message : String(error), 0, 0);
  }
}

/** The text with line feeds for carriage returns that stand alone: Helm takes both, and all offsets stay. */
export function withLineFeeds(text: string): string {
  return text.replace(/\r(?!\n)/g, '\n');
}

/** Scalars are resolved by {@link DataReader}, not by the library: its YAML 1.1 is not Go's. */
function documentsOf(text: string): readonly Document.Parsed[] {
  const parsed = parseAllDocuments(text, { schema: 'failsafe', uniqueKeys: false, strict: false });
  return Array.isArray(parsed) ? parsed : [];
}

function placeOf(text: string, offset: number): [line: number, column: number] {
  const before = text.slice(0, offset).split('\n');
  return [before.length, (before.at(-1)?.length ?? 0) + 1];
}

class DataReader {
  readonly aliases = new Map<Alias.Parsed, Value>();
  readonly #anchors = new Map<string, Value>();
  readonly #sizes = new Map<Value, number>();
  readonly #text: string;
  #nodes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(node: ParsedNode | null): Value {
    const before = this.#nodes;
    const value = this.#value(node);
    if (node && !isAlias(node) && node.anchor) {
      this.#anchors.set(node.anchor, value);
      this.#sizes.set(value, this.#nodes - before);
    }
    return value;
  }

  #value(node: ParsedNode | null): Value {
    this.#count(1);
    if (isAlias(node)) {
      const value = this.#anchors.get(node.source);
      if (value === undefined) throw new YamlFault(`*${node.source} stands for nothing before it`, 0, 0);
      this.#count(this.#sizes.get(value) ?? 0);
      this.aliases.set(node, value);
      return value;
    }
    if (isMap(node)) return this.#map(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item));
    return isScalar(node) ? this.#scalar(node) : null;
  }

  #map(node: YAMLMap.Parsed): ValueMap {
    const map = new Map<string, Value>();
    for (const { key, value } of node.items) {
      if (isMergeKey(key)) {
        const merged = this.read(value);
        // The first of several bases wins
        const bases = isValueList(merged) ? merged.toReversed() : [merged];
        for (const base of bases) if (isValueMap(base)) for (const [name, item] of base) map.set(name, item);
      } else {
        map.set(keyText(key), this.read(value));
      }
    }
    return map;
  }

  #scalar(node: Scalar.Parsed): YamlScalar {
    const scalar = scalarOf(node);
    const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
    // A block scalar at the end of a text without a final newline has none either in Go
    const open = block && node.range[1] === this.#text.length && !this.#text.endsWith('\n');
    return open && typeof scalar === 'string' ? scalar.replace(/\n$/, '') : scalar;
  }

  #count(nodes: number): void {
    this.#nodes += nodes;
    if (this.#nodes > MOST_NODES) throw new YamlFault('aliases make it too large', 0, 0);
  }
}

/** True for the plain key `<<`. */
export function isMergeKey(key: ParsedNode | null): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

/** A key as text, as in JSON. */
export function keyText(key: ParsedNode | null): string {
  return isScalar(key) ? (scalarText(scalarOf(key)) ?? 'null') : '';
}

function scalarOf(node: Scalar.Parsed): YamlScalar {
  const text = typeof node.value === 'string' ? node.value : node.source;
  return node.type === 'PLAIN' && node.tag !== TEXT_TAG && node.tag !== '!' ? resolvePlain(text) : text;
}

/** True for a map of values; absent counts as none. */
export function isValueMap(value: Value | undefined): value is ValueMap {
  return value instanceof Map;
}

/** True for a list of values; absent counts as none. */
export function isValueList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The value under a path, or undefined when a key on the way is missing or no map. */
export function valueAt(data: Value, path: ValuePath): Value | undefined {
  let value: Value | undefined = data;
  for (const key of path) value = isValueMap(value) ? value.get(key) : undefined;
  return value;
}

/** The text of a scalar under a path; null when there is no scalar or it is null. */
export function textAt(data: Value, path: ValuePath): string | null {
  const value = valueAt(data, path);
  return isScalarValue(value) ? scalarText(value) : null;
}

function isScalarValue(value: Value | undefined): value is YamlScalar {
  return (
    value === null || value instanceof YamlNumber || typeof value === 'string' || typeof value === 'boolean'
  );
}

/** A copy with one more value; maps on the way are created. */
export function withValue(data: Value, path: ValuePath, value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const map = new Map(isValueMap(data) ? data : []);
  return map.set(key, withValue(map.get(key) ?? null, rest, value));
}

/** `above` laid over `below` as Helm does: maps are joined, anything else replaces. */
export function overlay(below: ValueMap, above: ValueMap): ValueMap {
  const joined = new Map(below);
  for (const [key, value] of above) {
    const under = joined.get(key);
    joined.set(key, isValueMap(value) && isValueMap(under) ? overlay(under, value) : value);
  }
  return joined;
}

/** Equal as data: key order and notation do not count. */
export function sameData(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a instanceof YamlNumber && b instanceof YamlNumber) return Object.is(a.value, b.value);
  if (isValueList(a) && isValueList(b)) {
    return a.length === b.length && a.every((item, i) => sameData(item, b[i] ?? null));
  }
  if (!isValueMap(a) || !isValueMap(b) || a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !sameData(value, other)) return false;
  }
  return true;
}
