// A damaged package never shows a chart or tag that differs from the undamaged one's, and never ends with exit 0 and a part missing.
import { describe, expect, it } from 'vitest';
import { damagedPackage, FuzzBench, seeded, withFlippedTexts } from '../support/package-fuzz.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
/** Packages; `test/long` tries many more. */
const COUNT = 50;
/** Of the packages with one flipped byte every so many; `test/long` tries each. */
const STEP = 29;

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

  it('with a flipped byte of hints, values or a list of images show nothing of it', async () => {
    const bench = new FuzzBench(scratch());
    const all = withFlippedTexts();
    const faults: string[] = [];
    for (let at = 0; at < all.length; at += STEP) {
      const damaged = all[at];
      const fault = damaged ? await bench.faultOf(damaged) : '';
      if (fault !== '') faults.push(`${damaged?.what ?? ''}: ${fault}`);
    }
    expect(all.length).toBeGreaterThan(20 * STEP);
    expect(faults).toEqual([]);
  });
});
