// Packages that real tools made (test/fixtures/inputs) are imported like the add-on form of the same images.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportImage } from '../../core/contract.js';
import { makeBundle, makeChart, makePackage } from '../support/packages.js';
import { openBench, type Bench } from '../support/seed.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => {
  await bench.close();
});

function fixture(name: string): string {
  return join(PROJECT_ROOT, 'test/fixtures/inputs', name);
}

type Row = Pick<ReportImage, 'target' | 'platform' | 'config'> & { readonly after: string };

/** What an import into an empty folder leaves: a row for each tag and platform, and the charts. */
async function imported(store: string, path: string, imageName?: string) {
  const report = await bench.import({
    packages: [path],
    target: { store: join(bench.directory, store) },
    ...(imageName === undefined ? {} : { imageName }),
  });
  expect(report.result).toBe('done');
  const rows = report.images.map(({ target, platform, config, after }): Row => ({
    ...{ target, platform, config },
    after: after === null || after === 'unreadable' ? '' : after.digest,
  }));
  const plan = await bench.engine.plan(
    { packages: [path], target: { store: join(bench.directory, `${store}-planned`) } },
    { signal: new AbortController().signal },
  );
  return {
    notes: report.problems.map(({ code, params }) => `${code} ${String(params['chart'])}`),
    planned: plan.ok ? plan.value.problems.map(({ code }) => code) : [],
    rows: rows.sort((a, b) => (`${a.target} ${a.platform}` < `${b.target} ${b.platform}` ? -1 : 1)),
    charts: report.charts.map(({ name, version, action }) => `${name} ${version} ${action}`),
  };
}

describe('what real tools write', () => {
  it('podman save of several images gives the same tags as a bundle with these images', async () => {
    const saved = await imported('saved', fixture('podman-save-multi.tar.gz'));
    const bundle = makeBundle({
      hints: '[]\n',
      chart: makeChart('tools'),
      images: gunzipSync(readFileSync(fixture('podman-save-multi.tar.gz'))),
    });
    const path = join(bench.directory, 'addon-v1.0.0-amd64.tar.gz');
    writeFileSync(path, makePackage([{ path: 'addon/tools_1.0.0.bundle.tar', body: bundle }]));
    const addOn = await imported('addon', path);
    expect(saved.rows).toEqual(addOn.rows);
    expect(addOn.notes).toEqual([]);
    expect(saved.rows.map(({ target }) => target)).toEqual([
      'ghcr.io/tools/alpha:1.0-amd64',
      'ghcr.io/tools/beta:1.0-amd64',
    ]);
  });

  it('a pushed manifest list, an OCI archive and the storage of a registry hold the same images', async () => {
    const pushed = await imported('pushed', fixture('buildah-manifest-push.tar.gz'));
    const archive = await imported('archive', fixture('podman-save-oci.tar.gz'));
    const storage = await imported('storage', fixture('registry-storage.tar.gz'));
    const alpha = storage.rows.filter(({ target }) => target === 'ghcr.io/tools/alpha:1.0');
    expect(alpha.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(alpha).toEqual(pushed.rows);
    expect(archive.rows.map(({ platform, config }) => [platform, config])).toEqual([
      [alpha[1]?.platform, alpha[1]?.config],
    ]);
    expect(storage.rows).toHaveLength(4);
    expect(storage.charts).toEqual(['alpha 1.0.0 publish']);
    expect(storage.notes).toContain('plan.chart-without-hints alpha');
    expect(storage.planned).toContain('plan.chart-without-hints');
  });

  it('a layout of umoci gives tags alone, so --image-name names its images', async () => {
    const { rows } = await imported('umoci', fixture('umoci-layout.tar.gz'), 'tools/umoci');
    expect(rows.map(({ target, platform }) => `${target} ${platform}`)).toEqual([
      'docker.io/tools/umoci:one linux/arm64',
      'docker.io/tools/umoci:two linux/arm64',
    ]);
  });
});
