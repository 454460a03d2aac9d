// Charts that cannot be read, whose names are refused, or that would share one file: each is told by name and has a row, others are published.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeBundle, makePackage } from '../support/packages.js';
import { openBench, type Bench } from '../support/seed.js';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await bench.close();
});

const { signal } = new AbortController();

interface OddChart {
  readonly name: string;
  readonly version?: string;
  readonly values?: string;
  readonly file?: string;
}

async function packageOf(charts: readonly OddChart[]): Promise<string> {
  const files = charts.map(({ name, version = '1.0.0', values = '{}\n', file = name }) => ({
    path: `addon/${file}_${version}.bundle.tar`,
    body: makeBundle({
      hints: '',
      chart: {
        'Chart.yaml': `apiVersion: v2\nname: ${JSON.stringify(name)}\nversion: ${version}\n`,
        'values.yaml': values,
      },
      images: null,
    }),
  }));
  const path = join(bench.directory, 'addon-v0.1.0-amd64.tar.gz');
  await writeFile(path, makePackage(files));
  return path;
}

const target = () => ({ store: join(bench.directory, 'store') });

it('a chart that cannot be read has a row, in plan and report, that names chart and bundle', async () => {
  const packages = [await packageOf([{ name: 'kiln', values: 'a: [\n' }, { name: 'pot' }])];
  const plan = await bench.engine.plan({ packages, target: target() }, { signal });
  expect(plan.ok && plan.value.charts.map(({ name, version, action }) => [name, version, action])).toEqual([
    ['kiln', '1.0.0', 'failed'],
    ['pot', '1.0.0', 'publish'],
  ]);
  const report = await bench.import({ packages, target: target() });
  expect(report.result).toBe('partial');
  expect(report.charts.map(({ repo, name, version, action }) => [repo, name, version, action])).toEqual([
    ['addon', 'kiln', '1.0.0', 'failed'],
    ['addon', 'pot', '1.0.0', 'publish'],
  ]);
  expect(report.charts[0]?.problem).toMatchObject({ code: 'chart.values-unreadable' });
  expect(report.charts[0]?.problem?.message).toContain('kiln 1.0.0 (addon/kiln_1.0.0.bundle.tar)');
  expect(report.charts[0]?.problem?.hint).not.toContain('Helm');
  const other = await bench.import({ packages, target: target(), selection: { only: ['pot'] } });
  expect(other.charts.map(({ name, action }) => [name, action])).toEqual([['pot', 'skip']]);
  expect(other.result).toBe('done');
});

it.each([
  '--skip',
  '-x',
  'a b',
  ' ',
  'a;reboot',
  '$(reboot)',
  'a`b`',
  'a\u202eb',
  'a\u00a0b',
  'a\nb',
  'a|b',
  "a'b",
])('the name %j is refused by name', async (name) => {
  const packages = [await packageOf([{ name, file: 'odd' }, { name: 'pot' }])];
  const report = await bench.import({ packages, target: target() });
  expect(report.charts.map(({ action, problem }) => [action, problem?.code])).toEqual([
    ['failed', 'chart.name-illegal'],
    ['publish', undefined],
  ]);
  expect(report.charts[0]?.problem?.message).toContain('addon/odd_1.0.0.bundle.tar');
});

it.each(['Workspace', 'name+plus', 'a.b', 'a_b', '0ad'])('the name %s is taken', async (name) => {
  const report = await bench.import({ packages: [await packageOf([{ name }])], target: target() });
  expect(report.charts.map(({ action }) => action)).toEqual(['publish']);
});

it('of two charts with one file name one is refused, whichever comes first, and a second run says the same', async () => {
  const pair = [
    { name: 'a', version: '1-0.0.0' },
    { name: 'a-1', version: '0.0.0' },
  ];
  for (const charts of [pair, pair.toReversed(), pair]) {
    const packages = [await packageOf(charts)];
    const plan = await bench.engine.plan({ packages, target: target() }, { signal });
    const planned = plan.ok ? plan.value.charts.map(({ name, action }) => [name, action]).toSorted() : null;
    const report = await bench.import({ packages, target: target() });
    const rows = report.charts.map(({ name, action }) => [name, action]).toSorted();
    expect(rows).toEqual([
      ['a', expect.stringMatching(/^(?:publish|skip)$/)],
      ['a-1', 'blocked'],
    ]);
    expect(planned).toEqual(rows);
    expect(report.charts.find(({ name }) => name === 'a-1')?.problem).toMatchObject({
      code: 'chart-repo.place-taken',
      params: { chart: 'a-1 0.0.0', other: 'a 1-0.0.0' },
    });
  }
  const alone = await bench.import({
    packages: [await packageOf(pair)],
    target: target(),
    selection: { only: ['a-1'] },
  });
  expect(alone.charts.map(({ problem }) => problem?.code)).toEqual(['chart-repo.place-taken']);
});
