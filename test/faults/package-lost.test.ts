// The drive with a package is removed in the middle of a run: named, or waited for with --wait-for-package.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ImportRequest, Report, RunEvent } from '../../core/contract.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';

let bench: Bench;
let first: string;
let second: string;
beforeAll(async () => {
  bench = await openBench();
  const drive = join(bench.directory, 'drive');
  await mkdir(drive);
  // of a split package one file can be away while the other one is read
  const whole = await readFile(packagePath('v0.9.0-amd64'));
  [first, second] = [join(drive, 'addon-amd64.tar.gz.part-00'), join(drive, 'addon-amd64.tar.gz.part-01')];
  await writeFile(first, whole.subarray(0, 4_096));
  await writeFile(second, whole.subarray(4_096));
});
afterAll(() => bench.close());

async function run(
  request: Partial<ImportRequest>,
  during: (event: RunEvent) => Promise<void>,
): Promise<{ report: Report; events: readonly RunEvent[] }> {
  const events: RunEvent[] = [];
  const answer = await bench.engine.import(
    { packages: [first], target: { store: join(bench.directory, 'store') }, reread: true, ...request },
    {
      signal: new AbortController().signal,
      onEvent: (event) => {
        events.push(event);
        void during(event);
      },
    },
  );
  if (!answer.ok) throw new Error(answer.problem.message);
  return { report: answer.value, events };
}

it('is a problem of the package and of nothing else; nothing gets a name', async () => {
  const { report } = await run({}, async ({ type }) => {
    if (type === 'run-started') await rename(second, `${second}.away`);
  });
  await rename(`${second}.away`, second);
  expect(report.result).toBe('failed');
  expect(report.problems).toMatchObject([
    {
      code: 'package.unreadable',
      origin: 'package',
      retryable: true,
      params: { file: 'addon-amd64.tar.gz.part-01' },
    },
  ]);
  expect(report.images.filter(({ after }) => after !== null)).toEqual([]);
});

it('is waited for, and read on when it is back', async () => {
  const { report, events } = await run({ waitForPackage: true }, async ({ type }) => {
    if (type === 'run-started') await rename(second, `${second}.away`);
    if (type === 'away') await rename(`${second}.away`, second);
  });
  expect(events.find(({ type }) => type === 'away')).toMatchObject({
    host: second,
    problem: { code: 'package.unreadable' },
  });
  expect(report).toMatchObject({ result: 'done', problems: [], totals: { passes: 1 } });
});

it('is waited for before the run begins as well', async () => {
  await rename(first, `${first}.away`);
  const { report } = await run({ waitForPackage: true }, async ({ type }) => {
    if (type === 'away') await rename(`${first}.away`, first);
  });
  expect(report.result).toBe('done');
});
