// 20,000 random inputs for every parser: no crash, no hang, no unhandled rejection, no more than 512 MB.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fuzz } from '../support/hostile/fuzz.js';

const FIRST = 100_000;
const COUNT = 20_000;
const MOST_BYTES = 512 * 1024 * 1024;
const MOST_MS = 10_000;

describe('random input', () => {
  let folder: string;
  const rejections: unknown[] = [];
  const note = (reason: unknown): void => void rejections.push(reason);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archbridge-fuzz-'));
    process.on('unhandledRejection', note);
  });
  afterAll(async () => {
    process.off('unhandledRejection', note);
    await rm(folder, { recursive: true });
  });

  it('is read or refused', async () => {
    const fuzz = new Fuzz(join(folder, 'case'));
    const faults: string[] = [];
    let slowest = 0;
    let largest = 0;
    for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
      const start = performance.now();
      const fault = await fuzz.faultOf(seed);
      slowest = Math.max(slowest, performance.now() - start);
      largest = Math.max(largest, process.memoryUsage().rss);
      if (fault !== '') faults.push(fault);
    }
    console.log(`slowest ${slowest.toFixed(0)} ms, largest ${(largest / 1e6).toFixed(0)} MB`);
    expect(faults).toEqual([]);
    expect(rejections).toEqual([]);
    expect(slowest).toBeLessThan(MOST_MS);
    expect(largest).toBeLessThan(MOST_BYTES);
  });
});
