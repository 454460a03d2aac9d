// The counts per platform equal what the cells of the matrix show.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CoverageCell, CoverageImage } from '../../core/contract.js';
import { summaryOf } from '../../core/report/compare/compare.js';

describe('the summary', () => {
  const state = fc.constantFrom(
    ...([
      'same',
      'add',
      'replace',
      'keep',
      'conflict',
      'missing',
      'mislabelled',
      'not-used',
      'unreadable',
    ] as const),
  );
  const anyCell: fc.Arbitrary<CoverageCell> = fc.record({
    ...{
      state,
      stale: fc.boolean(),
      digest: fc.constant(null),
      from: fc.constantFrom('target', 'addon-amd64.tar.gz', ''),
    },
    ...{ version: fc.constant(''), created: fc.constant(null), bytes: fc.nat() },
    reason: fc.constantFrom('', 'incomplete', 'unreadable', 'older', 'damaged'),
  });
  const images = fc.array(fc.tuple(anyCell, fc.boolean()));

  it('counts what the cells say', () => {
    fc.assert(
      fc.property(images, (drawn) => {
        const rows = drawn.map(([one, isHeld], at): CoverageImage => ({
          ...{ source: String(at), sources: [], target: '', charts: [], cells: { p: one }, bytesToSend: 0 },
          ...{ before: isHeld ? ['p'] : [], after: [], problem: null },
        }));
        const broken = ({ reason }: CoverageCell): boolean =>
          reason === 'incomplete' || reason === 'unreadable';
        const counted = drawn.filter(
          ([one]) =>
            ['same', 'add', 'replace'].includes(one.state) ||
            (one.state === 'keep' && !broken(one)) ||
            (one.state === 'conflict' && one.from === 'target'),
        );
        const now = drawn.filter(([one, isHeld]) => isHeld && one.state !== 'mislabelled' && !broken(one));
        expect(summaryOf(rows, 'p')).toEqual({
          ...{ present: counted.length, now: now.length },
          ...{ stale: drawn.filter(([one]) => one.stale).length, total: drawn.length },
        });
        expect(summaryOf(rows, 'other')).toEqual({ present: 0, now: 0, stale: 0, total: drawn.length });
      }),
    );
  });
});
