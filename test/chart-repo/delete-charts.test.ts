// Deleting charts in each kind of repository: one version and no other, in files and index.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createChartMuseum } from '../../core/chart-repo/chartmuseum.js';
import { openFolderCharts } from '../../core/chart-repo/folder.js';
import { changeChartIndex, type ChartIndexAddition } from '../../core/chart-repo/index-yaml.js';
import { createOciCharts } from '../../core/chart-repo/oci.js';
import { createRegistryTarget } from '../../core/registry/registry-target.js';
import { createTransport } from '../../core/registry/http/transport.js';
import type { ChartTarget } from '../../core/ports/chart-target.js';
import { publishedChart } from '../support/chart-archive.js';
import { startChartMuseum, type Museum, type MuseumSettings } from '../support/chartmuseum.js';
import { startRegistry } from '../support/registries.js';
import { allTags } from '../support/registry-reader.js';
import { scratchFolders } from '../support/scratch.js';
import { treeOf } from '../support/tree.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const one = publishedChart({ name: 'a', version: '1.0.0' }, Buffer.from('signed'));
const two = publishedChart({ name: 'a', version: '1.0.0+2' });
const other = publishedChart({ name: 'b', version: '1.0.0' });

async function museum(settings: MuseumSettings = {}): Promise<{ museum: Museum; charts: ChartTarget }> {
  const server = await startChartMuseum(settings);
  const transport = createTransport({ origin: 'chart-repo', allowedHosts: [new URL(server.url).host] });
  endings.push(
    () => server.close(),
    () => transport.close(),
  );
  return { museum: server, charts: createChartMuseum({ url: server.url, transport }) };
}

describe('a ChartMuseum', () => {
  it('deletes one version and its signature, also from the index when the promise resolves', async () => {
    const { museum: server, charts } = await museum({ indexLagMs: 80 });
    await charts.putChart({ ...one, provenance: null }, options);
    await charts.putChart(two, options);
    expect(await charts.deleteChart('a', '1.0.0', options)).toBe(true);
    expect(server.storage().entries.map(({ version }) => version)).toEqual(['1.0.0+2']);
    expect(await charts.getChart('a', '1.0.0', options)).toBeNull();
    expect(await charts.getChart('a', '1.0.0+2', options)).toEqual(two);
    expect(await charts.deleteChart('a', '1.0.0', options)).toBe(true);
  });

  it('without deletes returns false', async () => {
    const { charts } = await museum({ disableDelete: true });
    await charts.putChart(two, options);
    expect(await charts.deleteChart('a', '1.0.0+2', options)).toBe(false);
    expect(await charts.getChart('a', '1.0.0+2', options)).toEqual(two);
  });

  it('that goes on listing the chart is an error', async () => {
    const { museum: server, charts } = await museum();
    await charts.putChart(two, options);
    server.storage().remove = () => undefined;
    await expect(charts.deleteChart('a', '1.0.0+2', options)).rejects.toMatchObject({
      code: 'chart-repo.still-visible',
      retryable: true,
    });
  });
});

describe.each([2, 3] as const)('an OCI registry (distribution %i)', (version) => {
  it('deletes one version', async () => {
    const server = await startRegistry({ version });
    const registry = createRegistryTarget({ url: server.url, retryPauses: [], origin: 'chart-repo' });
    endings.push(
      () => server.stop(),
      () => registry.close(),
    );
    const charts = createOciCharts({ url: `oci://${server.host}/addon`, registry });
    await charts.putChart(one, options);
    await charts.putChart(two, options);
    expect(await charts.deleteChart('a', '1.0.0', options)).toBe(true);
    expect(await allTags(server.url)).toEqual({ 'addon/a': ['1.0.0_2'] });
    expect(await charts.getChart('a', '1.0.0', options)).toBeNull();
  });
});

describe('a folder', () => {
  it('deletes file, signature and entry, and has the bytes of a folder that never had them', async () => {
    const [dir, without] = [scratch(), scratch()];
    for (const [into, all] of [
      [dir, [one, two, other]],
      [without, [two, other]],
    ] as const) {
      const charts = await openFolderCharts(into, options);
      for (const chart of all) await charts.putChart(chart, options);
      await charts.close();
    }
    const charts = await openFolderCharts(dir, options);
    expect(await charts.deleteChart('a', '1.0.0', options)).toBe(true);
    expect(await charts.getChart('a', '1.0.0', options)).toBeNull();
    expect(await charts.listCharts(options)).toHaveLength(2);
    await charts.close();
    expect(await treeOf(dir)).toEqual(await treeOf(without));
  });

  it('keeps a chart that is published again before the deletion is written', async () => {
    const dir = scratch();
    const charts = await openFolderCharts(dir, options);
    await charts.putChart(one, options);
    await charts.flush(options);
    await charts.deleteChart('a', '1.0.0', options);
    await charts.putChart(one, options);
    await charts.close();
    const reader = await openFolderCharts(dir, options);
    expect(await reader.getChart('a', '1.0.0', options)).toEqual(one);
    expect(await reader.listCharts(options)).toHaveLength(1);
  });

  it('gets the former bytes of a foreign index back, when it lists the same again', async () => {
    const dir = scratch();
    const foreign =
      '# by hand\nentries:\n    b:\n        - {name: b, version: 1.0.0, urls: [b-1.0.0.tgz], created: 2024-01-01T00:00:00Z}\napiVersion: v1\ngenerated: 2024-05-06T07:08:09Z\n';
    writeFileSync(join(dir, 'index.yaml'), foreign);
    const charts = await openFolderCharts(dir, options);
    const former = await charts.names?.read(options);
    await charts.putChart(one, options);
    await charts.flush(options);
    await charts.names?.restore(former ?? null, options);
    expect(readFileSync(join(dir, 'index.yaml'), 'utf8')).toContain('1.0.0');
    expect(readFileSync(join(dir, 'index.yaml'), 'utf8')).not.toBe(foreign);
    await charts.deleteChart('a', '1.0.0', options);
    await charts.names?.restore(former ?? null, options);
    await charts.close();
    expect(readFileSync(join(dir, 'index.yaml'), 'utf8')).toBe(foreign);
    expect(readdirSync(dir)).toEqual(['index.yaml']);
  });

  it('has no index again where there was none', async () => {
    const dir = scratch();
    mkdirSync(join(dir, 'kept'));
    const charts = await openFolderCharts(dir, options);
    expect(await charts.names?.read(options)).toBeNull();
    await charts.putChart(one, options);
    await charts.names?.restore(null, options);
    expect(existsSync(join(dir, 'index.yaml'))).toBe(true);
    await charts.deleteChart('a', '1.0.0', options);
    await charts.names?.restore(null, options);
    await charts.close();
    expect(readdirSync(dir)).toEqual(['kept']);
  });
});

describe('an index', () => {
  const addition = (name: string, version: string, year: number): ChartIndexAddition => ({
    metadata: { name, version, fields: { name, version }, created: `${String(year)}-01-01T00:00:00Z` },
    digest: 'd'.repeat(64),
    url: `${name}-${version}.tgz`,
  });

  it('has its former bytes when an added chart is removed or a removed one is added again', () => {
    const chart = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      version: fc.constantFrom('1.0.0', '1.1.0', '2.0.0+3'),
      year: fc.integer({ min: 1990, max: 2030 }),
    });
    const charts = fc.uniqueArray(chart, {
      selector: ({ name, version }) => `${name} ${version}`,
      maxLength: 7,
    });
    fc.assert(
      fc.property(charts, charts, (before, run) => {
        const additions = (all: typeof before) =>
          all.map(({ name, version, year }) => addition(name, version, year));
        const first = changeChartIndex(null, [], additions(before), 'i');
        const second = changeChartIndex(first, [], additions(run), 'i');
        const isThere = (one: (typeof run)[number]) =>
          before.find(({ name, version }) => name === one.name && version === one.version);
        const gone = run.filter((one) => !isThere(one));
        const back = run.flatMap((one) => isThere(one) ?? []);
        expect(changeChartIndex(second, gone, additions(back), 'i')).toBe(first);
      }),
    );
  });

  it('keeps the time at which another program wrote it', () => {
    const foreign = changeChartIndex(null, [], [addition('a', '1.0.0', 2001)], 'i').replace(
      'generated: "2001',
      'generated: "2020',
    );
    const more = changeChartIndex(foreign, [], [addition('b', '1.0.0', 2010)], 'i');
    expect(changeChartIndex(more, [{ name: 'b', version: '1.0.0' }], [], 'i')).toBe(foreign);
  });
});
