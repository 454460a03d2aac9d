// Platforms as columns: equal platforms share one, amd64 and arm64 come first.
import { describe, expect, it } from 'vitest';
import { columnOf, sortColumns } from '../../../core/report/compare/platform-columns.js';

describe('a column', () => {
  it.each([
    [{ os: 'linux', architecture: 'arm64' }, 'linux/arm64'],
    [{ os: 'linux', architecture: 'arm64', variant: 'v8' }, 'linux/arm64'],
    [{ os: 'linux', architecture: 'arm64', variant: 'v9' }, 'linux/arm64/v9'],
    [{ os: 'linux', architecture: 'amd64', variant: 'v1' }, 'linux/amd64'],
    [{ os: 'linux', architecture: 'amd64', variant: 'v3' }, 'linux/amd64/v3'],
    [{ os: 'linux', architecture: 'arm' }, 'linux/arm/v7'],
    [{ os: 'linux', architecture: 'arm', variant: 'v6' }, 'linux/arm/v6'],
    [{ os: 'windows', architecture: 'amd64', osVersion: '10.0.17763' }, 'windows/amd64 (10.0.17763)'],
    [{ os: 'windows', architecture: 'amd64' }, 'windows/amd64'],
    [{ os: 'linux', architecture: 's390x' }, 'linux/s390x'],
    [{ os: '', architecture: '' }, 'unknown'],
  ])('of %j is %s', (platform, column) => {
    expect(columnOf(platform)).toBe(column);
  });

  it('stands once, amd64 and arm64 first, the others by the alphabet', () => {
    const found = ['linux/s390x', 'linux/arm64', 'linux/arm/v7', 'linux/amd64', 'linux/arm64', 'unknown'];
    const order = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/s390x', 'unknown'];
    expect(sortColumns(found)).toEqual(order);
    expect(sortColumns(found.reverse())).toEqual(order);
  });
});
