// Giving each value that hints name one text, though several hints may name it.
import type { AppError } from '../../errors.js';
import type { Chart } from '../files/chart.js';
import { placeName, type NamedImage } from './place-name.js';
import { planProblem } from './plan-problem.js';
import type { Relocation } from './relocation.js';
import type { ValuePath } from '../types.js';

/** An image of a hint on its way to a place. */
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

/** The texts that hints give to values, so that no two hints ask for different ones. */
export function decideTexts(chart: Chart, drafts: readonly Draft[], keepRepository: boolean): Decision {
  const texts = new Texts();
  const problems = new Map<Draft, AppError>();
  const report = (image: Draft, error: AppError): void => void problems.set(image, error);
  // What one value must hold leaves no choice, two values can agree with it: those come second
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
