// Which images a chart names, where they go and what that means for its values: the chart's part of a plan.
import { hexOf } from '../content/digest.js';
import { formatReference, type Reference } from '../content/reference.js';
import { AppError } from '../errors.js';
import { HINTS_FILE, type Chart } from './chart.js';
import { parseHints, type Hint } from './hints.js';
import { helmPaths, mergeValues } from './merged-values.js';
import type { NamingRules } from './naming.js';
import { placeName, relocateNamed, sourceReference, suffixOf, type NamedImage } from './place-name.js';
import type { Relocation } from './relocation.js';
import { parseTemplate, renderTemplate, type Template } from './template.js';
import type { ChartImage, ChartPin, ValueChange, ValuePath } from './types.js';
import { textAt, type ValueMap } from './values.js';

export interface ChartPlan {
  readonly name: string;
  readonly version: string;
  /** In the order of the hints. */
  readonly images: readonly ChartImage[];
  /** Each of them blocks this chart and no other; origin `package`. */
  readonly problems: readonly AppError[];
}

interface Draft extends NamedImage {
  readonly hint: string;
  readonly relocation: Relocation;
}

/**
 * Plans a chart. `hints` are those of the bundle; null takes the chart's own file. Empty hints give no images and no problem.
 * Never throws: what cannot be planned is in `problems`.
 */
export function planChart(chart: Chart, hints: Buffer | null, rules: NamingRules): ChartPlan {
  const problems: AppError[] = [];
  const attempt = <T>(step: () => T): T | null => {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.push(error);
      return null;
    }
  };
  const bytes = hints ?? chart.files.get(HINTS_FILE);
  const parsed = (bytes && attempt(() => parseHints(bytes))) ?? [];
  const values = mergeValues(chart);
  const drafts = parsed.flatMap((hint) => attempt(() => draft(chart, values, hint, rules)) ?? []);
  const texts = new Texts();
  // What one value must hold leaves no choice, two values can agree with it: those come second
  const rigidFirst = [...drafts].sort((a, b) => Number(a.rendered.name.length === 2) - Number(b.rendered.name.length === 2));
  const decided = new Set(rigidFirst.filter((image) => attempt(() => texts.decide(chart, image) ?? true)));
  const planned = drafts.filter((image) => decided.has(image)).flatMap((image) => attempt(() => planImage(chart, values, texts, image)) ?? []);
  for (const [first, second] of collisions(planned)) {
    problems.push(
      problem('chart.target-collision', {
        chart: chart.name,
        target: formatReference(first.target),
        first: first.written,
        second: second.written,
      }),
    );
  }
  return { name: chart.name, version: chart.version, images: planned, problems };
}

/** Every key of the top chart's values that Archbridge may write, whatever the rules are. */
export function writtenPaths(plan: ChartPlan): readonly ValuePath[] {
  return plan.images.flatMap((image) => image.keys);
}

function draft(chart: Chart, values: ValueMap, hint: Hint, rules: NamingRules): Draft {
  const template = parseTemplate(hint);
  if (!template) throw problem('chart.hint-malformed', { chart: chart.name, hint: hint.text });
  const rendered = renderTemplate(template, (path) => {
    const text = textAt(values, path);
    if (text !== null) return text;
    throw problem('chart.hint-value-missing', { chart: chart.name, hint: hint.text, key: path.join('.') });
  });
  const source = sourceReference(rendered.text);
  if (!source) {
    throw problem('chart.reference-illegal', { chart: chart.name, hint: hint.text, reference: rendered.text });
  }
  const image = { template, rendered, source, suffix: suffixOf(template, rendered) };
  return { ...image, hint: hint.text, relocation: relocateNamed(image, rules) };
}

/** The texts that hints give to values, so that two hints never ask for different ones. */
class Texts {
  readonly #byPath = new Map<string, string>();

  get(path: ValuePath): string | undefined {
    return this.#byPath.get(JSON.stringify(path));
  }

  decide(chart: Chart, image: Draft): void {
    const { template, relocation, hint } = image;
    const decided = template.fragments.map(({ path }) => this.get(path));
    const placed = placeName(image, relocation, decided);
    if (!placed) throw problem('chart.hint-literal-name', { chart: chart.name, hint });
    template.fragments.forEach(({ path }, i) => {
      const text = placed[i] ?? '';
      if (decided[i] !== undefined && decided[i] !== text) {
        throw problem('chart.value-conflict', { chart: chart.name, hint, key: path.join('.') });
      }
      this.#byPath.set(JSON.stringify(path), text);
    });
  }
}

function planImage(chart: Chart, values: ValueMap, texts: Texts, image: Draft): ChartImage {
  const { template, rendered, source, suffix, relocation, hint } = image;
  checkRendered(chart, values, texts, image);
  const digestPath = template.digest ?? (source.digest ? template.fragments.at(-1)?.path : undefined);
  const views = helmViews(chart, values, template, rendered.text);
  if (views.length === 0) throw problem('chart.hint-not-read', { chart: chart.name, hint });
  const changes = new Map<string, ValueChange>();
  const keys = new Map<string, ValuePath>();
  for (const view of views) {
    template.fragments.forEach(({ path: hinted }, i) => {
      const path = view(hinted);
      keys.set(JSON.stringify(path), path);
      const to = texts.get(hinted) ?? '';
      if (hinted === digestPath || to === rendered.name[i]) return;
      changes.set(JSON.stringify(path), { path, from: textAt(chart.values, path), to });
    });
  }
  const pin = digestPath ? pinAt(views.map((view) => view(digestPath)), pinPrefix(template, texts, suffix)) : null;
  for (const path of pin ? [pin.path, ...pin.alsoAt] : []) keys.set(JSON.stringify(path), path);
  return {
    hint,
    source,
    written: rendered.text,
    target: taggedTarget(relocation.target),
    pin,
    changes: [...changes.values()],
    keys: [...keys.values()],
  };
}

/** With all hints' texts in place, the hint must render the very name under which its image is pushed. */
function checkRendered(chart: Chart, values: ValueMap, texts: Texts, image: Draft): void {
  const { target, root, path } = image.relocation;
  const { text } = renderTemplate(image.template, (key) => texts.get(key) ?? textAt(values, key) ?? '');
  const now = sourceReference(text);
  const name = now && `${now.registry}/${now.repository}`;
  const wanted = image.source.digest ? now?.digest === image.source.digest : now?.tag === image.source.tag;
  const same = name === `${target.registry}/${target.repository}` || name === `${root}/${path}`;
  if (same && wanted) return;
  const shared = image.template.fragments.map(({ path: key }) => key.join('.')).join(', ');
  throw problem('chart.value-conflict', { chart: chart.name, hint: image.hint, key: shared });
}

type View = (path: ValuePath) => ValuePath;

/**
 * The places of a hint's values as Helm reads them, once for each name that Helm knows the subchart by. A name under which the
 * parent's values make another image of it is left out: that image is not the one of the hint.
 */
function helmViews(chart: Chart, values: ValueMap, template: Template, rendered: string): View[] {
  const tagPaths = (template.tag ?? []).flatMap((piece) => ('path' in piece ? [piece.path] : []));
  const all = [...template.fragments.map(({ path }) => path), ...tagPaths, ...(template.digest ? [template.digest] : [])];
  const places = new Map(all.map((path) => [path, helmPaths(chart, path)]));
  const count = Math.max(...[...places.values()].map((paths) => paths.length));
  const views = Array.from({ length: count }, (_, i): View => (path) => places.get(path)?.[i] ?? places.get(path)?.[0] ?? path);
  return views.filter((view) => {
    const { text } = renderTemplate(template, (path) => textAt(values, view(path)) ?? '');
    return text === rendered;
  });
}

function pinAt([path, ...alsoAt]: readonly ValuePath[], prefix: string): ChartPin | null {
  return path ? { path, prefix, alsoAt } : null;
}

function pinPrefix(template: Template, texts: Texts, suffix: string): string {
  const last = template.fragments.at(-1);
  if (template.digest || !last) return '';
  const text = texts.get(last.path) ?? '';
  return text.slice(0, text.length - suffix.length) + suffix.slice(0, suffix.indexOf('@') + 1);
}

function taggedTarget({ registry, repository, tag, digest }: Reference): Reference {
  return { registry, repository, tag: digest ? `pin-${hexOf(digest).slice(0, 16)}` : (tag ?? 'latest') };
}

function collisions(images: readonly ChartImage[]): [ChartImage, ChartImage][] {
  const found: [ChartImage, ChartImage][] = [];
  const byTarget = new Map<string, ChartImage>();
  for (const image of images) {
    const target = formatReference(image.target);
    const other = byTarget.get(target);
    if (other && formatReference(other.source) !== formatReference(image.source)) found.push([other, image]);
    else byTarget.set(target, image);
  }
  return found;
}

type PlanCode =
  | 'chart.hint-malformed'
  | 'chart.hint-value-missing'
  | 'chart.reference-illegal'
  | 'chart.hint-literal-name'
  | 'chart.hint-not-read'
  | 'chart.value-conflict'
  | 'chart.target-collision';

function problem(code: PlanCode, params: Readonly<Record<string, string>>): AppError {
  return new AppError(code, { origin: 'package', params });
}
