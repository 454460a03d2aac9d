// One fault at each HTTP step of an import: what the registry holds in the end is what it holds without the fault. The whole matrix is
// test/long/http-faults.test.ts.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { oneOfEachStep } from '../support/fault-matrix.js';
import { expectRecovered } from '../support/fault-outcome.js';
import { openFaultSite, type FaultSite } from '../support/fault-site.js';
import { openBench, type Bench } from '../support/seed.js';

let bench: Bench;
let site: FaultSite;
beforeAll(async () => {
  bench = await openBench();
  site = await openFaultSite(join(bench.directory, 'site'), { version: 3, large: false });
});
afterAll(async () => {
  await site.stop();
  await bench.close();
});

it.each(oneOfEachStep())('$kind at $step', async ({ fault }) => {
  expectRecovered(site.expected, await site.meet(fault));
  expect(Object.keys(site.expected)).toHaveLength(6);
});
