// The same as test/e2e/damaged-packages.test.ts with other seeds, and many more of them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { damagedPackage, FuzzBench, seeded, withFlippedTexts } from '../support/package-fuzz.js';

const FIRST = 1_000;
const COUNT = 4_000;

describe('thousands of damaged packages', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archbridge-fuzz-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('are imported only as far as they are right', async () => {
    const bench = new FuzzBench(folder);
    const faults: string[] = [];
    for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
      const damaged = damagedPackage(seeded(seed));
      const fault = await bench.faultOf(damaged);
      if (fault !== '') faults.push(`seed ${String(seed)}, ${damaged.what}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });

  it('with each byte of hints, values and a list of images flipped in turn show nothing of it', async () => {
    const bench = new FuzzBench(folder);
    const faults: string[] = [];
    for (const damaged of withFlippedTexts()) {
      const fault = await bench.faultOf(damaged);
      if (fault !== '') faults.push(`${damaged.what}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });
});
