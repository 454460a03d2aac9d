// What a registry whose storage was full keeps: empty files under the digests of manifests, for which it answers 201 and then 500.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../core/engine.js';
import type { Report, TargetSpec } from '../../core/contract.js';
import { makeBundle, makeImage, makeLayer, makePackage, tinyBundle } from '../support/packages.js';
import { freePort, startRegistry } from '../support/registries.js';
import { readTag } from '../support/registry-reader.js';
import { registryState } from '../support/undoing.js';

const { signal } = new AbortController();
let folder: string;
let packages: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-full-'));
  packages = await Promise.all(
    ['amd64', 'arm64'].map(async (arch) => {
      const image = makeImage('ghcr.io/a/app:1.0.0', arch, [makeLayer(`layer of ${arch}`)]);
      const path = join(folder, `a-full-package-v1.0.0-${arch}.tar.gz`);
      const body = makeBundle(tinyBundle('a', [image]));
      await writeFile(path, makePackage([{ path: 'addon/a_1.0.0.bundle.tar', body }]));
      return path;
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function imported(stateDir: string, some: readonly string[], target: TargetSpec): Promise<Report> {
  const engine = createEngine({ stateDir, version: '0.0.0', log: () => undefined });
  const answer = await engine.import({ packages: some, target, verify: true }, { signal });
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

describe.each([2, 3] as const)('distribution %i with empty manifests of a full storage', (version) => {
  it('gets whole tags and a whole chart from the next import, and nothing from the one after that', async () => {
    const [amd64 = '', arm64 = ''] = packages;
    const port = await freePort();
    const state = join(folder, `state-${String(version)}`);
    // every manifest of both imports, of images, indexes and charts: that of one architecture, then of both
    const undisturbed = await startRegistry({ version, port });
    const manifests = new Set<string>();
    for (const path of [amd64, arm64]) {
      await imported(`${state}-0`, [path], { registry: undisturbed.url });
      const known = await registryState(undisturbed.url);
      for (const digest of Object.values(known)) manifests.add(digest);
      const served = await readTag(undisturbed.url, 'a/app', '1.0.0');
      for (const digest of Object.values(served?.platforms ?? {})) manifests.add(digest);
    }
    await undisturbed.stop();
    const registry = await startRegistry({ version, port });
    endings.push(() => registry.stop());
    for (const digest of manifests) {
      const hex = digest.slice('sha256:'.length);
      const path = join(registry.storageDir, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, '');
    }
    const target = { registry: registry.url };
    for (const path of [amd64, arm64]) {
      const report = await imported(state, [path], target);
      expect(report).toMatchObject({ result: 'done', problems: [] });
    }
    const tags = Object.values(await registryState(registry.url));
    expect(tags.filter((digest) => !digest.startsWith('sha256:'))).toEqual([]);
    const { platforms } = (await readTag(registry.url, 'a/app', '1.0.0')) ?? {};
    expect(Object.keys(platforms ?? {}).sort()).toEqual(['linux/amd64', 'linux/arm64']);
    const again = await imported(state, packages, target);
    expect(again.images.map(({ action }) => action)).toEqual(['skip', 'skip']);
    expect(again.charts.map(({ action }) => action)).toEqual(['skip']);
  });
});
