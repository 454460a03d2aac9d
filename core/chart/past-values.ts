// Finds lines of templates that certainly name an image past the values which an import rewrites. Doubtful lines are left out.
// What counts and what is left out, and why: docs/decisions/0015-what-an-audit-looks-up.md
import { AppError } from '../errors.js';
import { PassBudget } from '../flow/pass-budget.js';
import { actionsOf, numberedLines } from './certain-lines.js';
import { chartsInUse, imageText, startsWith, templatesOf, type ChartInUse } from './default-images.js';
import type { Chart } from './files/chart.js';
import type { NamingRules } from './relocation/naming.js';
import type { ValuePath } from './types.js';
import { textAt } from './yaml/values.js';

/** Expressions whose result is the global registry where one is set, whatever an image's own registry is. */
const GLOBAL = String.raw`\(?\(?\$?\.(?:Values\.)?global\)?\.imageRegistry\)?`;
const GLOBAL_WINS = [
  new RegExp(String.raw`^\$\w+\s*:?=\s*${GLOBAL}$`),
  new RegExp(String.raw`^(?:\$\w+\s*:?=\s*)?default\s+\S+\s+${GLOBAL}$`),
  new RegExp(String.raw`^(?:\$\w+\s*:?=\s*)?coalesce\s+${GLOBAL}\s`),
  new RegExp(String.raw`^(?:\$\w+\s*:?=\s*)?${GLOBAL}\s*\|\s*default\s`),
  new RegExp(String.raw`^${GLOBAL}$`),
];
const GLOBAL_REGISTRY: ValuePath = ['global', 'imageRegistry'];
/** A host at the beginning of an image's name. */
const HOST = /^["']?((?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d+)?|[\w-]+:\d+)\//;

/**
 * One note for each line. `hinted`: keys of values that hints name, which an import rewrites. `hosts`: registries that mean the
 * target; a line that names one of them is right. Nothing for a chart without hinted values.
 */
export function pastValues(
  chart: Chart,
  hinted: readonly ValuePath[],
  hosts: readonly string[],
  budget = new PassBudget(),
): readonly AppError[] {
  if (hinted.length === 0) return [];
  const used = chartsInUse(chart, budget);
  const included = new Set(
    used.flatMap(({ chart: one }) => templatesOf(one).flatMap(({ text }) => includedBy(text))),
  );
  const lines = used.flatMap((one) => [
    ...globalLines(one, included, hinted, hosts),
    ...literalLines(one, hinted, hosts),
  ]);
  return lines.filter(() => budget.affords('problems', 1)).map((line) => note(chart, line));
}

/** Names of helper templates that a template includes. */
function includedBy(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:include|template)\s+"([^"]+)"/g)].map(([, name = '']) => name);
}

/** Lines in which `global.imageRegistry`, which no hint names, takes the place of an image's own registry. */
function globalLines(
  used: ChartInUse,
  included: ReadonlySet<string>,
  hinted: readonly ValuePath[],
  hosts: readonly string[],
): readonly PastLine[] {
  const registry = textAt(used.values, GLOBAL_REGISTRY) ?? '';
  const isHinted = hinted.some((key) => key.slice(-2).join('.') === GLOBAL_REGISTRY.join('.'));
  if (registry === '' || isHinted || hosts.includes(hostOf(registry))) return [];
  const isGlobal = (text: string): boolean =>
    actionsIn(text).some((action) => GLOBAL_WINS.some((pattern) => pattern.test(action)));
  return linesOf(used, true, (text) => (isGlobal(text) ? registry : null))
    .filter(({ helper }) => helper === '' || included.has(helper))
    .slice(0, MOST_LINES);
}

/** Lines such as `image: docks.example/{{ .Values.image.repository }}`, where a hint names the value and nothing the registry. */
function literalLines(
  used: ChartInUse,
  hinted: readonly ValuePath[],
  hosts: readonly string[],
): readonly PastLine[] {
  const isTold = (path: ValuePath): boolean => hinted.some((key) => startsWith(key, [...used.at, ...path]));
  return linesOf(used, false, (text) => {
    const written = imageText(text) ?? '';
    const host = HOST.exec(written)?.[1];
    if (host === undefined || hosts.includes(host)) return null;
    const paths = actionsIn(written).flatMap((action) => {
      const dotted = /^\.Values((?:\.[\w-]+)+)/.exec(action)?.[1];
      return dotted === undefined ? [] : [dotted.slice(1).split('.')];
    });
    return paths.some(isTold) ? host : null;
  }).slice(0, MOST_LINES);
}

/** Lines of one chart that are told; nobody reads more. */
const MOST_LINES = 100;

interface PastLine {
  readonly file: string;
  readonly line: number;
  readonly registry: string;
  /** The helper template that holds the line; '' for none. */
  readonly helper: string;
}

function linesOf(
  { chart, values, at }: ChartInUse,
  withDefinitions: boolean,
  registryIn: (text: string) => string | null,
): readonly PastLine[] {
  const folder = at.map((name) => `charts/${name}/`).join('');
  return templatesOf(chart).flatMap(({ path, text }) => {
    let helpers: readonly string[] | null = null;
    return numberedLines(text, values, withDefinitions).flatMap(({ text: line, number }) => {
      const registry = registryIn(line);
      if (registry === null) return [];
      helpers ??= helpersOf(text);
      return [{ file: `${folder}${path}`, line: number, registry, helper: helpers[number - 1] ?? '' }];
    });
  });
}

/** For each line the helper template that it stands in: the last one that is defined in it or above it. */
function helpersOf(text: string): readonly string[] {
  let helper = '';
  return text.split('\n').map((line) => {
    helper = [...line.matchAll(/\bdefine\s+"([^"]+)"/g)].at(-1)?.[1] ?? helper;
    return helper;
  });
}

function actionsIn(text: string): readonly string[] {
  return actionsOf(text).map(({ action }) => action);
}

/** The hosts of names under the naming rules. */
export function ruleHosts({ containerRegistry, containerPrefixRegistry }: NamingRules): readonly string[] {
  return [containerRegistry ?? '', containerPrefixRegistry ?? ''].map(hostOf).filter(Boolean);
}

function hostOf(registry: string): string {
  return registry.replace(/^\w+:\/\//, '').split('/', 1)[0] ?? '';
}

function note({ name, version }: Chart, { file, line, registry }: PastLine): AppError {
  const params = { chart: `${name} ${version}`, file, line, registry };
  return new AppError('plan.registry-past-values', { origin: 'package', params });
}
