// Which platforms of a tag are stale: docs/decisions/0008-stale-platforms.md, as examples and as laws.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestVersion, stalePlatforms, type ServedImage } from '../../../core/report/compare/stale.js';

function served(...versions: readonly string[]): ServedImage {
  return { versions, created: null, rivals: [] };
}

function stale(platforms: Readonly<Record<string, ServedImage>>): readonly string[] {
  return [...stalePlatforms(new Map(Object.entries(platforms)))].sort();
}

describe('a platform is stale', () => {
  it('when the other one was rebuilt in a later version', () => {
    expect(stale({ amd64: served('0.11.0'), arm64: served('0.9.0') })).toEqual(['arm64']);
  });

  it('when it is unknown whether the older version had the image of the other one', () => {
    expect(stale({ amd64: served('0.10.0', '0.11.0'), arm64: served('0.9.0') })).toEqual(['arm64']);
  });

  it('when a compared package of a later version has another image that is left out', () => {
    const rivals = [{ version: '0.11.0', created: '2023-09-20T08:00:00Z' }];
    const kept = { versions: ['0.9.0'], created: '2023-07-02T08:00:00Z', rivals };
    expect(stale({ amd64: kept, arm64: served('0.9.0') })).toEqual(['amd64']);
  });
});

describe('a platform is not stale', () => {
  it('when both came in one version', () => {
    expect(stale({ amd64: served('0.9.0'), arm64: served('0.9.0') })).toEqual([]);
  });

  it('when the other one did not change since', () => {
    expect(stale({ amd64: served('0.9.0', '0.11.0'), arm64: served('0.9.0') })).toEqual([]);
  });

  it('when a third one shows that the tag did not change, and a platform was only added', () => {
    const platforms = {
      amd64: served('0.9.0', '0.11.0'),
      arm64: served('0.9.0'),
      'arm/v7': served('0.11.0'),
    };
    expect(stale(platforms)).toEqual([]);
  });

  it('when the later package holds an older build, so that the target is the newer one', () => {
    const rivals = [{ version: '0.11.0', created: '2023-05-15T08:00:00Z' }];
    const kept = { versions: ['0.9.0'], created: '2023-07-02T08:00:00Z', rivals };
    expect(stale({ amd64: kept, arm64: served('0.9.0') })).toEqual([]);
  });

  it('when the version of its image is unknown', () => {
    const rivals = [{ version: '0.11.0', created: null }];
    expect(stale({ amd64: served('0.11.0'), arm64: served() })).toEqual([]);
    expect(stale({ amd64: { versions: [], created: null, rivals } })).toEqual([]);
  });

  it('when versions cannot be ordered', () => {
    expect(stale({ amd64: served('spring'), arm64: served('autumn') })).toEqual([]);
  });
});

describe('the laws', () => {
  const version = fc.constantFrom('0.8.0', '0.9.0', '0.10.0', '0.11.0', '');
  const image = fc
    .uniqueArray(
      version.filter((one) => one !== ''),
      { maxLength: 3 },
    )
    .map((versions) => served(...versions));
  const tag = fc.dictionary(fc.constantFrom('amd64', 'arm64', 'arm/v7', 's390x'), image);

  it('the platform with the latest version is never stale', () => {
    fc.assert(
      fc.property(tag, (platforms) => {
        const latest = latestVersion(Object.values(platforms).flatMap(({ versions }) => versions));
        for (const platform of stale(platforms)) expect(platforms[platform]?.versions).not.toContain(latest);
      }),
    );
  });

  it('a tag of which one version had everything has no stale platform', () => {
    fc.assert(
      fc.property(
        tag,
        version.filter((one) => one !== ''),
        (platforms, common) => {
          const together = Object.entries(platforms).map(
            ([name, { versions }]) => [name, served(...versions, common)] as const,
          );
          expect(stale(Object.fromEntries(together))).toEqual([]);
        },
      ),
    );
  });

  it('the order of platforms and versions does not matter', () => {
    fc.assert(
      fc.property(tag, (platforms) => {
        const turned = Object.entries(platforms)
          .reverse()
          .map(([name, { versions }]) => [name, served(...versions.toReversed())] as const);
        expect(stale(Object.fromEntries(turned))).toEqual(stale(platforms));
      }),
    );
  });
});

describe('the latest version', () => {
  it('is found among texts that are no versions', () => {
    expect(latestVersion(['0.9.0', '0.11.0', '0.10.0'])).toBe('0.11.0');
    expect(latestVersion(['nightly', '0.9.0'])).toBe('0.9.0');
    expect(latestVersion(['0.9.0', 'nightly'])).toBe('0.9.0');
    expect(latestVersion(['nightly'])).toBe('nightly');
    expect(latestVersion([])).toBe('');
  });
});
