// The names of platforms in rows and columns of the window.
import { describe, expect, it } from 'vitest';
import { isColumnOf, platformName } from '../../renderer/stores/platform-name.js';

describe('a platform', () => {
  it('is named with the version of its operating system', () => {
    expect(platformName({ platform: 'linux/amd64' })).toBe('linux/amd64');
    expect(platformName({ platform: 'windows/amd64', osVersion: '10.0.1' })).toBe('windows/amd64 (10.0.1)');
  });

  it.each([
    ['linux/arm64/v8', 'linux/arm64', true],
    ['linux/arm', 'linux/arm/v7', true],
    ['linux/arm/v6', 'linux/arm', false],
    ['windows/amd64 (10.0.1)', 'windows/amd64', true],
    ['windows/amd64 (10.0.1)', 'windows/amd64 (10.0.2)', false],
    ['linux/amd64', 'linux/arm64', false],
  ])('%s is a column of %s: %s', (column, asked, expected) => {
    expect(isColumnOf(column, asked)).toBe(expected);
  });
});
