// The order of bundles of several packages: each package's own order is kept, and an equal chart comes once.
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { arrangeBundles } from '../../core/pack/arrange-bundles.js';
import type { FoundBundle } from '../../core/pack/collect-bundles.js';

function bundle(
  packageAt: number,
  ordinal: number,
  name: string,
  more: Partial<FoundBundle> = {},
): FoundBundle {
  const files = [{ path: 'Chart.yaml', digest: digestOf(name), size: 1 }];
  return {
    ...{ packageAt, ordinal, folder: 'addon', path: `addon/${name}.bundle.tar`, hints: null },
    chart: { name, version: '1.0.0', files },
    ...{ hasImages: true, images: [], lacking: [], passed: [] },
    ...more,
  };
}

function names(...packages: readonly (readonly string[])[]): readonly string[] {
  const found = packages.map((one, at) => one.map((name, ordinal) => bundle(at, ordinal, name)));
  return arrangeBundles(found).map(
    ({ parts }) => `${parts[0].chart?.name ?? ''}${parts.map((part) => String(part.packageAt)).join('')}`,
  );
}

describe('bundles of several packages', () => {
  it('come once where their charts are equal, in an order that suits all packages', () => {
    expect(names(['a', 'b', 'd'], ['b', 'c', 'd'])).toEqual(['a0', 'b01', 'c1', 'd01']);
    expect(names(['b'], ['a', 'b'])).toEqual(['a1', 'b01']);
  });

  it('stay apart where the orders of the packages exclude each other', () => {
    expect(names(['a', 'b'], ['b', 'a'])).toEqual(['a0', 'b01', 'a1']);
  });

  it('stay apart where a package holds the chart twice', () => {
    expect(names(['a', 'a'], ['a'])).toEqual(['a01', 'a0']);
  });

  it('stay apart where charts, hints or lacking images differ', () => {
    const one = bundle(0, 0, 'a');
    for (const other of [
      bundle(1, 0, 'a', { hints: { digest: digestOf('hints'), size: 5 } }),
      bundle(1, 0, 'a', { lacking: ['ghcr.io/a/app:1'] }),
      bundle(1, 0, 'a', { folder: 'community' }),
      bundle(1, 0, 'a', { chart: { name: 'a', version: '1.0.0', files: [] } }),
    ])
      expect(arrangeBundles([[one], [other]])).toHaveLength(2);
  });
});
