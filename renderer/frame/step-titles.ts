// The titles of the six steps, and the reasons why a step is locked.
import type { TextKey } from '../i18n/i18n.js';
import type { StepId } from './steps.js';

export const STEP_TITLES: Readonly<Record<StepId, TextKey>> = {
  packages: 'packages.title',
  target: 'target.title',
  compare: 'compare.title',
  plan: 'plan.title',
  run: 'run.title',
  report: 'report.title',
};

/** Why a step cannot be opened yet. */
export const STEP_REASONS: Readonly<Record<StepId, TextKey>> = {
  packages: 'packages.title',
  target: 'frame.locked.target',
  compare: 'frame.locked.compare',
  plan: 'frame.locked.plan',
  run: 'frame.locked.run',
  report: 'frame.locked.report',
};
