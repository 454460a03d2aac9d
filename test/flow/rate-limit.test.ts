// The limit of bytes per second: its sum, whatever the sizes of the pieces. The clock is the test's own.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RateLimit } from '../../core/flow/rate-limit.js';

const { signal } = new AbortController();
const waits: number[] = [];
let now = 0;
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => {
    waits.push(ms);
    return Promise.resolve();
  },
}));
beforeEach(() => {
  now = 1_000;
  waits.length = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a limit of 1,000 bytes per second', () => {
  it('makes a single small body wait for its own time', async () => {
    await new RateLimit(1_000).take(500, { signal });
    expect(waits).toEqual([500]);
  });

  it('holds for the sum of bodies that are sent at the same time, and not for idle time', async () => {
    const limit = new RateLimit(1_000);
    await Promise.all([100, 200, 300].map((bytes) => limit.take(bytes, { signal })));
    expect(waits).toEqual([100, 300, 600]);
    now += 10_000;
    await limit.take(100, { signal });
    expect(waits.at(-1)).toBe(100);
  });

  it('is no limit when there is none', async () => {
    await new RateLimit(null).take(1e12, { signal });
    expect(waits).toEqual([]);
  });
});
