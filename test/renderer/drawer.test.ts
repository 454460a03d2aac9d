// What the drawer of Compare shows beside what: pairs of builds, causes, decisions, and the way to the next image.
import { describe, expect, it } from 'vitest';
import type { CellState, Coverage, Decision, ImageDetail } from '../../core/contract.js';
import en from '../../renderer/i18n/en.json' with { type: 'json' };
import { causeOf } from '../../renderer/stores/compare/cell-cause.js';
import { SHOW_ALL } from '../../renderer/stores/compare/compare-rows.js';
import { decidedImages, openDecisions, sameCause } from '../../renderer/stores/compare/decided-cells.js';
import { acrossPlatforms, pairsOf, singleOf } from '../../renderer/stores/compare/variant-pairs.js';
import { walkOf } from '../../renderer/stores/compare/walk.js';
import { cellOf, coverageOf, rowOf, variantOf } from '../report/coverage-values.js';

const [AMD, ARM] = ['linux/amd64', 'linux/arm64'];
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

function detailOf(variants: ImageDetail['variants']): ImageDetail {
  return { source: 'x/a:1', target: 'r.test/x/a:1', variants, differences: [] };
}

describe('the builds that stand side by side', () => {
  const held = variantOf({ digest: digest('a') });
  const first = variantOf({ from: 'one.tar', digest: digest('b') });
  const second = variantOf({ from: 'two.tar', digest: digest('c') });
  const arm = variantOf({ from: 'two.tar', platform: ARM, digest: digest('d') });

  it('are that of the target and each that comes in', () => {
    const pairs = pairsOf(detailOf([held, first, second, arm]), AMD);
    expect(pairs.map(({ left, right }) => [left.from, right.from])).toEqual([
      ['target', 'one.tar'],
      ['target', 'two.tar'],
    ]);
  });

  it('are the packages where the target has none, and nothing where there is one build only', () => {
    const detail = detailOf([first, second, arm]);
    expect(pairsOf(detail, AMD).map(({ left, right }) => [left.from, right.from])).toEqual([
      ['one.tar', 'two.tar'],
    ]);
    expect(pairsOf(detail, ARM)).toEqual([]);
    expect(singleOf(detail, ARM)).toBe(arm);
    expect(singleOf(detail, AMD)).toBeNull();
  });

  it('for several platforms are those that the tag will serve', () => {
    const cells = { [AMD]: cellOf('replace', { digest: digest('b') }), [ARM]: cellOf('add') };
    expect(acrossPlatforms(detailOf([held, first, arm]), { cells })).toEqual([first, arm]);
  });
});

describe('the cause', () => {
  const states: readonly CellState[] = [
    ...(['same', 'add', 'replace', 'keep', 'conflict'] as const),
    ...(['missing', 'mislabelled', 'not-used', 'unreadable'] as const),
  ];

  it('is a sentence of its own for every state and reason that can be known', () => {
    const known = new Set<string>();
    for (const state of states)
      for (const reason of ['', 'older', 'newer', 'two-contents', 'lacking', 'damaged', 'decided'])
        known.add(causeOf(cellOf(state, { reason }), true));
    expect(known.size).toBeGreaterThan(15);
    for (const key of known) expect(Object.keys(en)).toContain(key);
    expect(causeOf(cellOf('add'), true)).not.toBe(causeOf(cellOf('add'), false));
  });
});

describe('a decision', () => {
  const open = (tag: string, decision: Decision) => ({
    ...{ target: `r.test/${tag}`, platform: AMD, digest: digest('e'), action: 'conflict' as const, decision },
    ...{ bytes: 1, blobs: [], held: [], bundles: [] },
  });
  const coverage: Coverage = coverageOf(
    [
      rowOf('a:1', { [AMD]: cellOf('conflict', { reason: 'older' }), [ARM]: cellOf('add') }),
      rowOf('b:1', { [AMD]: cellOf('conflict', { reason: 'older' }) }),
      rowOf('c:1', { [AMD]: cellOf('conflict', { reason: 'time-unknown' }) }),
      rowOf('d:1', { [AMD]: cellOf('same') }),
    ],
    {
      figures: {
        blobs: [],
        charts: [],
        images: [open('a:1', 'keep'), open('b:1', 'keep'), open('c:1', 'keep')],
      },
    },
  );
  const [first] = coverage.images;
  if (!first) throw new Error('no image');

  it('is open where the target holds another build, and shows at once in the cell', () => {
    const lookup = openDecisions(coverage);
    expect(lookup(first, ARM)).toBeNull();
    const key = lookup(first, AMD)?.key ?? '';
    const states = (decision: Decision) =>
      decidedImages(coverage, { [key]: decision }).map(({ cells }) => cells[AMD]?.state);
    expect(states('replace')).toEqual(['replace', 'conflict', 'conflict', 'same']);
    expect(states('keep')).toEqual(['keep', 'conflict', 'conflict', 'same']);
    expect(decidedImages(coverage, { [key]: 'replace' })[1]).toBe(coverage.images[1]);
  });

  it('for all with the same cause leaves out other causes', () => {
    expect(sameCause(coverage, cellOf('conflict', { reason: 'older' }))).toHaveLength(2);
  });

  it('is followed by the next image that needs attention, in the order of the rows', () => {
    const view = { view: { ...SHOW_ALL, sort: 'chart' as const }, bytes: new Map<string, number>() };
    const walk = walkOf(coverage, view, { image: first, platform: ARM });
    expect(walk).toMatchObject({ at: 0, attention: true });
    expect(walk.steps.map(({ image, platform }) => [image.source, platform])).toEqual([
      ['a:1', AMD],
      ['b:1', AMD],
      ['c:1', AMD],
    ]);
    const same = coverage.images[3] ?? first;
    expect(walkOf(coverage, view, { image: same, platform: AMD })).toMatchObject({ at: 3, attention: false });
  });
});
