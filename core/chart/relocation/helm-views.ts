// Finds where Helm reads the values of a hint: once for each name or alias of the subchart.
import type { Chart } from '../files/chart.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import { helmPaths } from './merged-values.js';
import { renderTemplate, type Template } from './template.js';
import type { ValuePath } from '../types.js';
import { textAt, type ValueMap } from '../yaml/values.js';

/** Maps a path in a hint to the path where Helm reads that value. */
export type View = (path: ValuePath) => ValuePath;

/**
 * One view for each name or alias under which Helm reads the subchart's values. A name is left out when the parent's values
 * name another image under it than the hint renders (`rendered`).
 */
export function helmViews(
  chart: Chart,
  values: ValueMap,
  template: Template,
  rendered: string,
  budget: PassBudget,
): View[] {
  return allViews(chart, template, budget).filter((view) => {
    const { text } = renderTemplate(template, (path) => textAt(values, view(path)) ?? '');
    return text === rendered;
  });
}

/** One view for each name or alias under which Helm reads the subchart's values. */
export function allViews(chart: Chart, template: Template, budget: PassBudget): View[] {
  const tagPaths = (template.tag ?? []).flatMap((piece) => ('path' in piece ? [piece.path] : []));
  const all = [
    ...template.fragments.map(({ path }) => path),
    ...tagPaths,
    ...(template.digest ? [template.digest] : []),
  ];
  const places = new Map(all.map((path) => [path, helmPaths(chart, path, budget)]));
  const count = Math.max(...[...places.values()].map((paths) => paths.length));
  return Array.from(
    { length: count },
    (_, i): View =>
      (path) =>
        places.get(path)?.[i] ?? places.get(path)?.[0] ?? path,
  );
}
