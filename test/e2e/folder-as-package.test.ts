// A folder target can be used as a package: its images go to the next site, and what is not read is reported.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBench, packagePath, type Bench } from '../support/seed.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => {
  await bench.close();
});

it('imports every image with all its platforms from a folder target, and says that charts are not read', async () => {
  const first = join(bench.directory, 'first');
  const packages = ['v0.9.0-amd64', 'v0.9.0-arm64'] as const;
  const origin = await bench.import({ packages: packages.map(packagePath), target: { store: first } });
  const copy = await bench.import({ packages: [first], target: { store: join(bench.directory, 'second') } });
  expect(copy.result).toBe('done');
  expect(copy.coverage).toEqual(origin.coverage);
  expect(copy.problems.map((problem) => [problem.code, problem.params['count']])).toEqual([
    ['package.charts-skipped', origin.charts.length],
  ]);
});
