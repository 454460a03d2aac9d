// Every fault once at every HTTP step of an import, and a hang as long as Archbridge waits, with a layer larger than every window, in front of both generations of
// distribution: what the registry holds in the end is what it holds without the fault. Lasting faults: lasting-faults.test.ts.
import { describe, it } from 'vitest';
import { faultMatrix, hangs } from '../support/fault-matrix.js';
import { expectRecovered } from '../support/fault-outcome.js';
import { useFaultSite } from '../support/fault-site.js';

describe.each([
  [2, false],
  [3, false],
  [3, true],
] as const)('distribution %i, a layer over every window: %s', (version, large) => {
  const site = useFaultSite({ version, large });

  it.each(faultMatrix(1))('$kind once at $step', async ({ fault }) => {
    expectRecovered(site().expected, await site().meet(fault));
  });

  // the answer to the closing PUT of a large layer may take minutes, and so does a hang there; see lasting-faults.test.ts
  it.each(large ? [] : hangs(1))('$kind once at $step', async ({ fault }) => {
    expectRecovered(site().expected, await site().meet(fault));
  });
});
