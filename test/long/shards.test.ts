// Four shards as processes side by side against one registry; one of them is killed at some moment and started again while the others go
// on. The tags and charts are those of a single run, byte for byte.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportRequest, Report } from '../../core/contract.js';
import { momentsOf, openKillableImports, type KillableImports } from '../support/killed-import.js';
import { freePort, startRegistry } from '../support/registries.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';
import { registryState } from '../support/undoing.js';

const PACKAGES = ['v0.9.0-amd64', 'v0.9.0-arm64'] as const;
const COUNT = 4;
const KILLED = 2;
/** How often a shard that could not do all of its part is tried, as the Job does it. */
const TRIES = 3;

let bench: Bench;
let imports: KillableImports;
/** The same for all registries, because charts name the registry. */
let port: number;
/** What a single run leaves. */
let expected: Readonly<Record<string, string>>;
/** How many steps the shard that is killed has when it runs alone. */
let steps: number;
beforeAll(async () => {
  bench = await openBench();
  imports = await openKillableImports();
  port = await freePort();
  const state = (name: string): string => join(bench.directory, name);
  expected = await inRegistry(async (url) => {
    await imports.run(state('single'), request(url));
    return registryState(url);
  });
  steps = await inRegistry(
    async (url) => (await imports.run(state('trial'), request(url, KILLED)))?.steps ?? 0,
  );
});
afterAll(async () => {
  await imports.close();
  await bench.close();
});

/** Works with an empty registry. */
async function inRegistry<T>(work: (url: string) => Promise<T>): Promise<T> {
  const registry = await startRegistry({ version: 3, port });
  try {
    return await work(registry.url);
  } finally {
    await registry.stop();
  }
}

function request(registry: string, index?: number): ImportRequest {
  const shard = index === undefined ? {} : { selection: { shard: { index, count: COUNT } } };
  return { packages: PACKAGES.map(packagePath), target: { registry }, ...shard };
}

/** Runs a shard until it has done its part; `killAt`: its first process is killed at this step; 0: none is. */
async function shardDone(state: string, registry: string, index: number, killAt: number): Promise<Report> {
  if (killAt > 0) expect(await imports.run(state, request(registry, index), killAt)).toBeNull();
  for (let tried = 1; ; tried += 1) {
    const ended = await imports.run(state, request(registry, index));
    if (!ended) throw new Error(`shard ${String(index)} ended without an answer`);
    const isDone = ended.report.images.every(({ action }) => action !== 'failed');
    const hasCharts = ended.report.charts.every(({ problem }) => problem === null);
    if ((isDone && hasCharts) || tried === TRIES) return ended.report;
  }
}

describe('four shards, one of which is killed and started again', () => {
  it.each([0, 1, 2, 3, 4])('give the tags and charts of one run (moment %i)', async (moment) => {
    expect(Object.keys(expected).length).toBeGreaterThan(40);
    const state = join(bench.directory, `shards-${String(moment)}`);
    const killAt = momentsOf(steps, 5)[moment] ?? 1;
    await inRegistry(async (url) => {
      const reports = await Promise.all(
        [1, 2, 3, 4].map((index) => shardDone(state, url, index, index === KILLED ? killAt : 0)),
      );
      expect(await registryState(url)).toEqual(expected);
      expect(reports.map(({ shard }) => shard?.index)).toEqual([1, 2, 3, 4]);
    });
  });
});
