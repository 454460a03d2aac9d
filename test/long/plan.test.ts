// A plan is fast: a known package is not read again, and several tags are surveyed in parallel.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanRequest } from '../../core/contract.js';
import { openPackage } from '../../core/package/source/open-package.js';
import { readPackage } from '../../core/package/read-package.js';
import { makeBigPackage } from '../support/big-package.js';
import {
  makeBundle,
  makeChart,
  makeDockerArchive,
  makeImage,
  makeLayer,
  makePackage,
} from '../support/packages.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { openBench, type Bench } from '../support/seed.js';

const { signal } = new AbortController();

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

describe('a plan against distribution over loopback', () => {
  let folder: string;
  let bench: Bench;
  let registry: RunningRegistry;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archbridge-long-'));
    bench = await openBench();
    registry = await startRegistry({ version: 3 });
  });
  afterAll(async () => {
    await registry.stop();
    await bench.close();
    await rm(folder, { recursive: true });
  });

  async function plan(request: PlanRequest): Promise<number> {
    const answer = await bench.engine.plan(request, { signal });
    if (!answer.ok) throw new Error(answer.problem.message);
    return answer.value.images.length;
  }

  it('of a package with 60 images takes less time than reading the package once', async () => {
    const big = await makeBigPackage(folder, 5);
    const request = { packages: [big.path], target: { registry: registry.url } };
    const source = await openPackage(big.path, { signal });
    await plan(request);
    for (const isThere of [false, true]) {
      if (isThere) await bench.import(request);
      const reading = await seconds(() => readPackage(source, {}, { signal }));
      const planning = await seconds(() => plan(request));
      const ratio = (planning / reading).toFixed(2);
      const state = isThere ? 'all there' : 'nothing there';
      console.log(
        `60 images, ${state}: plan ${planning.toFixed(2)} s, reading ${reading.toFixed(2)} s (${ratio})`,
      );
      expect(planning).toBeLessThan(reading);
    }
  });

  it('surveys a thousand tags in seconds', async () => {
    const shared = makeLayer('base'.repeat(100));
    const bundles = Array.from({ length: 50 }, (_, at) => {
      const name = `chart${String(at)}`;
      const names = Array.from({ length: 20 }, (__, one) => `ghcr.io/${name}/app${String(one)}:1.0`);
      const keys = names.map((___, one) => `image${String(one)}`);
      return {
        path: `addon/${name}_1.0.0.bundle.tar`,
        body: makeBundle({
          hints: keys.map((key) => `- "{{ .${key} }}"\n`).join(''),
          chart: {
            ...makeChart(name),
            'values.yaml': names.map((image, one) => `image${String(one)}: ${image}\n`).join(''),
          },
          images: makeDockerArchive(
            names.map((image) => makeImage(image, 'amd64', [shared, makeLayer(`${image} own`)])),
          ),
        }),
      };
    });
    const path = join(folder, 'addon-offline-full-package-v1.0.0-amd64.tar.gz');
    await writeFile(path, makePackage(bundles));
    const request = { packages: [path], target: { registry: registry.url, noCharts: true } };
    expect(await plan(request)).toBe(1000);
    const absent = await seconds(() => plan(request));
    await bench.import(request);
    const present = await seconds(() => plan(request));
    console.log(`1000 tags: ${absent.toFixed(1)} s when none is there, ${present.toFixed(1)} s when all are`);
    expect(Math.max(absent, present)).toBeLessThan(60);
  });
});
