// Which of the six steps are done, current, open or locked, and what the rail shows beside each. A pure function of the stores'
// values.
import type { ScreenId } from '../stores/app.js';

export type StepId = Exclude<ScreenId, 'settings' | 'help'>;

/** The values of all stores that the rail needs. */
export interface StepFacts {
  readonly screen: ScreenId;
  readonly packages: number;
  readonly target: boolean;
  /** Null until a comparison exists; then how many images need attention. */
  readonly attention: number | null;
  readonly planned: boolean;
  /** Percent of the run; null when there was none; 100 when it ended. */
  readonly runPercent: number | null;
  readonly reported: boolean;
}

export type StepNote =
  | { readonly kind: 'chosen'; readonly count: number }
  | { readonly kind: 'target' }
  | { readonly kind: 'attention'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | null;

export interface Step {
  readonly id: StepId;
  readonly number: number;
  readonly done: boolean;
  readonly current: boolean;
  readonly locked: boolean;
  readonly note: StepNote;
}

/** A later step opens when the earlier one has a result; earlier steps are always open. */
export function stepsOf(facts: StepFacts): readonly Step[] {
  const { packages, target, attention, planned, runPercent, reported } = facts;
  const compared = attention !== null;
  const ran = runPercent !== null;
  const rows: readonly (readonly [StepId, boolean, boolean, StepNote])[] = [
    ['packages', packages > 0, true, packages > 0 ? { kind: 'chosen', count: packages } : null],
    ['target', target && packages > 0, packages > 0, target && packages > 0 ? { kind: 'target' } : null],
    [
      'compare',
      compared,
      target && packages > 0,
      compared && attention > 0 ? { kind: 'attention', count: attention } : null,
    ],
    // After a reload on the plan there is a plan without a comparison.
    ['plan', planned, compared || planned, null],
    [
      'run',
      runPercent === 100,
      ran,
      ran && runPercent < 100 ? { kind: 'percent', percent: runPercent } : null,
    ],
    ['report', false, reported || runPercent === 100, null],
  ];
  return rows.map(([id, done, open, note], index) => {
    const current = id === facts.screen;
    return { id, number: index + 1, done: done && !current, current, locked: !open && !current, note };
  });
}
