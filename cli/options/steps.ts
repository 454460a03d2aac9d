// The installer's `-j`: which of its steps to do. It is not a degree of parallelism, as in make.
import { AppError } from '../../core/engine.js';
import { badValue } from './values.js';

/** The installer's step that imports add-ons; Archbridge does only this one. */
const ADDON_STEP = 13;

/** Accepts step 13 alone. Lists such as `11,12` and `1-15` are read; any other step in them is `cli.step-not-here`. */
export function requireAddonStepOnly(text: string): void {
  const steps = text.split(',').flatMap((part) => {
    const match = /^\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*$/.exec(part);
    const from = Number(match?.[1] ?? Number.NaN);
    const to = Number(match?.[2] ?? from);
    if (!(from >= 1 && from <= to)) badValue('-j', text, '13');
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
  const others = steps.filter((step) => step !== ADDON_STEP);
  if (others.length === 0) return;
  throw new AppError('cli.step-not-here', { origin: 'config', params: { steps: text, step: ADDON_STEP } });
}
