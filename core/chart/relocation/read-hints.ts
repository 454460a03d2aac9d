// Finds the images that Helm reads where the hints of a chart point to, under each name or alias of a subchart.
import type { Reference } from '../../content/reference.js';
import { AppError } from '../../errors.js';
import { PassBudget } from '../../flow/pass-budget.js';
import { HINTS_FILE, type Chart } from '../files/chart.js';
import type { ValuePath } from '../types.js';
import { textAt } from '../yaml/values.js';
import { allViews } from './helm-views.js';
import { parseHints, type Hint } from './hints.js';
import { ValueMerger } from './merged-values.js';
import { sourceReference } from './place-name.js';
import { parseTemplate, renderTemplate } from './template.js';

export interface ReadImage {
  readonly hint: string;
  readonly source: Reference;
  /** Keys of the values that hold its name. */
  readonly keys: readonly ValuePath[];
}

/**
 * One image for each hint and each place where Helm reads its values. In a published chart a hint that names a subchart by its name
 * may render another text than Helm reads under the alias, because an import sets the values there. What is no legal reference is
 * left out. `hints`: those of the bundle; null takes the chart's own file. Throws `package.limit` when there are too many places.
 */
export function imagesRead(
  chart: Chart,
  hints: Buffer | null,
  budget = new PassBudget(),
): readonly ReadImage[] {
  const bytes = hints ?? chart.files.get(HINTS_FILE);
  const values = new ValueMerger(budget).merge(chart);
  return hintsIn(bytes, budget).flatMap((hint) => {
    const template = parseTemplate(hint);
    if (!template) return [];
    return allViews(chart, template, budget).flatMap((view): readonly ReadImage[] => {
      const keys: ValuePath[] = [];
      const texts: (string | null)[] = [];
      const { text } = renderTemplate(template, (path) => {
        keys.push(view(path));
        texts.push(textAt(values, view(path)));
        return texts.at(-1) ?? '';
      });
      const source = texts.includes(null) ? null : sourceReference(text);
      return source ? [{ hint: hint.text, source, keys }] : [];
    });
  });
}

function hintsIn(bytes: Buffer | undefined, budget: PassBudget): readonly Hint[] {
  try {
    return bytes ? parseHints(bytes, budget) : [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [];
  }
}
