// The values that hints are rendered with, and where in the top chart's values Helm reads what a hint names.
import type { Chart } from '../files/chart.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import type { ValuePath } from '../types.js';
import { isValueMap, overlay, type ValueMap } from '../yaml/values.js';

/** Merges the values of a chart; what it has merged of a subchart is used again wherever the subchart stands. */
export class ValueMerger {
  readonly #budget: PassBudget;
  /** Merged values by chart and by what the parent gives; the chart's own values stand for none. */
  readonly #merged = new Map<Chart, Map<ValueMap, ValueMap>>();

  constructor(budget: PassBudget) {
    this.#budget = budget;
  }

  /**
   * The chart's values with every subchart's defaults under the subchart's name, overlaid by the parent's, at any depth. The
   * original tool reads subcharts by name only, Helm reads an aliased subchart under its alias: the result has both.
   * @param given what the parent says; null for the top chart, and where it says nothing
   */
  merge(chart: Chart, given: ValueMap | null = null): ValueMap {
    const ofChart = this.#merged.get(chart) ?? new Map<ValueMap, ValueMap>();
    this.#merged.set(chart, ofChart);
    const known = ofChart.get(given ?? chart.values);
    if (known) return known;
    const own = given ? overlay(chart.values, given, this.#budget) : chart.values;
    const merged = new Map(own);
    for (const sub of chart.subcharts) {
      for (const key of new Set([sub.name, ...aliasesOf(chart, sub.name)])) {
        this.#budget.spend('work', 1, 'values.yaml');
        const under = own.get(key);
        if (under === undefined) merged.set(key, this.merge(sub));
        else if (isValueMap(under)) merged.set(key, this.merge(sub, under));
      }
    }
    ofChart.set(given ?? chart.values, merged);
    return merged;
  }
}

/**
 * Where Helm reads the value that a hint's path names: the path itself, or, where it leads through a subchart by its name, one
 * path for each name or alias of the subchart. A `global` key that the top chart defines is read at the top.
 */
export function helmPaths(chart: Chart, path: ValuePath, budget: PassBudget): readonly ValuePath[] {
  const paths = pathsIn(chart, path, false, budget);
  const global = path.indexOf('global');
  if (global <= 0 || paths.length === 0) return paths;
  const shared = path.slice(global);
  const subchart = subchartAt(chart, path.slice(0, global));
  return subchart && hasPath(chart.values, shared) ? [shared] : paths;
}

/** `repeated`: the parent lists the chart under several names. */
function pathsIn(chart: Chart, path: ValuePath, repeated: boolean, budget: PassBudget): readonly ValuePath[] {
  const [key, ...rest] = path;
  if (key === undefined || rest.length === 0) return [path];
  const sub = subchartNamed(chart, key);
  if (!sub) return [path];
  const names = new Set(keysOf(chart, key));
  // Helm renames a shared dependency once only: in the second copy of a chart it reads an aliased subchart under its own name
  // (https://github.com/helm/helm/blob/v3.16.4/pkg/chartutil/dependencies.go, getAliasDependency copies the list's pointers)
  if (repeated) names.add(sub.name);
  const deeper = pathsIn(sub, rest, repeated || keysOf(chart, sub.name).length > 1, budget);
  budget.spend('views', names.size * deeper.length, path.join('.'));
  return [...names].flatMap((name) => deeper.map((tail) => [name, ...tail]));
}

function subchartNamed(chart: Chart, key: string): Chart | undefined {
  const name = chart.dependencies.find(({ alias }) => alias === key)?.name ?? key;
  return chart.subcharts.find((sub) => sub.name === name);
}

function subchartAt(chart: Chart, path: ValuePath): Chart | undefined {
  return path.reduce<Chart | undefined>((at, key) => at && subchartNamed(at, key), chart);
}

/** The keys that Helm reads for a subchart: an alias is one itself, a name stands for its aliases and (unless all have one) itself. */
function keysOf(chart: Chart, key: string): readonly string[] {
  if (chart.dependencies.some(({ alias }) => alias === key)) return [key];
  const listed = chart.dependencies.filter(({ name }) => name === key);
  return listed.length === 0 ? [key] : [...new Set(listed.map(({ alias, name }) => alias ?? name))];
}

function aliasesOf(chart: Chart, name: string): string[] {
  return chart.dependencies.flatMap((dependency) =>
    dependency.name === name && dependency.alias !== null ? [dependency.alias] : [],
  );
}

function hasPath(values: ValueMap, [key, ...rest]: ValuePath): boolean {
  if (key === undefined || !values.has(key)) return false;
  const value = values.get(key);
  return rest.length === 0 || (isValueMap(value) && hasPath(value, rest));
}
