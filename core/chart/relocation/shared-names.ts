// Images of different sources that get one name: which of a chart's do without a look at their content, and which rules part them.
import { familiarReference, formatReference, type Reference } from '../../content/reference.js';
import type { AppError } from '../../errors.js';
import type { ChartImage } from '../types.js';
import type { NamingRules } from './naming.js';
import type { ChartPlan } from './plan-chart.js';
import { planProblem } from './plan-problem.js';
import { relocateName } from './relocation.js';

/**
 * One chart.target-collision for each two images of a chart with different sources and one name, unless all of them are in `brought`
 * (by `familiarReference(source)`): then their content is compared when the tag is written. Each blocks the chart.
 */
export function unprovenCollisions(chart: ChartPlan, brought: ReadonlySet<string>): readonly AppError[] {
  const problems: AppError[] = [];
  const byTarget = new Map<string, ChartImage>();
  for (const image of chart.images) {
    const target = formatReference(image.target);
    const other = byTarget.get(target);
    const isOther = other && formatReference(other.source) !== formatReference(image.source);
    if (!other) byTarget.set(target, image);
    else if (isOther && ![other, image].every(({ source }) => brought.has(familiarReference(source)))) {
      const sources = [other.source, image.source];
      problems.push(
        planProblem('chart.target-collision', {
          chart: chart.name,
          target: familiarReference(image.target),
          first: other.written,
          second: image.written,
          settings: partingOptions(sources, image.target.registry).join(', '),
        }),
      );
    }
  }
  return problems;
}

/**
 * Options under which all these sources get different names, each tried with the naming rule itself. `host` is the registry that
 * the names have now.
 */
export function partingOptions(sources: readonly Reference[], host: string): readonly string[] {
  const parts = ([, rules]: readonly [string, NamingRules]): boolean => {
    const names = sources.map((source) => relocateName(source, rules));
    return (
      new Set(names.map(({ registry, repository }) => `${registry}/${repository}`)).size === sources.length
    );
  };
  const usual = [
    [`--container-prefix-registry ${host}`, { containerPrefixRegistry: host }],
    ['--naming mirror', { mirror: true, containerRegistry: host }],
  ] as const;
  // A source that stands under this host already keeps its name under the first option
  const last = [
    [`--container-prefix-registry ${host}/origins`, { containerPrefixRegistry: `${host}/origins` }],
  ] as const;
  const found = usual.filter(parts);
  return (found.length > 0 ? found : last.filter(parts)).map(([option]) => option);
}
