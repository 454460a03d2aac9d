// The order of package and chart versions, strict semver or not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../core/plan/versions.js';

const ASCENDING = [
  'v0.5.2',
  '0.9.0',
  'v0.10.0',
  'v0.11.0-rc3',
  'v0.11.0-rc10',
  'v0.11.0',
  'v0.11.0+1',
  '0.11.0+738',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-beta',
  '1.0.0',
  '2.3+1',
  '6.5.006',
  '6.5.007',
  '6.5.007.1',
  '90',
  '20240101123456789012',
];

describe('compareVersions', () => {
  it('puts versions in order', () => {
    fc.assert(
      fc.property(fc.nat(ASCENDING.length - 1), fc.nat(ASCENDING.length - 1), (i, j) => {
        expect(Math.sign(compareVersions(ASCENDING[i] ?? '', ASCENDING[j] ?? '') ?? NaN)).toBe(
          Math.sign(i - j),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('finds spellings of one version equal', () => {
    expect(compareVersions('v1.2', '1.2.0')).toBe(0);
    expect(compareVersions('6.5.007', '6.5.7')).toBe(0);
  });

  it.each(['', 'latest', 'v', '1.x', '1..2', '1.0.0-'])('does not guess about %j', (text) => {
    expect(compareVersions(text, '1.0.0')).toBeNull();
    expect(compareVersions('1.0.0', text)).toBeNull();
  });
});
