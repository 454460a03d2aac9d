// Reads of a package fail at its begin and in its middle: as one of a drive that is gone, of one that comes back, and of a bad sector.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportRequest, Report, RunEvent } from '../../core/contract.js';
import { createEngine } from '../../core/engine.js';
import { breakReads, type Breaking, type BrokenRead } from '../support/broken-reads.js';
import { makeBundle, makeImage, makeLayer, makePackage, tinyBundle } from '../support/packages.js';
import { treeOf } from '../support/tree.js';

const MIB = 1024 * 1024;
const NAME = 'addon-offline-full-package-v1.0.0-amd64.tar.gz';
let folder: string;
let path: string;
let whole: unknown;
let runs = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-reads-'));
  path = join(folder, NAME);
  // 3 MiB of layers that do not get smaller, so that there are reads in the middle
  const bundles = ['anchor', 'bollard'].map((name) => {
    const layer = makeLayer(randomBytes(MIB).toString('hex'));
    const bundle = tinyBundle(name, [makeImage(`ghcr.io/${name}/app:1.0.0`, 'amd64', [layer])]);
    return { path: `addon/${name}_1.0.0.bundle.tar`, body: makeBundle(bundle) };
  });
  await writeFile(path, makePackage(bundles));
  const { store } = await run({});
  whole = await treeOf(store);
});
afterAll(() => rm(folder, { recursive: true }));

interface Ran {
  readonly report: Report;
  readonly events: readonly RunEvent[];
  readonly store: string;
  readonly broken: number;
}

/** Imports into a folder of its own; `back` runs when the run tells that the drive is away. */
async function run(
  request: Partial<ImportRequest>,
  breaking: Breaking | null = null,
  back: () => Promise<void> = () => Promise.resolve(),
  store = join(folder, `store-${String((runs += 1))}`),
): Promise<Ran> {
  const engine = createEngine({ stateDir: `${store}-state`, version: '0.0.0', log: () => undefined });
  const events: RunEvent[] = [];
  const reads = breaking && (await breakReads(path, breaking));
  try {
    const answer = await engine.import(
      { packages: [path], target: { store }, ...request },
      {
        signal: new AbortController().signal,
        onEvent: (event) => {
          events.push(event);
          if (event.type === 'away') void back().then(() => engine.tryNow(runOf(events)));
        },
      },
    );
    if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
    return { report: answer.value, events, store, broken: reads?.count() ?? 0 };
  } finally {
    reads?.end();
  }
}

function runOf(events: readonly RunEvent[]): string {
  return events.flatMap((event) => (event.type === 'run-started' ? [event.run] : []))[0] ?? '';
}

const gone = (): Promise<void> => rename(path, `${path}.gone`);
const back = (): Promise<void> => rename(`${path}.gone`, path);

const KINDS: readonly BrokenRead[] = ['EIO', 'ENODEV', 'ENOENT', 'end'];
const BEGIN = { place: 'its begin', reads: 'pieces', from: 0 } as const;
const MIDDLE = { place: 'its middle', reads: 'pieces', from: MIB } as const;
const END = { place: 'its end', reads: 'pieces', from: 2 * MIB } as const;
const SAMPLES = { place: 'its samples', reads: 'samples', from: 0 } as const;
const CASES = [
  ...[BEGIN, MIDDLE, END, SAMPLES].map((place) => ({ kind: 'EIO', ...place }) as const),
  ...[MIDDLE, END].map((place) => ({ kind: 'end', ...place }) as const),
  ...(['ENODEV', 'ENOENT'] as const).map((kind) => ({ kind, ...MIDDLE })),
];

describe.each(CASES)('a drive that is removed: $kind at $place', ({ kind, reads, from }) => {
  it('is a problem of the package; nothing gets a name, and the same command brings it all', async () => {
    const { report, store, broken } = await run({}, { kind, reads, from, times: 1, onBroken: gone });
    await back();
    expect(broken).toBe(1);
    expect(report.result).toBe('failed');
    expect(report.problems).toMatchObject([{ code: 'package.unreadable', params: { file: NAME } }]);
    expect(report.images.filter(({ after }) => after !== null)).toEqual([]);
    const again = await run({}, null, undefined, store);
    expect(again.report).toMatchObject({ result: 'done', problems: [] });
    expect(await treeOf(store)).toEqual(whole);
  });

  it('is waited for, and read on when it is back', async () => {
    const breaking = { kind, reads, from, times: 1, onBroken: gone };
    const { report, events, store, broken } = await run({ waitForPackage: true }, breaking, back);
    expect(broken).toBe(1);
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['away', 'back']));
    expect(report).toMatchObject({ result: 'done', problems: [], totals: { passes: 1 } });
    expect(await treeOf(store)).toEqual(whole);
  });
});

describe.each(KINDS)('a sector that cannot be read: %s', (kind) => {
  const sector = { kind, ...MIDDLE };

  it('ends the run also where the drive would be waited for', async () => {
    const { report, broken } = await run({ waitForPackage: true }, { ...sector, times: Infinity });
    expect(broken).toBe(2);
    expect(report.result).toBe('failed');
    expect(report.problems).toMatchObject([{ code: 'package.unreadable', params: { file: NAME } }]);
    expect(report.images.filter(({ after }) => after !== null)).toEqual([]);
  });

  it('that can be read at the second try costs nothing', async () => {
    const breaking = { ...sector, times: 1 };
    const { report, store } = await run({ waitForPackage: true }, breaking);
    expect(report).toMatchObject({ result: 'done', problems: [], totals: { passes: 1 } });
    expect(await treeOf(store)).toEqual(whole);
  });
});

it('a read that gives less than was asked for is no failure', async () => {
  const { report, store, broken } = await run({}, { kind: 'less', ...BEGIN, times: Infinity });
  expect(broken).toBeGreaterThan(5);
  expect(report).toMatchObject({ result: 'done', problems: [] });
  expect(await treeOf(store)).toEqual(whole);
});
