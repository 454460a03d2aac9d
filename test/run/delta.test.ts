// Imports of deltas into a target in memory: where the layers come from that a delta leaves out.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

let state: string;
let base: string;
let delta: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'delta-'));
  base = await writePackage('addon-v1.0.0-amd64.tar.gz', 'alpha', [shared]);
  const later = await writePackage('addon-v1.1.0-amd64.tar.gz', 'beta', [shared, own]);
  delta = join(state, 'delta.tar');
  const engine = createEngine({ stateDir: state, version: '0', log: () => undefined });
  const answer = await engine.pack(
    { packages: [later], since: [base], out: delta },
    { signal: new AbortController().signal },
  );
  expect(answer).toMatchObject({
    ok: true,
    value: { blobs: 1, leftOut: 1, leftOutBytes: shared.stored.length },
  });
});
afterEach(async () => {
  await rm(state, { recursive: true });
});

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

  it('gets it from a package before it in the same import', async () => {
    const target = new MemoryTarget();
    const report = await run(target, base, delta);
    expect(report.result).toBe('done');
    expect(target.blobs.get(`beta/app@${shared.digest}`)).toEqual(shared.stored);
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
