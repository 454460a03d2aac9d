// Shards of one import, side by side against one real registry: the same tags and charts as one run, and one report of all.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine, Report, Shard } from '../../core/contract.js';
import { createEngine, joinReports } from '../../core/engine.js';
import { isInShard } from '../../core/plan/selection.js';
import { makeBundle, makeDockerArchive, makeImage, makeLayer, makePackage } from '../support/packages.js';
import { freePort, startRegistry } from '../support/registries.js';
import { registryState } from '../support/undoing.js';

const { signal } = new AbortController();
const CHARTS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-shards-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Each chart has an image of its own, and all name the same base image: the shards write one tag at the same time. */
async function packageOf(architecture: string): Promise<string> {
  const bundles = CHARTS.map((name) => {
    const values = `app:\n  image: ghcr.io/${name}/app\n  tag: "1"\nbase:\n  image: ghcr.io/common/base\n  tag: "1"\n`;
    const images = [`ghcr.io/${name}/app:1`, 'ghcr.io/common/base:1'].map((image) =>
      makeImage(image, architecture, [makeLayer(`${architecture} ${image}`)]),
    );
    const bundle = makeBundle({
      hints: '- "{{ .app.image }}:{{ .app.tag }}"\n- "{{ .base.image }}:{{ .base.tag }}"\n',
      chart: {
        'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
        'values.yaml': values,
      },
      images: makeDockerArchive(images),
    });
    return { path: `addon/${name}_1.0.0.bundle.tar`, body: bundle };
  });
  const path = join(folder, `addon-offline-full-package-v1.0.0-${architecture}.tar.gz`);
  await writeFile(path, makePackage(bundles));
  return path;
}

async function run(
  engine: Engine,
  registry: string,
  packages: readonly string[],
  shard?: Shard,
): Promise<Report> {
  const selection = shard ? { selection: { shard } } : {};
  const answer = await engine.import({ packages, target: { registry }, ...selection }, { signal });
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return answer.value;
}

function rowsOf({ images, charts }: Report) {
  return {
    images: images.map(({ target, platform, digest, after }) => ({ target, platform, digest, after })),
    charts: charts.map(({ name, version, digest }) => ({ name, version, digest })),
  };
}

describe('shards', () => {
  it('are disjoint, and together all; a bundle stays in its shard whatever the version', () => {
    for (const count of [1, 2, 3, 7]) {
      for (const chart of CHARTS) {
        const shards = Array.from({ length: count }, (_, at) => ({ index: at + 1, count }));
        expect(shards.filter((shard) => isInShard(shard, `addon/${chart}`))).toHaveLength(1);
      }
    }
    // pinned: another version of Archbridge in one of the pods must divide in the same way
    const first = CHARTS.filter((chart) => isInShard({ index: 1, count: 3 }, `addon/${chart}`));
    expect(first).toEqual(['alpha', 'delta']);
  });

  it('side by side give the tags and charts of one run, and one report of all', async () => {
    const packages = [await packageOf('amd64'), await packageOf('arm64')];
    const port = await freePort();
    const engine = () =>
      createEngine({ stateDir: join(folder, 'state'), version: '0.0.0', log: () => undefined });
    const single = await startRegistry({ version: 3, port });
    let expected: Readonly<Record<string, string>>;
    let whole: Report;
    try {
      whole = await run(engine(), single.url, packages);
      expected = await registryState(single.url);
    } finally {
      await single.stop();
    }
    const shared = await startRegistry({ version: 3, port });
    try {
      const count = 4;
      const reports = await Promise.all(
        [1, 2, 3, 4].map((index) => run(engine(), shared.url, packages, { index, count })),
      );
      expect(reports.map(({ result, shard }) => [result, shard?.index])).toEqual([
        ['done', 1],
        ['done', 2],
        ['done', 3],
        ['done', 4],
      ]);
      expect(await registryState(shared.url)).toEqual(expected);
      const joined = joinReports(reports);
      expect(rowsOf(joined)).toEqual(rowsOf(whole));
      expect(joined.coverage).toEqual(whole.coverage);
      expect(joined).toMatchObject({ result: 'done', packages: [{}, {}] });
      // each of them a second time changes nothing
      const again = await run(engine(), shared.url, packages, { index: 2, count });
      expect(new Set(again.images.map(({ action }) => action))).toEqual(new Set(['skip']));
      expect(await registryState(shared.url)).toEqual(expected);
    } finally {
      await shared.stop();
    }
  });

  it('cannot be joined with another import', async () => {
    const packages = [await packageOf('amd64')];
    const engine = createEngine({ stateDir: join(folder, 'state'), version: '0.0.0', log: () => undefined });
    const reports: Report[] = [];
    for (const store of ['one', 'two']) {
      const answer = await engine.import({ packages, target: { store: join(folder, store) } }, { signal });
      if (answer.ok) reports.push(answer.value);
    }
    expect(() => joinReports(reports)).toThrow(expect.objectContaining({ code: 'report.join-differs' }));
    const bad = {
      packages,
      target: { store: join(folder, 'x') },
      selection: { shard: { index: 3, count: 2 } },
    };
    expect(await engine.import(bad, { signal })).toMatchObject({ problem: { code: 'config.bad-shard' } });
  });
});
