// One fault at each HTTP step of an import: what the registry holds in the end is what it holds without the fault. The whole matrix is
// test/long/http-faults.test.ts.
import { expect, it } from 'vitest';
import { oneOfEachStep } from '../support/fault-matrix.js';
import { expectRecovered } from '../support/fault-outcome.js';
import { useFaultSite } from '../support/fault-site.js';

const site = useFaultSite({ version: 3, large: false });

it.each(oneOfEachStep())('$kind at $step', async ({ fault }) => {
  expectRecovered(site().expected, await site().meet(fault));
  expect(Object.keys(site().expected)).toHaveLength(6);
});
