// Which platforms a site should serve when nobody says so.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usualPlatforms } from '../../../core/report/audit/needed-platforms.js';

const [AMD, ARM, S390] = ['linux/amd64', 'linux/arm64', 'linux/s390x'] as const;

describe('the platforms that tags should serve', () => {
  it.each([
    ['nothing where nothing is', [], []],
    ['the one that all have', [[AMD], [AMD]], [AMD]],
    ['both where each tag was collapsed to one of them', [[AMD], [ARM], [AMD]], [AMD, ARM]],
    ['both where most tags were collapsed', [[AMD], [AMD], [AMD], [AMD, ARM]], [AMD, ARM]],
    [
      'not what one foreign image has beside them',
      [[AMD, ARM], [AMD, ARM], [AMD, ARM, S390], [ARM]],
      [AMD, ARM],
    ],
    [
      'all, where no two tags have two in common',
      [
        [AMD, ARM],
        [AMD, S390],
      ],
      [AMD, ARM, S390],
    ],
    ['nothing that is unknown', [[AMD, 'unknown/unknown'], [AMD]], [AMD]],
    ['nothing of tags that nobody can pull', [[], [AMD]], [AMD]],
  ])('are %s', (_, held, expected) => {
    expect(usualPlatforms(held)).toEqual(expected);
  });

  const tags = fc.array(fc.uniqueArray(fc.constantFrom<string>(AMD, ARM, S390, 'linux/arm/v7')));

  it('do not depend on the order of the tags, and each is served by one of them', () => {
    fc.assert(
      fc.property(tags, (held) => {
        const usual = usualPlatforms(held);
        expect(usualPlatforms(held.toReversed().map((one) => one.toReversed()))).toEqual(usual);
        expect(usual.every((platform) => held.some((one) => one.includes(platform)))).toBe(true);
        expect(usual.length === 0).toBe(held.flat().length === 0);
      }),
    );
  });

  it('are those of a site whose tags all serve the same, however many of them are collapsed', () => {
    const site = fc.uniqueArray(fc.constantFrom(AMD, ARM, S390), { minLength: 2 });
    fc.assert(
      fc.property(site, fc.array(fc.nat(2)), (all, collapsed) => {
        const held = [all, ...collapsed.map((at) => all.slice(at % all.length, (at % all.length) + 1))];
        expect(usualPlatforms(held)).toEqual(all.toSorted());
      }),
    );
  });
});
