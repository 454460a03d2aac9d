// Version order: a total order that agrees with semver and covers the versions that charts really have.
import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { compareChartVersions } from '../../core/chart-repo/version-order.js';

const number = fc.nat({ max: 12 }).map(String);
const identifiers = fc.array(fc.oneof(number, fc.constantFrom('rc', 'rc3', 'alpha', '-', '0a')), {
  minLength: 1,
  maxLength: 3,
});
const strict = fc
  .tuple(number, number, number, fc.option(identifiers), fc.option(identifiers))
  .map(
    ([a, b, c, pre, build]) =>
      `${a}.${b}.${c}${pre ? `-${pre.join('.')}` : ''}${build ? `+${build.join('.')}` : ''}`,
  );
const any = fc.oneof(
  strict,
  fc.constantFrom('90', '6.5.007', 'v0.14.6', '2.3+1', '1.2.3.4', 'latest', '', '007', '1.0.0+'),
  fc.string(),
);

describe('compareChartVersions', () => {
  it('agrees with semver wherever that decides', () => {
    fc.assert(
      fc.property(strict, strict, (a, b) => {
        const order = semver.compare(a, b);
        if (order !== 0) expect(Math.sign(compareChartVersions(a, b))).toBe(order);
      }),
    );
  });

  it('is a total order: antisymmetric, transitive, 0 for equal texts only', () => {
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        const [ab, bc, ac] = [
          compareChartVersions(a, b),
          compareChartVersions(b, c),
          compareChartVersions(a, c),
        ];
        expect(Math.sign(ab)).toBe(0 - Math.sign(compareChartVersions(b, a)));
        expect(ab === 0).toBe(a === b);
        if (ab < 0 && bc < 0) expect(ac).toBeLessThan(0);
      }),
    );
  });

  it.each([
    ['90', '91'],
    ['1.0.0-rc3', '1.0.0'],
    ['10.2.0+738', '10.4.1+802'],
    ['10.2.0+738', '10.2.0+802'],
    ['2.3+1', '2.3+2'],
    ['2.3+1', '2.3.1'],
    ['6.5.006', '6.5.007'],
    ['6.5.007', '6.5.8'],
    ['v0.14.6', '0.14.7'],
    ['1.9.0', '1.10.0'],
    ['v23.9.0+3', 'v23.9.0+10'],
    ['latest', '0.0.1'],
    ['1.2.3', '1.2.3.4'],
  ])('%s is older than %s', (older, newer) => {
    expect(compareChartVersions(older, newer)).toBeLessThan(0);
  });
});
