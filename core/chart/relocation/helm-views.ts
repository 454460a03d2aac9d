// How Helm reads the values of a hint: once for each name that it knows the subchart by.
import type { Chart } from '../files/chart.js';
import { helmPaths } from './merged-values.js';
import { renderTemplate, type Template } from './template.js';
import type { ValuePath } from '../types.js';
import { textAt, type ValueMap } from '../yaml/values.js';

/** Where Helm reads what a hint names by this path. */
export type View = (path: ValuePath) => ValuePath;

/**
 * The places of a hint's values as Helm reads them, once for each name that Helm knows the subchart by. A name under which the
 * parent's values make another image of it is left out: that image is not the one of the hint.
 */
export function helmViews(chart: Chart, values: ValueMap, template: Template, rendered: string): View[] {
  const tagPaths = (template.tag ?? []).flatMap((piece) => ('path' in piece ? [piece.path] : []));
  const all = [
    ...template.fragments.map(({ path }) => path),
    ...tagPaths,
    ...(template.digest ? [template.digest] : []),
  ];
  const places = new Map(all.map((path) => [path, helmPaths(chart, path)]));
  const count = Math.max(...[...places.values()].map((paths) => paths.length));
  const views = Array.from(
    { length: count },
    (_, i): View =>
      (path) =>
        places.get(path)?.[i] ?? places.get(path)?.[0] ?? path,
  );
  return views.filter((view) => {
    const { text } = renderTemplate(template, (path) => textAt(values, view(path)) ?? '');
    return text === rendered;
  });
}
