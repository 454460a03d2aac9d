// A folder target can be used as a package: its images and charts go to the next site.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { treeOf } from '../support/tree.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => {
  await bench.close();
});

it('imports every image with all its platforms and every chart from a folder target, also when it is packed', async () => {
  const [first, second, third] = ['first', 'second', 'third'].map((name) => join(bench.directory, name)) as [
    string,
    string,
    string,
  ];
  const packages = ['v0.9.0-amd64', 'v0.9.0-arm64'] as const;
  const origin = await bench.import({ packages: packages.map(packagePath), target: { store: first } });
  const copy = await bench.import({ packages: [first], target: { store: second } });
  expect(copy.result).toBe('done');
  expect(copy.coverage).toEqual(origin.coverage);
  const without = ['.archbridge', 'charts/index.yaml'];
  expect(await treeOf(second, ...without)).toEqual(await treeOf(first, ...without));
  expect(copy.problems.map((problem) => problem.code)).toEqual([
    'plan.chart-without-hints',
    'plan.image-not-shipped',
  ]);
  const out = join(bench.directory, 'store.tar');
  const packed = await bench.engine.pack(
    { packages: [first], out },
    { signal: new AbortController().signal },
  );
  expect(packed).toMatchObject({ ok: true, value: { charts: origin.charts.length } });
  await bench.import({ packages: [out], target: { store: third } });
  const whole = await treeOf(second, ...without);
  const carried = await treeOf(third, ...without);
  const left = Object.keys(whole).filter((path) => !(path in carried));
  expect({ ...carried, ...Object.fromEntries(left.map((path) => [path, whole[path]])) }).toEqual(whole);
  // the layer of an image that is left out, which no manifest of the folder names
  expect(left).toHaveLength(1);
  for (const path of Object.keys(carried))
    expect((await readFile(join(third, path))).includes(basename(left[0] ?? '')), path).toBe(false);
});
