// Every fault once at every HTTP step of an import, and a hang, with a layer larger than every window, in front of both generations of
// distribution: what the registry holds in the end is what it holds without the fault. Lasting faults: lasting-faults.test.ts.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { faultMatrix, hangs } from '../support/fault-matrix.js';
import { expectRecovered } from '../support/fault-outcome.js';
import { openFaultSite, type FaultSite } from '../support/fault-site.js';
import { openBench, type Bench } from '../support/seed.js';

describe.each([
  [2, false],
  [3, false],
  [3, true],
] as const)('distribution %i, a layer over every window: %s', (version, large) => {
  let bench: Bench;
  let site: FaultSite;
  beforeAll(async () => {
    bench = await openBench();
    site = await openFaultSite(join(bench.directory, 'site'), { version, large });
  });
  afterAll(async () => {
    await site.stop();
    await bench.close();
  });

  it.each(faultMatrix(1))('$kind once at $step', async ({ fault }) => {
    expectRecovered(site.expected, await site.meet(fault));
  });

  // the answer to the closing PUT of a large layer may take minutes, and so does a hang there
  it.each(large ? [] : hangs())('a hang at $step', async ({ fault }) => {
    expectRecovered(site.expected, await site.meet(fault));
  });
});
