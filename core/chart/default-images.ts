// Finds images that a chart's default values name beyond its hints, without running helm. Doubtful cases are left out.
// What counts and what is left out, and why: docs/decisions/0015-what-an-audit-looks-up.md
import { parseReference } from '../content/reference.js';
import { certainLines } from './certain-lines.js';
import { readMap, type Chart } from './files/chart.js';
import { mergeValues } from './relocation/merged-values.js';
import type { ValuePath } from './types.js';
import { isValueMap, overlay, textAt, valueAt, type ValueMap } from './yaml/values.js';

/** References as helm would render them, each once. `hinted` are the keys that hints name: images of these keys are left out. */
export function defaultImages(chart: Chart, hinted: readonly ValuePath[]): readonly string[] {
  const found = new Set<string>();
  for (const { chart: one, values, at } of chartsInUse(chart, mergeValues(chart), [])) {
    const templates = templatesOf(one).map(({ text }) => text);
    const isTold = (path: ValuePath): boolean => hinted.some((key) => startsWith(key, [...at, ...path]));
    const lines = templates.flatMap((text) => certainLines(text, values, false));
    for (const image of lines.flatMap((line) => imageOfLine(line, one, values, isTold))) found.add(image);
    const withHelpers = templates.flatMap((text) => certainLines(text, values, true));
    for (const path of withHelpers.flatMap(pathsHandedOn)) {
      const image = isTold(path) ? null : imageAt(values, path);
      if (image !== null) found.add(image);
    }
  }
  return [...found];
}

/** A chart or subchart with the values that Helm gives it. */
export interface ChartInUse {
  readonly chart: Chart;
  readonly values: ValueMap;
  /** The path of its values within those of the top chart. */
  readonly at: ValuePath;
}

/** The chart and its subcharts, those that a condition switches off left out. */
export function chartsInUse(chart: Chart, values: ValueMap, at: ValuePath): readonly ChartInUse[] {
  const subcharts = chart.subcharts.flatMap((sub) =>
    namesOf(chart, sub).flatMap((name) => {
      if (!isSwitchedOn(chart, sub, name, values)) return [];
      const given = values.get(name);
      const inner = isValueMap(given) ? given : mergeValues(sub);
      return chartsInUse(sub, overlay(inner, globalsOf(values)), [...at, name]);
    }),
  );
  return [{ chart, values, at }, ...subcharts];
}

/** The texts of templates that an installation renders, with helpers, without tests and notes. */
export function templatesOf({ files }: Chart): readonly { readonly path: string; readonly text: string }[] {
  return [...files]
    .filter(([path]) => /^templates\/(?!tests\/).*\.(?:ya?ml|tpl)$/.test(path))
    .map(([path, bytes]) => ({ path, text: bytes.toString('utf8') }));
}

export const IMAGE_LINE = /^\s*(?:-\s+)?image:\s+(\S.*?)\s*$/;
export const ACTION = /\{\{-?\s*(.*?)\s*-?\}\}/g;

/** The image of a line such as `image: "{{ .Values.web.repository }}:{{ .Values.web.tag }}"`, where all actions are plain values. */
function imageOfLine(
  line: string,
  chart: Chart,
  values: ValueMap,
  isTold: (path: ValuePath) => boolean,
): readonly string[] {
  const written = IMAGE_LINE.exec(line)?.[1];
  if (written === undefined) return [];
  let isPlain = true;
  const text = written.replace(ACTION, (_, action: string) => {
    const value = plainValue(action, chart, values, isTold);
    isPlain &&= value !== null;
    return value ?? '';
  });
  const image = /^(["']?)([^\s"']*)\1(?:\s+#.*)?$/.exec(text)?.[2] ?? '';
  return isPlain && namesOneBuild(image) ? [image] : [];
}

/** The text of `.Values.a.b`, also with `default` and `quote` behind it; null for everything else. */
function plainValue(
  action: string,
  chart: Chart,
  values: ValueMap,
  isTold: (path: ValuePath) => boolean,
): string | null {
  const [, dotted, pipes = ''] =
    /^\.Values((?:\.[\w-]+)+)((?:\s*\|\s*(?:quote|default\s+\S+))*)$/.exec(action) ?? [];
  const path = dotted?.slice(1).split('.') ?? [];
  if (dotted === undefined || isTold(path)) return null;
  const text = textAt(values, path) ?? '';
  if (text !== '' || !pipes.includes('default')) return text;
  return /default\s+\.Chart\.AppVersion\b/.test(pipes) ? appVersionOf(chart) : null;
}

function appVersionOf({ files }: Chart): string | null {
  const bytes = files.get('Chart.yaml');
  return bytes ? textAt(readMap(bytes, 'Chart.yaml', 'chart.metadata-unreadable'), ['appVersion']) : null;
}

/** Values that a template hands on as a whole: `include "image" (dict "imageRoot" .Values.web.image)`. */
function pathsHandedOn(line: string): readonly ValuePath[] {
  return [...line.matchAll(/\.Values((?:\.[\w-]+)+)(?![\w.-])/g)].map(([, dotted = '']) =>
    dotted.slice(1).split('.'),
  );
}

/** The image of a map `{registry, repository, tag, digest}`; null when the map or a map around it has `enabled: false`. */
function imageAt(values: ValueMap, path: ValuePath): string | null {
  for (const [i] of path.entries()) {
    const enclosing = valueAt(values, path.slice(0, i));
    if (isValueMap(enclosing) && enclosing.get('enabled') === false) return null;
  }
  const map = valueAt(values, path);
  // With a global registry it depends on the helper template which registry an image gets
  if (!isValueMap(map) || textAt(values, ['global', 'imageRegistry'])) return null;
  const text = (name: string): string => textAt(map, [name]) ?? '';
  const [registry, repository, tag, digest] = [
    text('registry'),
    text('repository'),
    text('tag'),
    text('digest'),
  ];
  const name = registry === '' ? repository : `${registry}/${repository}`;
  const image = digest === '' ? `${name}:${tag}` : `${name}@${digest}`;
  return repository !== '' && map.get('enabled') !== false && namesOneBuild(image) ? image : null;
}

/** A legal reference with a tag or a digest: without one the chart decides at run time. */
function namesOneBuild(text: string): boolean {
  const reference = parseReference(text);
  return reference !== null && (reference.tag !== undefined || reference.digest !== undefined);
}

/** The names under which Helm hands values to a subchart. */
function namesOf(chart: Chart, sub: Chart): readonly string[] {
  const listed = chart.dependencies.filter(({ name }) => name === sub.name);
  return listed.length === 0 ? [sub.name] : listed.map(({ name, alias }) => alias ?? name);
}

/** https://helm.sh/docs/topics/charts/#tags-and-condition-fields-in-dependencies: the first path that holds a boolean counts. */
function isSwitchedOn(chart: Chart, sub: Chart, name: string, values: ValueMap): boolean {
  const dependency = chart.dependencies.find(
    (one) => one.name === sub.name && (one.alias ?? one.name) === name,
  );
  for (const path of (dependency?.condition ?? '').split(',')) {
    const value = valueAt(values, path.trim().split('.'));
    if (typeof value === 'boolean') return value;
  }
  return true;
}

function globalsOf(values: ValueMap): ValueMap {
  const global = values.get('global');
  return global === undefined ? new Map() : new Map([['global', global]]);
}

/** True when `path` is `start` or lies below it. */
export function startsWith(path: ValuePath, start: ValuePath): boolean {
  return start.every((key, i) => path[i] === key);
}
