// The spellings of platforms, and which of them are the same.
import { describe, expect, it } from 'vitest';
import { parseImageConfig } from '../../core/content/image-config.js';
import {
  describePlatform,
  distinctPlatforms,
  formatPlatform,
  includesPlatform,
  normalPlatform,
  parsePlatform,
  platformFields,
  platformKey,
  rowPlatform,
} from '../../core/content/platform.js';

/** What containerd's Normalize gives for os, architecture and variant, as its own tests and table say. */
const CONTAINERD: readonly (readonly [given: readonly [string, string, string?], key: string])[] = [
  [['linux', 'amd64'], 'linux/amd64/v1'],
  [['linux', 'x86_64'], 'linux/amd64/v1'],
  [['linux', 'x86-64', 'v1'], 'linux/amd64/v1'],
  [['Linux', 'X86_64', 'V3'], 'linux/amd64/v3'],
  [['linux', 'i386', 'v7'], 'linux/386/'],
  [['linux', 'arm64'], 'linux/arm64/v8'],
  [['linux', 'ARM64'], 'linux/arm64/v8'],
  [['linux', 'aarch64'], 'linux/arm64/v8'],
  [['linux', 'aarch64', '8'], 'linux/arm64/v8'],
  [['linux', 'arm64', 'v8.0'], 'linux/arm64/v8'],
  [['linux', 'arm64', '9'], 'linux/arm64/v9'],
  [['linux', 'arm'], 'linux/arm/v7'],
  [['linux', 'arm', '7'], 'linux/arm/v7'],
  [['linux', 'arm', '6'], 'linux/arm/v6'],
  [['linux', 'arm', 'V5'], 'linux/arm/v5'],
  [['linux', 'arm', '8'], 'linux/arm/v8'],
  [['linux', 'armhf'], 'linux/arm/v7'],
  [['linux', 'armel'], 'linux/arm/v6'],
  [['linux', 's390x'], 'linux/s390x/'],
  [['macOS', 'arm64'], 'darwin/arm64/v8'],
  [['unknown', 'unknown'], 'unknown/unknown/'],
  [['', ''], '//'],
];

describe('a platform', () => {
  it.each(CONTAINERD)('%j is %s', ([os, architecture, variant], key) => {
    const platform = normalPlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
    expect(platformKey(platform)).toBe(`${key}/`);
    expect(normalPlatform(platform)).toEqual(platform);
  });

  it.each([
    ['linux/arm64/v8', 'linux/arm64/v8'],
    ['linux/arm64', 'linux/arm64'],
    ['linux/arm', 'linux/arm'],
    ['linux/amd64/v1', 'linux/amd64/v1'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/AARCH64/8', 'linux/arm64/v8'],
  ])('%s is written as %s: aliases go, a default variant is neither added nor removed', (given, written) => {
    const platform = parsePlatform(given);
    expect(platform && formatPlatform(platform)).toBe(written);
  });

  it('has no variant where a config says none, and no alias where it says one', () => {
    const config = { os: 'Linux', architecture: 'aarch64', variant: '', 'os.version': '', rootfs: {} };
    expect(parseImageConfig(Buffer.from(JSON.stringify(config)))?.platform).toEqual({
      os: 'linux',
      architecture: 'arm64',
    });
  });

  it('is read with the version of its operating system behind it', () => {
    const platform = { os: 'windows', architecture: 'amd64', osVersion: '10.0.17763.1' };
    expect(parsePlatform('windows/amd64 (10.0.17763.1)')).toEqual(platform);
    expect(describePlatform(platform)).toBe('windows/amd64 (10.0.17763.1)');
    expect(platformFields(platform)).toEqual({ platform: 'windows/amd64', osVersion: '10.0.17763.1' });
    expect(rowPlatform(platformFields(platform))).toBe(describePlatform(platform));
  });

  it.each(['', 'arm64', 'linux/', '/amd64', 'linux/arm/', 'linux/arm/v7/x', '(10.0)'])(
    'is not %j',
    (text) => {
      expect(parsePlatform(text)).toBeNull();
    },
  );
});

describe('a platform that is asked for', () => {
  const held = ['linux/arm64/v8', 'windows/amd64 (10.0.17763.1)'];

  it.each([
    ['linux/arm64', true],
    ['linux/aarch64', true],
    ['linux/arm64/v9', false],
    ['windows/amd64', true],
    ['windows/x86_64 (10.0.17763.1)', true],
    ['windows/amd64 (10.0.20348.2)', false],
    ['linux/amd64', false],
    ['arm64', false],
  ])('%s among those of an image: %s', (asked, expected) => {
    expect(includesPlatform(held, asked)).toBe(expected);
  });

  it('without a version is not met by the lack of one', () => {
    expect(includesPlatform(['windows/amd64'], 'windows/amd64 (10.0.17763.1)')).toBe(false);
  });
});

describe('distinct platforms', () => {
  it('are each there once, in the shortest spelling', () => {
    const found = ['linux/arm64/v8', 'windows/amd64 (2)', 'linux/arm64', 'linux/amd64', 'windows/amd64 (1)'];
    expect(distinctPlatforms(found)).toEqual([
      'linux/amd64',
      'linux/arm64',
      'windows/amd64 (1)',
      'windows/amd64 (2)',
    ]);
  });
});
