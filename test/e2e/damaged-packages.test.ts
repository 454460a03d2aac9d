// A damaged package never shows a chart or tag that differs from the undamaged one's, and never ends with exit 0 and a part missing.
import { describe, expect, it } from 'vitest';
import { damagedPackage, FuzzBench, seeded } from '../support/package-fuzz.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
/** Packages; `test/long` tries many more. */
const COUNT = 50;

describe('damaged packages', () => {
  it('are imported only as far as they are right', async () => {
    const bench = new FuzzBench(scratch());
    const faults: string[] = [];
    for (let seed = 1; seed <= COUNT; seed++) {
      const damaged = damagedPackage(seeded(seed));
      const fault = await bench.faultOf(damaged);
      if (fault !== '') faults.push(`seed ${String(seed)}, ${damaged.what}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });
});
