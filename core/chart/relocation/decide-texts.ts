// Decides one new text for each value that hints name, also where several hints name the same value.
import type { AppError } from '../../errors.js';
import type { Chart } from '../files/chart.js';
import { placeName, type NamedImage } from './place-name.js';
import { planProblem } from './plan-problem.js';
import type { Relocation } from './relocation.js';
import type { ValuePath } from '../types.js';

/** An image of a hint together with its new name. */
export interface Draft extends NamedImage {
  readonly hint: string;
  readonly relocation: Relocation;
}

export interface Decision {
  readonly texts: Texts;
  /** In the order of the hints. */
  readonly decided: readonly Draft[];
  readonly problems: readonly AppError[];
}

/**
 * Decides the texts. `keepRepository` is that of `placeName`. A hint for which no text fits, or which needs another text than a
 * hint before it, becomes a problem.
 */
export function decideTexts(chart: Chart, drafts: readonly Draft[], keepRepository: boolean): Decision {
  const texts = new Texts();
  const problems = new Map<Draft, AppError>();
  const report = (image: Draft, error: AppError): void => void problems.set(image, error);
  // A hint with one value allows one text only; one with two values can divide the name differently, so it comes second
  const twoValues = ({ rendered }: Draft): boolean => rendered.name.length === 2;
  for (const image of [...drafts.filter((it) => !twoValues(it)), ...drafts.filter(twoValues)]) {
    const { fragments } = image.template;
    const given = fragments.map(({ path }) => texts.get(path));
    const placed = placeName(image, image.relocation, given, keepRepository);
    const clash = fragments.find((_, i) => placed && given[i] !== undefined && given[i] !== placed[i]);
    if (!placed)
      report(image, planProblem('chart.hint-literal-name', { chart: chart.name, hint: image.hint }));
    else if (clash) report(image, valueConflict(chart, image, clash.path.join('.')));
    else fragments.forEach(({ path }, i) => texts.set(path, placed[i] ?? ''));
  }
  return { texts, decided: drafts.filter((image) => !problems.has(image)), problems: [...problems.values()] };
}

/** The text that each value of a chart gets, by its path. */
export class Texts {
  readonly #byPath = new Map<string, string>();

  get(path: ValuePath): string | undefined {
    return this.#byPath.get(JSON.stringify(path));
  }

  set(path: ValuePath, text: string): void {
    this.#byPath.set(JSON.stringify(path), text);
  }
}

/** Two hints need different texts in one value. */
export function valueConflict(chart: Chart, image: Draft, key: string): AppError {
  return planProblem('chart.value-conflict', { chart: chart.name, hint: image.hint, key });
}
