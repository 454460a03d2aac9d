// Reads YAML as Helm does: the first document, numbers as float64, keys as text, merge keys applied in the order of the text.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { AppError } from '../../errors.js';
import type { ValuePath } from '../types.js';
import { LIMITS } from '../../flow/limits.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import { countMarks, firstDocuments } from '../../package/bytes/yaml-documents.js';
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

const TOO_DEEP = `nested more than ${LIMITS.yamlDepth} deep`;
/** Aliases of a long text cost as much as those of a map when they are written out or compared. */
const CHARACTERS_OF_NODE = 100;
const TEXT_TAG = 'tag:yaml.org,2002:str';

/**
 * Parses a text without byte order mark as Helm would. Throws {@link YamlFault}, also for what only Helm refuses. A carriage return
 * alone ends a line. `budget`: what the marks of the text are counted in; throws `package.limit` when it is used up.
 */
export function readYaml(written: string, budget?: PassBudget): YamlText {
  const marks = countMarks(written);
  if (marks === null) throw new YamlFault('too large', 0, 0);
  budget?.spend('yaml', marks, 'YAML');
  const text = withLineFeeds(written);
  try {
    let documents = firstDocuments(text);
    if (documents[0]?.errors.length) {
      budget?.spend('yaml', marks, 'YAML');
      const relaxed = relaxedText(text);
      const again = relaxed === null ? [] : firstDocuments(relaxed);
      if (again[0]?.errors.length === 0) documents = again;
    }
    const document = documents[0] ?? null;
    const error = document?.errors[0];
    if (error) {
      const [line, column] = error.pos[0] < 0 ? [0, 0] : placeOf(text, error.pos[0]);
      throw new YamlFault(error.message.split('\n', 1)[0] ?? '', line, column);
    }
    const end = documents.length > 1 ? (document?.range[1] ?? 0) : text.length;
    const refusal = document && refusedByHelm(text, end, document);
    if (refusal) throw new YamlFault(refusal.detail, ...placeOf(text, refusal.offset));
    const more = documents.length > 1 || /^(?:\.\.\.|---)\s*$/m.test(text.slice(document?.range[1] ?? 0));
    const reader = new DataReader(text);
    return { document, data: reader.read(document?.contents ?? null), more, aliases: reader.aliases };
  } catch (error) {
    if (error instanceof YamlFault || error instanceof AppError) throw error;
    // Very deep nesting overflows the parser's stack
    if (error instanceof RangeError) throw new YamlFault(TOO_DEEP, 0, 0);
    throw new YamlFault(error instanceof Error ? error.message : String(error), 0, 0);
  }
}

/** The text with line feeds for carriage returns that stand alone: Helm takes both, and all offsets stay. */
export function withLineFeeds(text: string): string {
  return text.replace(/\r(?!\n)/g, '\n');
}

function placeOf(text: string, offset: number): [line: number, column: number] {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
    start = at + 1;
  }
  return [line, offset - start + 1];
}

class DataReader {
  readonly aliases = new Map<Alias.Parsed, Value>();
  readonly #anchors = new Map<string, Value>();
  readonly #sizes = new Map<Value, number>();
  readonly #text: string;
  #nodes = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(node: ParsedNode | null): Value {
    const before = this.#nodes;
    if (++this.#depth > LIMITS.yamlDepth) throw new YamlFault(TOO_DEEP, 0, 0);
    const value = this.#value(node);
    this.#depth -= 1;
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
    if (typeof scalar === 'string') this.#count(Math.floor(scalar.length / CHARACTERS_OF_NODE));
    const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
    // A block scalar at the end of a text without a final newline has none either in Go
    const open = block && node.range[1] === this.#text.length && !this.#text.endsWith('\n');
    return open && typeof scalar === 'string' ? scalar.replace(/\n$/, '') : scalar;
  }

  #count(nodes: number): void {
    this.#nodes += nodes;
    // Nested aliases can expand a small file to any amount of data
    if (this.#nodes > LIMITS.yamlNodes) throw new YamlFault('aliases make it too large', 0, 0);
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

/** Values by their paths, as a tree: a text, or the next keys. */
export type PathTree = string | ReadonlyMap<string, PathTree>;

/** The tree of values; of two values for one path, or below and at one path, the later counts. */
export function pathTree(values: readonly { readonly path: ValuePath; readonly to: string }[]): PathTree {
  const top: MutableTree = new Map<string, string | MutableTree>();
  for (const { path, to } of values) {
    const last = path.at(-1);
    if (last === undefined) return to;
    let at = top;
    for (const key of path.slice(0, -1)) {
      const known = at.get(key);
      const next: MutableTree = typeof known === 'object' ? known : new Map<string, string | MutableTree>();
      at.set(key, next);
      at = next;
    }
    at.set(last, to);
  }
  return top;
}

type MutableTree = Map<string, string | MutableTree>;

/** A copy with the values of a tree; maps on the way are created. */
export function withTree(data: Value, tree: PathTree): Value {
  if (typeof tree === 'string') return tree;
  const map = new Map(isValueMap(data) ? data : []);
  for (const [key, under] of tree) map.set(key, withTree(map.get(key) ?? null, under));
  return map;
}

/** `above` laid over `below` as Helm does: maps are joined, anything else replaces. The keys are counted in `budget` as work. */
export function overlay(below: ValueMap, above: ValueMap, budget: PassBudget): ValueMap {
  budget.spend('work', below.size + above.size, 'values.yaml');
  const joined = new Map(below);
  for (const [key, value] of above) {
    const under = joined.get(key);
    joined.set(key, isValueMap(value) && isValueMap(under) ? overlay(under, value, budget) : value);
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
