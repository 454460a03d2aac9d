// The picture of the whole holds every image once, whatever is compared.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coveragePicture, type CellState, type PictureRun } from '../../core/contract.js';
import { cellOf, rowOf } from '../report/coverage-values.js';

const [AMD, ARM] = ['linux/amd64', 'linux/arm64'];
const platforms = [AMD, ARM];
const states = [
  'same',
  'add',
  'replace',
  'keep',
  'conflict',
  'missing',
  'mislabelled',
  'not-used',
  'unreadable',
];
const anyImage = fc
  .record({
    name: fc.nat(30),
    charts: fc.uniqueArray(fc.constantFrom('addon/a@1', 'addon/b@2', 'c@3')),
    amd: fc.constantFrom(...(states as CellState[])),
    arm: fc.constantFrom(...(states as CellState[])),
    before: fc.uniqueArray(fc.constantFrom(...platforms)),
    bytes: fc.nat(1_000_000),
  })
  .map(({ name, charts, amd, arm, before, bytes }) => ({
    ...rowOf(`x/${String(name)}:1`, { [AMD]: cellOf(amd, { bytes }), [ARM]: cellOf(arm) }),
    charts,
    before,
  }));

describe('the picture of a comparison', () => {
  it('holds every image once in each strip, and fills the width', () => {
    fc.assert(
      fc.property(
        fc.array(anyImage, { minLength: 1 }),
        fc.constantFrom('images', 'bytes'),
        (images, measure) => {
          const charts = coveragePicture({ images, platforms }, measure);
          expect(charts.reduce((sum, one) => sum + one.images, 0)).toBe(images.length);
          expect(charts.reduce((sum, one) => sum + one.size, 0)).toBeCloseTo(1);
          for (const { strips, images: count } of charts)
            for (const runs of strips.flatMap(({ now, after }) => [now, after])) {
              expect(runs.reduce((sum, run) => sum + run.images, 0)).toBe(count);
              expect(runs.reduce((sum, run) => sum + run.size, 0)).toBeCloseTo(1);
            }
        },
      ),
    );
  });

  it('shows what an import changes', () => {
    const images = [
      rowOf('x/a:1', { [AMD]: cellOf('same'), [ARM]: cellOf('add') }),
      rowOf('x/b:1', { [AMD]: cellOf('same'), [ARM]: cellOf('missing') }),
      rowOf('x/c:1', { [AMD]: cellOf('keep'), [ARM]: cellOf('add') }),
    ].map((image) => ({ ...image, charts: ['addon/web@1'], before: [AMD] }));
    const [chart] = coveragePicture({ images, platforms }, 'images');
    const brief = (runs: readonly PictureRun[] = []) =>
      runs.map((run) => `${String(run.images)} ${run.state}`);
    const [amd, arm] = chart?.strips ?? [];
    expect([brief(amd?.now), brief(amd?.after)]).toEqual([['3 served'], ['3 served']]);
    expect([brief(arm?.now), brief(arm?.after).toSorted()]).toEqual([['3 absent'], ['1 missing', '2 new']]);
  });
});
