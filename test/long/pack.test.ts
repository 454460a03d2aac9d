// A delta of the genuine packages brings a real registry to the state that the whole packages bring it to; the inventory of that registry.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../core/contract.js';
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../core/content/media-types.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { allTags } from '../support/registry-reader.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';
import { entriesOf } from '../support/tar-entries.js';

const OLD = [packagePath('v0.9.0-amd64'), packagePath('v0.9.0-arm64')];
const NEW = [packagePath('v0.11.0-amd64'), packagePath('v0.11.0-arm64')];
const never = { signal: new AbortController().signal };

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await bench.close();
});

/** Both registries give images the same names, so that their charts can be compared. */
function targetOf({ url }: RunningRegistry): TargetSpec {
  return { registry: url, naming: { containerRegistry: 'registry.site' } };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function layersOf(manifest: Buffer | undefined): readonly string[] {
  const { layers } = JSON.parse(String(manifest)) as { readonly layers: readonly { digest: string }[] };
  return layers.map(({ digest }) => digest);
}

describe('a delta', () => {
  let registries: RunningRegistry[];
  beforeAll(async () => {
    registries = await Promise.all([startRegistry({ version: 3 }), startRegistry({ version: 3 })]);
  });
  afterAll(async () => {
    for (const one of registries) await one.stop();
  });

  /** The digest of every tag of a registry; charts are tags, too. */
  async function tagsOf({ url }: RunningRegistry): Promise<Readonly<Record<string, string | null>>> {
    const found: Record<string, string | null> = {};
    const accept = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST].join(', ');
    for (const [repository, tags] of Object.entries(await allTags(url)))
      for (const tag of tags) {
        const answer = await fetch(`${url}/v2/${repository}/manifests/${tag}`, { headers: { accept } });
        found[`${repository}:${tag}`] = answer.headers.get('docker-content-digest');
        await answer.arrayBuffer();
      }
    return found;
  }

  it('brings a registry to the state of the whole packages, and holds only what changed', async () => {
    const [whole, small] = registries as [RunningRegistry, RunningRegistry];
    const delta = await bench.pack('delta.tar', { packages: NEW, since: OLD });
    const full = await bench.pack('full.tar', { packages: NEW });
    expect(delta.blobBytes + delta.leftOutBytes).toBe(full.blobBytes);
    expect(delta.leftOutBytes).toBeGreaterThan(delta.blobBytes);

    const refused = await bench.import({ packages: [delta.out], target: targetOf(small) });
    expect(refused.result).toBe('failed');
    expect(refused.problems).toMatchObject([
      { code: 'run.base-missing', params: { packages: expect.stringContaining('v0.9.0-amd64') as string } },
    ]);
    expect(refused.totals.bytesSent).toBe(0);
    expect(await allTags(small.url)).toEqual({});

    for (const one of registries) await bench.import({ packages: OLD, target: targetOf(one) });
    await bench.import({ packages: NEW, target: targetOf(whole) });
    const report = await bench.import({ packages: [delta.out], target: targetOf(small) });
    expect(report.problems.map(({ code }) => code)).not.toContain('run.base-missing');
    expect(await tagsOf(small)).toEqual(await tagsOf(whole));
    const proof = await bench.engine.verify(
      { packages: [delta.out], target: targetOf(small), full: true },
      never,
    );
    expect(proof).toMatchObject({ ok: true, value: { images: expect.any(Array) as unknown } });

    const inventory = await bench.engine.inventory({ target: targetOf(small) }, never);
    const site = inventory.ok ? inventory.value : null;
    expect(site?.repositories.length).toBeGreaterThan(20);
    const file = join(bench.directory, 'site.json');
    writeFileSync(file, JSON.stringify(site));
    const nothing = await bench.pack('nothing.tar', { packages: NEW, since: [file] });
    // the site took neither the mislabelled image nor the two builds that are older than what its tags hold
    const leftOut = report.images.filter(({ action }) => action === 'blocked' || action === 'conflict');
    expect(leftOut.map(({ action, platform }) => [action, platform]).sort()).toEqual([
      ['blocked', 'linux/arm64'],
      ['conflict', 'linux/amd64'],
      ['conflict', 'linux/arm64'],
    ]);
    const files = entriesOf(readFileSync(nothing.out));
    const layers = leftOut.flatMap(({ digest }) => layersOf(files.get(blobPath(digest))));
    expect(layers).toHaveLength(3);
    expect(layers.filter((layer) => !files.has(blobPath(layer)))).toEqual([]);
    expect(nothing.blobs).toBe(3);
    expect(nothing.since).toMatchObject([{ kind: 'inventory' }]);
  });
});
