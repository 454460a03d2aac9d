// Changes scalars in a YAML text. Comments, order, quotes, line ends, flow style and anchors stay as they are.
import { AppError } from '../../errors.js';
import { PassBudget } from '../../flow/pass-budget.js';
import { addKeys, fillNull, type Edit, type Side } from './insert-value.js';
import { anchorsOn, emptyValueAt, locate, type Place } from './locate.js';
import type { ValueChange, ValuePath } from '../types.js';
import {
  isValueMap,
  pathTree,
  readYaml,
  sameData,
  textAt,
  valueAt,
  withLineFeeds,
  withTree,
  YamlFault,
  type PathTree,
  type Value,
  type YamlText,
} from './values.js';
import { flowSource, restyled, scalarSource } from './yaml-text.js';

type Wanted = Pick<ValueChange, 'path' | 'to'>;

/**
 * Gives every path its new text. `written` has no byte order mark; YamlFault when it is no YAML. The result is read again and must
 * differ from before in exactly these paths, else nothing is changed and AppErrors of origin `package` say why:
 * chart.path-blocked (a list or text stands where a map is needed), chart.rewrite-failed, package.limit.
 */
export function rewriteValues(
  written: string,
  changes: readonly Wanted[],
  budget: PassBudget = new PassBudget(),
): string {
  const text = withLineFeeds(written);
  const lines = rewrittenLines(text, changes, budget);
  // A text that has carriage returns alone keeps them; one that mixes them with others gets line feeds
  return written !== text && !written.includes('\n') ? lines.replaceAll('\n', '\r') : lines;
}

function rewrittenLines(text: string, changes: readonly Wanted[], budget: PassBudget): string {
  const before = readYaml(text, budget);
  for (const { path } of changes) {
    if (locate(before.document?.contents ?? null, path).kind === 'blocked') {
      throw new AppError('chart.path-blocked', { origin: 'package', params: { key: path.join('.') } });
    }
  }
  const wanted = withTree(before.data, pathTree(changes));
  const apart = detached(text, before, changes);
  // The first of these ways is right for nearly every text. The others are for values that share an anchor, and for texts that
  // end in a block scalar, which an appended line would change.
  for (const side of ['end', 'front'] as const) {
    for (const start of apart === text ? [text] : [text, apart]) {
      const after = rewritten(start, start === text ? before : null, changes, side, budget);
      if (after !== null && sameData(after.data, wanted)) return after.text;
    }
  }
  const keys = changes.map(({ path }) => path.join('.')).join(', ');
  throw new AppError('chart.rewrite-failed', { origin: 'package', params: { keys } });
}

/** Scalars first, then missing keys, then aliases: each of these can make a change of the next needless. */
const MOST_ROUNDS = 5;

interface Attempt {
  readonly text: string;
  readonly data: Value;
}

/**
 * Makes the changes in one way. Each round reads the text once and makes all changes for which the places are known, so that the work
 * grows with the text and not with the number of changes. Null where this way leads nowhere.
 */
function rewritten(
  start: string,
  parsed: YamlText | null,
  changes: readonly Wanted[],
  side: Side,
  budget: PassBudget,
): Attempt | null {
  let text = start;
  let yaml = parsed;
  let left = changes;
  try {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      yaml ??= readYaml(text, budget);
      const { data } = yaml;
      if (round > 0) left = left.filter(({ path, to }) => textAt(data, path) !== to);
      if (round > 0 && left.length === 0) return { text, data };
      const edits = editsOf(text, yaml, left, round === 0, side);
      if (edits === null) return null;
      if (edits.length === 0 && round > 0) return null;
      text = applied(text, edits);
      if (edits.length > 0) yaml = null;
    }
  } catch (error) {
    // the text that was made is no YAML
    if (!(error instanceof YamlFault)) throw error;
  }
  return null;
}

/** What one round changes; null where a value cannot be written. */
function editsOf(
  text: string,
  yaml: YamlText,
  changes: readonly Wanted[],
  scalarsOnly: boolean,
  side: Side,
): readonly Edit[] | null {
  const root = yaml.document?.contents ?? null;
  const placed = changes.map((change) => ({ change, place: locate(root, change.path) }));
  const scalars = placed.flatMap(({ change, place }) =>
    place.kind === 'scalar' ? [replaceScalar(text, place, change)] : [],
  );
  if (scalarsOnly) return scalars;
  if (placed.some(({ place }) => place.kind === 'blocked')) return null;
  const others = placed.filter(({ place }) => place.kind !== 'scalar');
  const direct = others.filter(({ place }) => place.kind !== 'alias');
  const groups = new Map<
    string,
    { readonly place: Place; readonly path: ValuePath; readonly changes: Wanted[] }
  >();
  for (const { change, place } of direct.length > 0 ? direct : others) {
    const depth = 'depth' in place ? place.depth : 0;
    const path = change.path.slice(0, depth);
    const key = JSON.stringify(path);
    const group = groups.get(key) ?? { place, path, changes: [] };
    group.changes.push({ path: change.path.slice(depth), to: change.to });
    groups.set(key, group);
  }
  const edits: Edit[] = [...scalars];
  for (const group of groups.values()) {
    const edit = structuralEdit(text, yaml, group.place, group.path, pathTree(group.changes), side);
    if (edit === null) return null;
    edits.push(edit);
  }
  return edits;
}

/** The edit for missing keys of one map, or for an alias with all that changes below it; null when there is none. */
function structuralEdit(
  text: string,
  yaml: YamlText,
  place: Place,
  path: ValuePath,
  tree: PathTree,
  side: Side,
): Edit | null {
  if (place.kind === 'alias') {
    const [start, end] = place.node.range;
    const at = { start, end, depth: place.depth };
    if (typeof tree === 'string') return { ...at, text: scalarSource(tree) };
    const map = valueAt(yaml.data, path);
    return isValueMap(map) || map === null ? { ...at, text: flowSource(withTree(map, tree)) } : null;
  }
  if (typeof tree === 'string') return null;
  if (place.kind === 'absent') return addKeys(text, yaml, place, path, tree, side);
  return place.kind === 'null' ? fillNull(text, place, tree, side) : null;
}

function replaceScalar(
  text: string,
  { node, keyEnd }: Extract<Place, { kind: 'scalar' }>,
  { path, to }: Wanted,
): Edit {
  const [start, end] = node.range;
  const source = restyled(node, text.slice(start, end), to);
  const depth = path.length;
  if (end > start) return { start, end, text: source, depth };
  const empty = emptyValueAt(text, keyEnd);
  return { start: empty, end: empty, text: ` ${source}`, depth };
}

function applied(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || b.depth - a.depth)) {
    pieces.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return [...pieces, text.slice(at)].join('');
}

/** The text with aliases of changed values replaced by the old value, so that only the wanted paths change. */
function detached(text: string, yaml: YamlText, changes: readonly Wanted[]): string {
  const root = yaml.document?.contents ?? null;
  const touched = new Set(changes.flatMap(({ path }) => anchorsOn(root, path)));
  const edits = [...yaml.aliases].flatMap(([{ source, range }, value]): Edit[] => {
    if (!touched.has(source)) return [];
    return [
      {
        start: range[0],
        end: range[1],
        depth: 0,
        text: typeof value === 'string' ? scalarSource(value) : flowSource(value),
      },
    ];
  });
  return applied(text, edits);
}
