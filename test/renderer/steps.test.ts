// The rail: a step opens when the one before it has a result, and earlier steps stay open.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepsOf, type StepFacts } from '../../renderer/frame/steps.js';

const nothing: StepFacts = {
  screen: 'packages',
  packages: 0,
  target: false,
  attention: null,
  planned: false,
  runPercent: null,
  reported: false,
};
const open = (facts: Partial<StepFacts>) =>
  stepsOf({ ...nothing, ...facts })
    .filter(({ locked }) => !locked)
    .map(({ id }) => id);

describe('steps', () => {
  it('open one after the other', () => {
    expect(open({})).toEqual(['packages']);
    expect(open({ packages: 2 })).toEqual(['packages', 'target']);
    expect(open({ packages: 2, target: true })).toEqual(['packages', 'target', 'compare']);
    expect(open({ packages: 2, target: true, attention: 0 })).toEqual([
      'packages',
      'target',
      'compare',
      'plan',
    ]);
    // A reload keeps neither; the plan that is made again opens its step.
    expect(open({ packages: 2, target: true, planned: true })).toContain('plan');
  });

  it('are open from the run on without comparison and plan after "Import now"', () => {
    expect(open({ packages: 1, target: true, runPercent: 3 })).toContain('run');
    expect(open({ packages: 1, target: true, runPercent: 100 })).toContain('report');
  });

  it('show how many images need attention, and the progress of the run', () => {
    const note = (facts: Partial<StepFacts>, id: string) =>
      stepsOf({ ...nothing, packages: 2, target: true, ...facts }).find((step) => step.id === id)?.note;
    expect(note({ attention: 5 }, 'compare')).toEqual({ kind: 'attention', count: 5 });
    expect(note({ attention: 0 }, 'compare')).toBeNull();
    expect(note({ runPercent: 61 }, 'run')).toEqual({ kind: 'percent', percent: 61 });
  });

  it('never lock the current one', () => {
    const facts = fc.record<StepFacts>({
      screen: fc.constantFrom('packages', 'target', 'compare', 'plan', 'run', 'report', 'settings'),
      packages: fc.nat({ max: 3 }),
      target: fc.boolean(),
      attention: fc.option(fc.nat({ max: 3 })),
      planned: fc.boolean(),
      runPercent: fc.option(fc.nat({ max: 100 })),
      reported: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, (some) => {
        const steps = stepsOf(some);
        expect(steps.filter(({ current, locked, done }) => current && (locked || done))).toEqual([]);
        expect(steps.filter(({ current }) => current).length).toBe(some.screen === 'settings' ? 0 : 1);
      }),
    );
  });
});
