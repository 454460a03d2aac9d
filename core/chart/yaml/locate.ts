// Finds the place in a YAML text where the value of a path stands or would be added.
import {
  isAlias,
  isMap,
  isScalar,
  type Alias,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { ValuePath } from '../types.js';
import { isMergeKey, keyText } from './values.js';
import { isNullNode } from './yaml-text.js';

/** `depth` counts the keys of the path that were followed, `keyEnd` is the offset after the last one. */
export type Place =
  /** The value itself. */
  | { readonly kind: 'scalar'; readonly node: Scalar.Parsed; readonly keyEnd: number }
  /** An alias stands for the value or for a map on the way to it. */
  | { readonly kind: 'alias'; readonly node: Alias.Parsed; readonly depth: number }
  /** The map lacks the next key (a merge may give it). */
  | { readonly kind: 'absent'; readonly map: YAMLMap.Parsed; readonly depth: number }
  /** Null stands where a map is needed; `parent` is null for an empty document. */
  | {
      readonly kind: 'null';
      readonly node: ParsedNode | null;
      readonly parent: YAMLMap.Parsed | null;
      readonly depth: number;
      readonly keyEnd: number;
    }
  /** A list, a text or a map where something else is needed. */
  | { readonly kind: 'blocked'; readonly depth: number };

/** Follows a path as far as the text goes. Of equal keys the last one counts. */
export function locate(root: ParsedNode | null, path: ValuePath): Place {
  let node = root;
  let parent: YAMLMap.Parsed | null = null;
  let keyEnd = 0;
  for (const [depth, key] of path.entries()) {
    if (isAlias(node)) return { kind: 'alias', node, depth };
    if (isNullNode(node)) return { kind: 'null', node, parent, depth, keyEnd };
    if (!isMap(node)) return { kind: 'blocked', depth };
    parent = node;
    const pair = pairsOf(node).get(key);
    if (!pair) return { kind: 'absent', map: node, depth };
    // `{key}` has no place for a value
    if (!pair.value) return { kind: 'blocked', depth };
    node = pair.value;
    keyEnd = pair.key.range[1];
  }
  if (isAlias(node)) return { kind: 'alias', node, depth: path.length };
  if (isScalar(node)) return { kind: 'scalar', node, keyEnd };
  return { kind: 'blocked', depth: path.length };
}

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

const PAIRS = new WeakMap<YAMLMap.Parsed, ReadonlyMap<string, ParsedPair>>();

/** The entries of a map by their keys; found once for each map, because many paths lead through the same maps. */
function pairsOf(map: YAMLMap.Parsed): ReadonlyMap<string, ParsedPair> {
  const known = PAIRS.get(map);
  if (known) return known;
  const pairs = new Map<string, ParsedPair>();
  for (const item of map.items) if (!isMergeKey(item.key)) pairs.set(keyText(item.key), item);
  PAIRS.set(map, pairs);
  return pairs;
}

/** Names of the anchors on the nodes from the root to the end of a path. */
export function anchorsOn(root: ParsedNode | null, path: ValuePath): string[] {
  const anchors: string[] = [];
  let node = root;
  for (const key of [...path, null]) {
    if (node && !isAlias(node) && node.anchor) anchors.push(node.anchor);
    if (key === null || !isMap(node)) break;
    node = pairsOf(node).get(key)?.value ?? null;
  }
  return anchors;
}

/** Where the value of a key without one belongs: after the colon, an anchor and a tag, before a comment. */
export function emptyValueAt(text: string, keyEnd: number): number {
  return keyEnd + (/^\s*:(?:[ \t]+[&!][^\s,\]}]*)*/.exec(text.slice(keyEnd))?.[0].length ?? 0);
}
