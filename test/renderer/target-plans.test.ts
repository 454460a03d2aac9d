// An import into several targets: the sum of their plans, and what stands in the way of it.
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../core/contract.js';
import { imageKey } from '../../renderer/stores/plan/plan-decisions.js';
import { plansOf, wholeImport, type TargetPlan } from '../../renderer/stores/plan/target-plans.js';
import { remember } from '../../renderer/stores/target/target-spec.js';
import { plannedChart, plannedImage, planOf } from '../cli/plan-values.js';

const [one, two] = [remember({ store: '/srv/one' }, ''), remember({ store: '/srv/two' }, '')];
const work = planOf({ images: [plannedImage()], charts: [plannedChart()] });
const nothing = planOf({ images: [plannedImage({ action: 'skip' })], charts: [] });
const made = (target: TargetPlan['target'], plan: Plan | null): TargetPlan => ({
  target,
  plan,
  problem: null,
});

describe('an import into several targets', () => {
  it('is the sum of the plans, without targets that have everything', () => {
    const both = wholeImport([made(one, work), made(two, work)]);
    const single = wholeImport([made(one, work)]);
    expect(both.ready.map(({ target }) => target)).toEqual([one, two]);
    expect(both.waits).toBeNull();
    expect([both.figures.tags, both.figures.charts]).toEqual([2, 2]);
    expect(both.figures.bytesToSend).toBe(2 * single.figures.bytesToSend);
    expect(wholeImport([made(one, nothing), made(two, work)])).toMatchObject({
      ready: [{ target: two }],
      waits: null,
    });
    expect(wholeImport([made(one, nothing)])).toMatchObject({ ready: [], waits: null });
  });

  it('has decisions for each target, also where two folders hold other content under the same tag', () => {
    const image = plannedImage({ action: 'conflict', decision: 'keep' });
    const plan = planOf({ images: [image], charts: [] });
    const plans = plansOf([one, two], one, {
      plan,
      problem: null,
      beside: { [two.id]: { plan, problem: null } },
      decisions: { [imageKey(image)]: 'replace' },
      decisionsBeside: {},
    });
    expect(plans.map((its) => its.plan?.images.map(({ decision }) => decision))).toEqual([
      ['replace'],
      ['keep'],
    ]);
  });

  it('waits for every plan, and names the target whose needs are not met', () => {
    expect(wholeImport([made(one, work), made(two, null)]).waits).toEqual({ target: two, why: 'reading' });
    const space = { kind: 'store', where: '/srv/two', free: 1, needed: 2, enough: false } as const;
    const full = { ...work, needs: { ...work.needs, space: [space] } };
    expect(wholeImport([made(one, work), made(two, full)]).waits).toMatchObject({
      target: two,
      why: { kind: 'space', space },
    });
  });
});
