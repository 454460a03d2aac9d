// Reads a plan that was saved, here or on another computer, so that the window can show and carry it out.
import type { Plan } from '../contract.js';
import { AppError } from '../errors.js';
import { parsePlan } from '../plan/plan-file.js';
import type { Cancellable } from '../ports/cancellable.js';
import { readBoundedText } from './bounded-text.js';

/** Bytes. A plan of 4,000 images has about 10 MB. */
const LARGEST = 64 * 1024 * 1024;

/** Throws `run.plan-unusable` for what is no plan, and errors of the disk. */
export async function readPlanFile(path: string, { signal }: Cancellable): Promise<Plan> {
  const text = await readBoundedText(path, LARGEST, { signal });
  if (text === null)
    throw new AppError('run.plan-unusable', {
      origin: 'config',
      params: { file: path, detail: 'larger than 64 MB' },
    });
  return parsePlan(text, path);
}
