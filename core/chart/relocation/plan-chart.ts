// Plans a chart: which images it names, their names in the target, and which values change for that.
import { hexOf } from '../../content/digest.js';
import type { Reference } from '../../content/reference.js';
import { AppError } from '../../errors.js';
import { LIMITS } from '../../flow/limits.js';
import { PassBudget } from '../../flow/pass-budget.js';
import { decideTexts, valueConflict, type Draft, type Texts } from './decide-texts.js';
import { HINTS_FILE, type Chart } from '../files/chart.js';
import { parseHints, type Hint } from './hints.js';
import { helmViews } from './helm-views.js';
import { ValueMerger } from './merged-values.js';
import type { NamingRules } from './naming.js';
import { relocateNamed, replaceableRegistries, sourceReference, suffixOf } from './place-name.js';
import { planProblem } from './plan-problem.js';
import { parseTemplate, renderTemplate, type Template } from './template.js';
import type { ChartImage, ChartPin, ValueChange, ValuePath } from '../types.js';
import { textAt, type ValueMap } from '../yaml/values.js';

export interface ChartPlan {
  readonly name: string;
  readonly version: string;
  /** In the order of the hints. */
  readonly images: readonly ChartImage[];
  /** Each of them blocks this chart and no other; origin `package`. */
  readonly problems: readonly AppError[];
}

/**
 * Plans a chart. `hints` are those of the bundle; null takes the chart's own file. Empty hints give no images and no problem.
 * What cannot be planned is in `problems`; throws only `package.limit`, when `budget` is used up.
 */
export function planChart(
  chart: Chart,
  hints: Buffer | null,
  rules: NamingRules,
  budget = new PassBudget(),
): ChartPlan {
  const problems: AppError[] = [];
  const attempt = <T>(step: () => T): T | null => {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'package.limit') throw error;
      problems.push(error);
      return null;
    }
  };
  const bytes = hints ?? chart.files.get(HINTS_FILE);
  const parsed = (bytes && attempt(() => parseHints(bytes, budget))) ?? [];
  const values = new ValueMerger(budget).merge(chart);
  const hinted = parsed.flatMap((hint) => attempt(() => hintedImage(chart, values, hint)) ?? []);
  const registries = replaceableRegistries(hinted);
  const drafts = hinted.map((image) => ({ ...image, relocation: relocateNamed(image, registries, rules) }));
  const plain = decideTexts(chart, drafts, false);
  // Two hints with registries of their own may share a repository value: then the registry values get what the rule adds
  const other = plain.problems.length > 0 ? decideTexts(chart, drafts, true) : plain;
  const { texts, decided, problems: undecided } = other.problems.length === 0 ? other : plain;
  problems.push(...undecided);
  const planned = decided.flatMap(
    (image) => attempt(() => planImage(chart, values, texts, image, budget)) ?? [],
  );
  return { name: chart.name, version: chart.version, images: planned, problems };
}

function hintedImage(chart: Chart, values: ValueMap, hint: Hint): Omit<Draft, 'relocation'> {
  const template = parseTemplate(hint);
  if (!template) throw planProblem('chart.hint-malformed', { chart: chart.name, hint: hint.text });
  const rendered = renderTemplate(template, (path) => {
    const text = textAt(values, path);
    if (text !== null) return text;
    throw planProblem('chart.hint-value-missing', {
      chart: chart.name,
      hint: hint.text,
      key: path.join('.'),
    });
  });
  const source = rendered.text.length > LIMITS.imageName ? null : sourceReference(rendered.text);
  if (!source) {
    throw planProblem('chart.reference-illegal', {
      chart: chart.name,
      hint: hint.text,
      reference: rendered.text.slice(0, LIMITS.imageName),
    });
  }
  return { template, rendered, source, suffix: suffixOf(template, rendered), hint: hint.text };
}

function planImage(
  chart: Chart,
  values: ValueMap,
  texts: Texts,
  image: Draft,
  budget: PassBudget,
): ChartImage {
  const { template, rendered, source, suffix, relocation, hint } = image;
  checkRendered(chart, values, texts, image);
  const digestPath = template.digest ?? (source.digest ? template.fragments.at(-1)?.path : undefined);
  const views = helmViews(chart, values, template, rendered.text, budget);
  if (views.length === 0) throw planProblem('chart.hint-not-read', { chart: chart.name, hint });
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
  const pin = digestPath
    ? pinAt(
        views.map((view) => view(digestPath)),
        pinPrefix(template, texts, suffix),
      )
    : null;
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
  throw valueConflict(chart, image, shared);
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
