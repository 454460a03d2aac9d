// A sample of test/long/fuzz.test.ts with other seeds.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fuzz } from '../support/hostile/fuzz.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

describe('random input', () => {
  it('is read or refused', async () => {
    const fuzz = new Fuzz(join(scratch(), 'case'));
    const faults: string[] = [];
    for (let seed = 0; seed < 400; seed++) faults.push(await fuzz.faultOf(seed));
    expect(faults.filter((fault) => fault !== '')).toEqual([]);
  });
});
