// Changes scalars in a YAML text. Comments, order, quotes, line ends, flow style and anchors stay as they are.
import { AppError } from '../../errors.js';
import { addKey, fillNull, type Edit, type Side } from './insert-value.js';
import { anchorsOn, emptyValueAt, locate, type Place } from './locate.js';
import type { ValueChange, ValuePath } from '../types.js';
import {
  isValueMap,
  readYaml,
  sameData,
  textAt,
  valueAt,
  withLineFeeds,
  withValue,
  type YamlText,
} from './values.js';
import { flowSource, restyled, scalarSource } from './yaml-text.js';

type Wanted = Pick<ValueChange, 'path' | 'to'>;

/**
 * Gives every path its new text. `written` has no byte order mark; YamlFault when it is no YAML. The result is read again and must
 * differ from before in exactly these paths, else nothing is changed and AppErrors of origin `package` say why:
 * chart.path-blocked (a list or text stands where a map is needed), chart.rewrite-failed.
 */
export function rewriteValues(written: string, changes: readonly Wanted[]): string {
  const text = withLineFeeds(written);
  const lines = rewrittenLines(text, changes);
  // A text that has carriage returns alone keeps them; one that mixes them with others gets line feeds
  return written !== text && !written.includes('\n') ? lines.replaceAll('\n', '\r') : lines;
}

function rewrittenLines(text: string, changes: readonly Wanted[]): string {
  const before = readYaml(text);
  for (const { path } of changes) {
    if (locate(before.document?.contents ?? null, path).kind === 'blocked') {
      throw new AppError('chart.path-blocked', { origin: 'package', params: { key: path.join('.') } });
    }
  }
  const wanted = changes.reduce((data, { path, to }) => withValue(data, path, to), before.data);
  // The first of these ways is right for nearly every text. The others are for values that share an anchor, and for texts that
  // end in a block scalar, which an appended line would change.
  for (const side of ['end', 'front'] as const) {
    for (const start of [text, detached(text, before, changes)]) {
      const after = rewritten(start, changes, side);
      if (after !== null && sameData(dataOf(after), wanted)) return after;
    }
  }
  const keys = changes.map(({ path }) => path.join('.')).join(', ');
  throw new AppError('chart.rewrite-failed', { origin: 'package', params: { keys } });
}

function dataOf(text: string): YamlText['data'] {
  try {
    return readYaml(text).data;
  } catch {
    return null;
  }
}

function rewritten(start: string, changes: readonly Wanted[], side: Side): string | null {
  const yaml = readYaml(start);
  const edits: Edit[] = [];
  const later: Wanted[] = [];
  for (const change of changes) {
    const place = locate(yaml.document?.contents ?? null, change.path);
    if (place.kind === 'scalar') edits.push(replaceScalar(start, place, change.to));
    else later.push(change);
  }
  let text = applied(start, edits);
  for (const { path, to } of later) {
    const edit = structuralEdit(text, path, to, side);
    if (edit === 'impossible') return null;
    if (edit) text = applied(text, [edit]);
  }
  return text;
}

/** The edit for a missing or aliased value; null when it has the text already because its anchor was changed. */
function structuralEdit(text: string, path: ValuePath, to: string, side: Side): Edit | null | 'impossible' {
  const yaml = readYaml(text);
  if (textAt(yaml.data, path) === to) return null;
  const place = locate(yaml.document?.contents ?? null, path);
  switch (place.kind) {
    case 'scalar':
      return replaceScalar(text, place, to);
    case 'alias': {
      const [start, end] = place.node.range;
      const rest = path.slice(place.depth);
      if (rest.length === 0) return { start, end, text: scalarSource(to) };
      const map = valueAt(yaml.data, path.slice(0, place.depth));
      return isValueMap(map) || map === null
        ? { start, end, text: flowSource(withValue(map, rest, to)) }
        : 'impossible';
    }
    case 'absent':
      return addKey(text, yaml, place, path, to, side);
    case 'null':
      return fillNull(text, place, path, to);
    case 'blocked':
      return 'impossible';
  }
}

function replaceScalar(text: string, { node, keyEnd }: Extract<Place, { kind: 'scalar' }>, to: string): Edit {
  const [start, end] = node.range;
  const source = restyled(node, text.slice(start, end), to);
  if (end > start) return { start, end, text: source };
  const empty = emptyValueAt(text, keyEnd);
  return { start: empty, end: empty, text: ` ${source}` };
}

function applied(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((all, { start, end, text: part }) => all.slice(0, start) + part + all.slice(end), text);
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
        text: typeof value === 'string' ? scalarSource(value) : flowSource(value),
      },
    ];
  });
  return applied(text, edits);
}
