// One fault at each HTTP step of a chart repository in the middle of an import: every chart has a row that is true, and in the end the
// repository holds what it holds without the fault.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../core/contract.js';
import { createEngine } from '../../core/engine.js';
import { startChartMuseum, type Museum } from '../support/chartmuseum.js';
import { startFaultProxy, type FaultKind, type FaultProxy } from '../support/fault-proxy.js';
import { makeBundle, makeImage, makeLayer, makePackage, tinyBundle } from '../support/packages.js';
import { openBench, type Bench } from '../support/seed.js';

const NAMES = ['anchor', 'bollard', 'capstan'];
let bench: Bench;
let path: string;
let expected: ReadonlyMap<string, string>;
let runs = 0;
beforeAll(async () => {
  bench = await openBench();
  path = join(bench.directory, 'a-full-package-v1.0.0-amd64.tar.gz');
  const bundles = NAMES.map((name) => {
    const image = makeImage(`ghcr.io/${name}/app:1.0.0`, 'amd64', [makeLayer(name)]);
    return { path: `addon/${name}_1.0.0.bundle.tar`, body: makeBundle(tinyBundle(name, [image])) };
  });
  await writeFile(path, makePackage(bundles));
  const museum = await startChartMuseum();
  await imported(museum.url);
  expected = held(museum);
  await museum.close();
});
afterAll(() => bench.close());

function held(museum: Museum): ReadonlyMap<string, string> {
  const files = [...museum.storage().files].map(([name, bytes]) => [name, bytes.toString('base64')] as const);
  return new Map(files.sort());
}

/** Images go to one folder, whatever the chart repository does. */
async function imported(
  url: string,
  begun: () => void = () => undefined,
  { patience, onAway }: { readonly patience?: number; readonly onAway?: () => void } = {},
): Promise<Report> {
  const stateDir = join(bench.directory, `state-${String((runs += 1))}`);
  const engine = createEngine({ stateDir, version: '0.0.0', log: () => undefined });
  const target = { store: join(bench.directory, 'store'), charts: [{ url }] };
  const answer = await engine.import(
    { packages: [path], target, ...(patience === undefined ? {} : { patience }) },
    {
      signal: new AbortController().signal,
      // before a run has begun, a repository that does not answer is an error at once
      onEvent: ({ type }) => {
        if (type === 'run-started') begun();
        if (type === 'away') onAway?.();
      },
    },
  );
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return answer.value;
}

const LOOK = { method: 'GET', path: /\/api\/charts\// };
const UPLOAD = { method: 'POST', path: /\/api\/charts/ };
/** Charts that are there are read before they are compared. */
const READ = { method: 'GET', path: /\/charts\/\w+-1\.0\.0\.tgz$/ };
const EVERYWHERE: readonly FaultKind[] = ['reset-before', 'reset-after', '500', '502', '503', '429'];
const CASES = [
  ...EVERYWHERE.map((kind) => ({ step: 'upload', kind, ...UPLOAD })),
  ...(['reset-in-body', '413'] as const).map((kind) => ({ step: 'upload', kind, ...UPLOAD })),
  ...(['reset-after', '502', 'cut-answer'] as const).map((kind) => ({ step: 'look', kind, ...LOOK })),
  ...(['reset-before', '503', 'cut-answer', 'wrong-bytes'] as const).map((kind) => ({
    step: 'read',
    kind,
    ...READ,
  })),
];

it.each(CASES)('$kind at the $step of a chart', async ({ kind, method, path: of }) => {
  const museum = await startChartMuseum();
  const proxy = await startFaultProxy(museum.url);
  try {
    if (of === READ.path) await imported(proxy.url);
    const first = await imported(proxy.url, () => proxy.set({ method, path: of, kind, times: 1 }));
    expect(proxy.met()).toBe(1);
    expect(first.charts.map(({ name }) => name).sort()).toEqual(NAMES);
    const published = first.charts.filter(({ problem }) => problem === null).map(({ name }) => name);
    for (const name of published) expect(held(museum).get(`${name}-1.0.0.tgz`)).toBeDefined();
    expect(JSON.stringify(first)).not.toContain('app.defect');
    // what another attempt can mend costs no chart
    if (kind !== '413') expect(first).toMatchObject({ result: 'done', problems: [] });
    proxy.set(null);
    const last = first.result === 'done' ? first : await imported(proxy.url);
    expect(last).toMatchObject({ result: 'done', problems: [] });
    expect(held(museum)).toEqual(expected);
  } finally {
    await proxy.stop();
    await museum.close();
  }
});

describe('a chart repository that goes away in the middle of an import', () => {
  let museum: Museum;
  let proxy: FaultProxy;
  beforeEach(async () => {
    museum = await startChartMuseum();
    proxy = await startFaultProxy(museum.url);
  });
  afterEach(async () => {
    await proxy.stop();
    await museum.close();
  });
  const goAway = (kind: FaultKind) => () => proxy.set({ path: /./, kind, times: Infinity });

  it('costs no chart when it comes back', async () => {
    const report = await imported(proxy.url, goAway('503'), { onAway: () => proxy.set(null) });
    expect(report).toMatchObject({ result: 'done', problems: [] });
    expect(held(museum)).toEqual(expected);
  });

  it.each(['503', 'reset-before'] as const)(
    'has a row for every chart when it does not (%s)',
    async (kind) => {
      const report = await imported(proxy.url, goAway(kind), { patience: 0 });
      expect(report.result).not.toBe('done');
      expect(report.charts.map(({ name }) => name).sort()).toEqual(NAMES);
      for (const { action, problem } of report.charts)
        expect([action, problem?.code]).toEqual(['failed', expect.any(String)]);
    },
  );
});
