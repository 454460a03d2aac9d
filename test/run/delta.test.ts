// Imports of deltas into a target in memory: where the layers come from that a delta leaves out.
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '../../core/engine.js';
import type { Report } from '../../core/contract.js';
import { importInMemory, planInMemory } from '../support/memory-run.js';
import { makeBundle, makeImage, makeLayer, makePackage, tinyBundle } from '../support/packages.js';
import { MemoryTarget } from '../support/memory-target.js';

const shared = makeLayer('a base layer');
const own = makeLayer('what changed');
const never = { signal: new AbortController().signal };

let state: string;
let base: string;
let delta: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'delta-'));
  base = await writePackage('addon-v1.0.0-amd64.tar.gz', 'alpha', [shared]);
  const later = await writePackage('addon-v1.1.0-amd64.tar.gz', 'beta', [shared, own]);
  delta = await makeDelta('delta.tar', later, base);
});
afterEach(async () => {
  await rm(state, { recursive: true });
});

/** What of `later` is new since `base`: one layer; the other one is left out. */
async function makeDelta(file: string, later: string, base: string): Promise<string> {
  const out = join(state, file);
  const engine = createEngine({ stateDir: state, version: '0', log: () => undefined });
  const answer = await engine.pack({ packages: [later], since: [base], out }, never);
  expect(answer).toMatchObject({ ok: true, value: { blobs: 1, leftOut: 1 } });
  return out;
}

/** A package of one chart, whose image lies in a repository of the same name. */
async function writePackage(
  file: string,
  chart: string,
  layers: Parameters<typeof makeImage>[2],
): Promise<string> {
  const path = join(state, file);
  const bundle = makeBundle(tinyBundle(chart, [makeImage(`ghcr.io/${chart}/app:1.0.0`, 'amd64', layers)]));
  await writeFile(path, makePackage([{ path: `addon/${chart}_1.0.0.bundle.tar`, body: bundle }]));
  return path;
}

function run(target: MemoryTarget, ...packages: readonly string[]): Promise<Report> {
  return importInMemory({ target, state, packages });
}

describe('a delta of which another repository holds a layer', () => {
  it('gets the layer by a mount', async () => {
    const target = new MemoryTarget();
    await run(target, base);
    const report = await run(target, delta);
    expect(report.result).toBe('done');
    expect(report.totals.bytesMounted).toBe(shared.stored.length);
    expect(target.blobs.get(`beta/app@${shared.digest}`)).toEqual(shared.stored);
  });

  it('gets a copy where the registry does not mount', async () => {
    const target = new MemoryTarget();
    target.mounts = false;
    await run(target, base);
    const report = await run(target, delta);
    expect(report.result).toBe('done');
    expect(report.totals.bytesMounted).toBe(0);
    expect(target.blobs.get(`beta/app@${shared.digest}`)).toEqual(shared.stored);
  });
});

describe('a delta in one import with the package that it was made against', () => {
  const orders = [
    ['before', () => [base, delta]],
    ['behind', () => [delta, base]],
  ] as const;

  it.each(orders)('gets the layer from the package %s it', async (_, packages) => {
    const target = new MemoryTarget();
    const plan = await planInMemory({ target, state, packages: packages() });
    const report = await run(target, ...packages());
    expect(plan.problems).toEqual([]);
    expect(report.result).toBe('done');
    expect(plan.needs.bytesToSend).toBe(report.totals.bytesSent);
    expect(target.blobs.get(`alpha/app@${shared.digest}`)).toEqual(shared.stored);
    expect(target.blobs.get(`beta/app@${shared.digest}`)).toEqual(shared.stored);
  });
});

describe('a delta whose images take the names of those that it was made against', () => {
  let whole: string;
  beforeEach(async () => {
    whole = await writePackage('addon-v1.2.0-amd64.tar.gz', 'alpha', [shared, own]);
    delta = await makeDelta('upgrade.tar', whole, base);
  });

  it.each([true, false])(
    'has the layer sent that no image of them is stored with; mounts: %s',
    async (mounts) => {
      for (const packages of [
        [base, delta],
        [delta, base],
      ]) {
        const [target, other] = [new MemoryTarget(), new MemoryTarget()];
        target.mounts = mounts;
        const plan = await planInMemory({ target, state, packages });
        const report = await run(target, ...packages);
        await run(other, whole);
        expect(plan.problems).toEqual([]);
        expect(report).toMatchObject({ result: 'done', problems: [] });
        expect(report.totals.bytesSent).toBe(plan.needs.bytesToSend);
        expect([...target.blobs].sort()).toEqual([...other.blobs].sort());
        expect(target.manifests).toEqual(other.manifests);
      }
    },
  );

  it('gets it from a bundle that is not selected, too', async () => {
    const target = new MemoryTarget();
    const former = await writePackage('addon-v1.0.1-amd64.tar.gz', 'gamma', [shared]);
    const report = await importInMemory({
      target,
      state,
      packages: [former, delta],
      request: { selection: { only: ['alpha'] } },
    });
    expect(report).toMatchObject({ result: 'done', problems: [] });
    expect([...target.blobs.keys()].filter((key) => !key.startsWith('alpha/'))).toEqual([]);
    expect(target.blobs.get(`alpha/app@${shared.digest}`)).toEqual(shared.stored);
  });

  it('gets the layers of a chain of deltas in any order', async () => {
    const target = new MemoryTarget();
    const last = makeLayer('what changed last');
    const latest = await writePackage('addon-v1.3.0-amd64.tar.gz', 'alpha', [own, last]);
    const second = await makeDelta('second.tar', latest, delta);
    const report = await run(target, second, delta, base);
    expect(report).toMatchObject({ result: 'done', problems: [] });
    const key = (digest: string): string => `alpha/app@${digest}`;
    expect(target.blobs.get(key(own.digest))).toEqual(own.stored);
    expect(target.blobs.get(key(last.digest))).toEqual(last.stored);
  });

  it('is refused when the package that has the layer is damaged', async () => {
    const target = new MemoryTarget();
    await appendFile(base, 'more');
    const report = await run(target, base, delta);
    expect(report.result).toBe('failed');
    expect(report.problems.map(({ code }) => code)).toContain('run.base-missing');
    expect(target.blobs.size + target.manifests.size).toBe(0);
  });
});

describe('a delta of which nobody holds a layer', () => {
  it('is refused by plan and import before anything is sent, and the package is named that has it', async () => {
    const target = new MemoryTarget();
    const params = { file: 'delta.tar', count: 1, packages: 'addon-v1.0.0-amd64.tar.gz' };
    const plan = await planInMemory({ target, state, packages: [delta] });
    expect(plan.problems).toMatchObject([{ code: 'run.base-missing', params }]);
    const report = await run(target, delta);
    expect(report).toMatchObject({ result: 'failed', problems: [{ code: 'run.base-missing', params }] });
    expect(target.blobs.size + target.manifests.size).toBe(0);
  });
});
