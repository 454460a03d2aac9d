// Finds images that a chart's default values name beyond its hints, without running helm. Doubtful cases are left out.
// What counts and what is left out, and why: docs/decisions/0015-what-an-audit-looks-up.md
import { parseReference } from '../content/reference.js';
import { PassBudget } from '../flow/pass-budget.js';
import { actionsOf, certainLines } from './certain-lines.js';
import { readMap, type Chart } from './files/chart.js';
import { ValueMerger } from './relocation/merged-values.js';
import type { ValuePath } from './types.js';
import { isValueMap, overlay, textAt, valueAt, type ValueMap } from './yaml/values.js';

/** References as helm would render them, each once. `hinted` are the keys that hints name: images of these keys are left out. */
export function defaultImages(
  chart: Chart,
  hinted: readonly ValuePath[],
  budget = new PassBudget(),
): readonly string[] {
  const found = new Set<string>();
  for (const { chart: one, values, at } of chartsInUse(chart, budget)) {
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

/** Bytes of templates that are searched while a step of other work is done. */
const TEMPLATE_BYTES_OF_STEP = 20;

/** A chart or subchart with the values that Helm gives it. */
export interface ChartInUse {
  readonly chart: Chart;
  readonly values: ValueMap;
  /** The path of its values within those of the top chart. */
  readonly at: ValuePath;
}

/** The chart and its subcharts, those that a condition switches off left out. Throws `package.limit` when there are too many. */
export function chartsInUse(chart: Chart, budget: PassBudget): readonly ChartInUse[] {
  const merger = new ValueMerger(budget);
  return inUse(chart, merger.merge(chart), [], merger, budget);
}

function inUse(
  chart: Chart,
  values: ValueMap,
  at: ValuePath,
  merger: ValueMerger,
  budget: PassBudget,
): readonly ChartInUse[] {
  budget.spend('views', 1, chart.name);
  const bytes = [...chart.files].reduce((sum, [path, file]) => sum + (isTemplate(path) ? file.length : 0), 0);
  budget.spend('work', chart.files.size + bytes / TEMPLATE_BYTES_OF_STEP, chart.name);
  const subcharts = chart.subcharts.flatMap((sub) =>
    namesOf(chart, sub).flatMap((name) => {
      if (!isSwitchedOn(chart, sub, name, values)) return [];
      const given = values.get(name);
      const inner = isValueMap(given) ? given : merger.merge(sub);
      return inUse(sub, overlay(inner, globalsOf(values), budget), [...at, name], merger, budget);
    }),
  );
  return [{ chart, values, at }, ...subcharts];
}

/** The texts of templates that an installation renders, with helpers, without tests and notes. */
export function templatesOf({ files }: Chart): readonly { readonly path: string; readonly text: string }[] {
  return [...files]
    .filter(([path]) => isTemplate(path))
    .map(([path, bytes]) => ({ path, text: bytes.toString('utf8') }));
}

function isTemplate(path: string): boolean {
  return /^templates\/(?!tests\/).*\.(?:ya?ml|tpl)$/.test(path);
}

/** The text of a line `image: …`, without blanks around it; null for any other line. */
export function imageText(line: string): string | null {
  return /^(?:-\s+)?image:\s+(.+)$/.exec(line.trim())?.[1] ?? null;
}

/** The image of a line such as `image: "{{ .Values.web.repository }}:{{ .Values.web.tag }}"`, where all actions are plain values. */
function imageOfLine(
  line: string,
  chart: Chart,
  values: ValueMap,
  isTold: (path: ValuePath) => boolean,
): readonly string[] {
  const written = imageText(line);
  if (written === null) return [];
  let isPlain = true;
  let text = '';
  let at = 0;
  for (const { action, start, end } of actionsOf(written)) {
    const value = plainValue(action, chart, values, isTold);
    isPlain &&= value !== null;
    text += written.slice(at, start) + (value ?? '');
    at = end;
  }
  text += written.slice(at);
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
  const [value = '', ...pipes] = action.split('|').map((part) => part.trim());
  const dotted = /^\.Values((?:\.[\w-]+)+)$/.exec(value)?.[1];
  const path = dotted?.slice(1).split('.') ?? [];
  const isPlain = pipes.every((pipe) => pipe === 'quote' || /^default\s+\S+$/.test(pipe));
  if (dotted === undefined || !isPlain || isTold(path)) return null;
  const text = textAt(values, path) ?? '';
  if (text !== '' || !pipes.some((pipe) => pipe.startsWith('default'))) return text;
  return pipes.some((pipe) => /^default\s+\.Chart\.AppVersion\b/.test(pipe)) ? appVersionOf(chart) : null;
}

function appVersionOf({ files }: Chart): string | null {
  const bytes = files.get('Chart.yaml');
  return bytes ? textAt(readMap(bytes, 'Chart.yaml', 'chart.metadata-unreadable'), ['appVersion']) : null;
}

/** Values that a template hands on as a whole: `include "image" (dict "imageRoot" .Values.web.image)`. */
function pathsHandedOn(line: string): readonly ValuePath[] {
  return [...line.matchAll(/\.Values(\.[\w.-]+)/g)]
    .map(([, dotted = '']) => dotted.slice(1).split('.'))
    .filter((path) => !path.includes(''));
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
