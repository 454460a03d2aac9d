// Every fault once at every HTTP step of an import, and a hang as long as Archbridge waits, in front of both generations of distribution,
// and every fault at the steps of a layer with one that is larger than every window: what the registry holds in the end is what it holds
// without the fault. Lasting faults: lasting-faults.test.ts.
import { describe, it } from 'vitest';
import { faultMatrix, hangs, ofBlobs } from '../support/fault-matrix.js';
import { expectRecovered } from '../support/fault-outcome.js';
import { useFaultSite } from '../support/fault-site.js';

describe.each([2, 3] as const)('distribution %i', (version) => {
  const site = useFaultSite({ version, large: false });

  it.each([...faultMatrix(1), ...hangs(1)])('$kind once at $step', async ({ fault }) => {
    expectRecovered(site().expected, await site().meet(fault));
  });
});

describe('a layer over every window', () => {
  const site = useFaultSite({ version: 3, large: true });

  it.each(ofBlobs(faultMatrix(1)))('$kind once at $step', async ({ fault }) => {
    expectRecovered(site().expected, await site().meet(fault));
  });
});
