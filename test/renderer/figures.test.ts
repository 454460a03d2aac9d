// One function for figures: Compare, Plan and its button show the same numbers for the same choices, and blobs are counted once.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfParts, figuresOf, isWritten } from '../../core/contract.js';
import type { Coverage, Decision, Plan, PlanImage } from '../../core/contract.js';
import { compareFigures } from '../../renderer/stores/compare/compare-figures.js';
import { imageKey, planFigures, withDecisions } from '../../renderer/stores/plan/plan-decisions.js';
import { plannedChart, plannedImage, planOf } from '../cli/plan-values.js';

const BLOBS = [3, 5, 7, 11].map((bytes, at) => ({ digest: `sha256:${String(at)}`, bytes }));

function row(tag: string, fields: Partial<PlanImage>): PlanImage {
  return plannedImage({ target: `r.test/${tag}`, digest: `sha256:${tag}`, ...fields });
}

describe('figures', () => {
  it('count a blob once that several images need, and not at all where any of their repositories holds it', () => {
    const plan = planOf({
      blobs: BLOBS,
      images: [
        row('a/one:1', { action: 'push', blobs: [0, 1], held: [], bytes: 8 }),
        row('a/two:1', { action: 'add', blobs: [1, 2], held: [2], bytes: 12 }),
        row('b/three:1', { action: 'push', blobs: [1, 2], held: [], bytes: 12 }),
        row('b/four:1', { action: 'blocked', blobs: [3], held: [], bytes: 11 }),
      ],
      charts: [plannedChart({ bytes: 2 }), plannedChart({ action: 'skip', bytes: 9 })],
    });
    expect(figuresOf(plan)).toEqual({
      ...{ tags: 3, images: 3, charts: 1, chartBytes: 2 },
      ...{ bytesToSend: 8, bytesPresent: 7, bytesShared: 17, newTo: { a: 8, b: 12 } },
    });
    const parts = bytesOfParts(plan, ({ target }) => [target.slice(7, 8)]);
    expect([...parts]).toEqual([
      ['a', 8],
      ['b', 5],
    ]);
  });

  const images = fc.array(
    fc.record({
      tag: fc.constantFrom('a/one:1', 'a/one:2', 'b/two:1', 'c:1'),
      platform: fc.constantFrom('linux/amd64', 'linux/arm64'),
      action: fc.constantFrom<PlanImage['action']>('push', 'add', 'replace', 'skip', 'conflict', 'keep'),
      decided: fc.constantFrom<Decision | null>(null, 'replace', 'keep', 'stop'),
      blobs: fc.uniqueArray(fc.nat(3), { minLength: 1 }),
      held: fc.subarray([0, 1, 2, 3]),
      bundles: fc.uniqueArray(fc.constantFrom('addon/x@1', 'addon/y@1', ''), { minLength: 1 }),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it('are the same in Compare, Plan and its button, for every choice of charts and every decision', () => {
    fc.assert(
      fc.property(images, fc.subarray(['addon/x', 'addon/y']), (made, skippedCharts) => {
        const decisions: Record<string, Decision> = {};
        const rows = made.map(({ tag, platform, action, decided, blobs, held, bundles }) => {
          const open = action === 'replace' || action === 'conflict' || action === 'keep';
          const decision = open ? (action === 'replace' ? ('replace' as const) : ('keep' as const)) : null;
          const image = row(tag, {
            ...{ platform, action, decision, blobs, bundles },
            held: held.filter((at) => blobs.includes(at)),
          });
          if (decided !== null) decisions[imageKey(image)] = decided;
          return image;
        });
        const taken = ({ bundles }: PlanImage): boolean =>
          bundles.some((bundle) => !skippedCharts.includes(bundle.replace(/@.*/, '')));
        // The plan is made anew by the engine when charts are left out; it then has the rows that are taken.
        const plan: Plan = planOf({ blobs: BLOBS, images: rows.filter(taken), charts: [] });
        const coverage: Pick<Coverage, 'figures'> = { figures: { blobs: BLOBS, images: rows, charts: [] } };
        const decided = withDecisions(plan, decisions);
        const button = planFigures(decided);
        expect(compareFigures(coverage, { decisions, skippedCharts })).toEqual(button);
        const { bytesToSend, bytesPresent, bytesShared } = button;
        expect(decided.needs).toMatchObject({ bytesToSend, bytesPresent, bytesShared });
        expect(button.images).toBe(decided.images.filter(isWritten).length);
      }),
    );
  });

  it('change the space that is needed with the decisions', () => {
    const kept = row('a/one:1', { action: 'conflict', decision: 'keep', blobs: [0, 1], held: [] });
    const space = { kind: 'project' as const, where: 'a', free: 5, needed: 0, enough: true };
    const plan = planOf({ blobs: BLOBS, images: [kept] });
    const needs = { ...plan.needs, space: [space] };
    const replaced = withDecisions({ ...plan, needs }, { [imageKey(kept)]: 'replace' });
    expect(replaced.needs).toMatchObject({ bytesToSend: 8, space: [{ needed: 8, enough: false }] });
  });
});
