// Lists of charts in each kind of repository: all versions with their own names, and nothing that is no chart.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createChartMuseum } from '../../core/chart-repo/chartmuseum.js';
import { openFolderCharts } from '../../core/chart-repo/folder.js';
import { encodeChart } from '../../core/chart-repo/oci-manifest.js';
import { createOciCharts } from '../../core/chart-repo/oci.js';
import { createRegistryTarget } from '../../core/registry/registry-target.js';
import { createTransport } from '../../core/registry/http/transport.js';
import type { ChartTarget } from '../../core/ports/chart-target.js';
import { publishedChart } from '../support/chart-archive.js';
import { startChartMuseum } from '../support/chartmuseum.js';
import { ACCOUNT, startRegistry } from '../support/registries.js';
import { recorded, startReplay, type Answer } from '../support/replay.js';
import { scratchFolders } from '../support/scratch.js';
import { pushImages, tinyImage } from '../support/tiny-image.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const CHARTS = [
  { name: 'quayside', version: '10.2.0+738' },
  { name: 'quayside', version: '10.4.1+802' },
  { name: 'pilotboat', version: '90' },
  { name: 'sluice', version: 'v0.14.6' },
];

async function publish(charts: ChartTarget): Promise<void> {
  for (const chart of CHARTS) await charts.putChart(publishedChart(chart), options);
}

const sorted = (charts: readonly { name: string; version: string }[] | null) =>
  charts?.map(({ name, version }) => `${name} ${version}`).sort() ?? null;
const all = sorted(CHARTS);

describe('the charts of', () => {
  it('a folder, before and after they are in its index', async () => {
    const charts = await openFolderCharts(join(scratch(), 'charts'), options);
    closing.push(() => charts.close());
    expect(await charts.listCharts(options)).toEqual([]);
    await publish(charts);
    expect(sorted(await charts.listCharts(options))).toEqual(all);
    await charts.flush(options);
    await charts.putChart(
      publishedChart({ name: 'pilotboat', version: '90', fields: { icon: 'x' } }),
      options,
    );
    expect(sorted(await charts.listCharts(options))).toEqual(all);
  });

  it('a ChartMuseum, and of a tenant without any', async () => {
    const museum = await startChartMuseum({ depth: 1 });
    const transport = createTransport({ origin: 'chart-repo', allowedHosts: [new URL(museum.url).host] });
    closing.push(
      () => museum.close(),
      () => transport.close(),
    );
    const charts = createChartMuseum({ url: `${museum.url}/addon`, transport });
    await publish(charts);
    expect(sorted(await charts.listCharts(options))).toEqual(all);
    const empty = createChartMuseum({ url: `${museum.url}/community`, transport });
    expect(await empty.listCharts(options)).toEqual([]);
  });

  it.each([2, 3] as const)('an OCI registry (distribution %i), images beside them', async (version) => {
    const registry = await startRegistry({ version });
    const target = createRegistryTarget({ url: registry.url, retryPauses: [] });
    closing.push(
      () => registry.stop(),
      () => target.close(),
    );
    const charts = createOciCharts({ url: `oci://${registry.host}/addon`, registry: target });
    expect(await charts.listCharts(options)).toEqual([]);
    await publish(charts);
    const image = tinyImage('amd64', 'a');
    await pushImages(target, 'addon/web', '1.0', [image], options);
    await pushImages(target, 'addon/quayside', 'image', [image], options);
    await pushImages(target, 'addon/deep/er', '1.0', [image], options);
    await pushImages(target, 'addons/other', '1.0', [image], options);
    expect(sorted(await charts.listCharts(options))).toEqual(all);
  });

  it('an OCI registry that lists nothing for this account are not known', async () => {
    const registry = await startRegistry({ version: 3, auth: 'htpasswd' });
    const anonymous = createRegistryTarget({ url: registry.url, retryPauses: [] });
    const account = createRegistryTarget({ url: registry.url, credentials: ACCOUNT, retryPauses: [] });
    closing.push(
      () => registry.stop(),
      () => anonymous.close(),
      () => account.close(),
    );
    const url = `oci://${registry.host}/addon`;
    await publish(createOciCharts({ url, registry: account }));
    expect(await createOciCharts({ url, registry: anonymous }).listCharts(options)).toBeNull();
    expect(sorted(await createOciCharts({ url, registry: account }).listCharts(options))).toEqual(all);
  });

  it('a Harbor project, for a member who may not see the catalog', async () => {
    const charts = publishedChart({ name: 'quayside', version: '10.2.0+738' });
    const { manifest, blobs } = encodeChart(charts, {});
    const [config] = blobs;
    const page = (names: readonly string[]): Answer => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(names.map((name) => ({ name }))),
    });
    const many = Array.from({ length: 100 }, (_, i) => `addon/deep/r${String(i)}`);
    const harbor = await startReplay(({ path, headers }) => {
      if (path === '/v2/') {
        return headers.authorization ? { status: 200, body: '{}' } : recorded('harbor/04-v2-anonymous');
      }
      if (path.startsWith('/service/token')) return { status: 200, body: '{"token":"t"}' };
      if (path === '/v2/_catalog') return recorded('harbor/20-v2-catalog', 1);
      // the shape is the one of Harbor's own description of its API
      if (path === '/api/v2.0/projects/addon/repositories?page_size=100&page=1') return page(many);
      if (path === '/api/v2.0/projects/addon/repositories?page_size=100&page=2')
        return page(['addon/quayside']);
      if (path === '/v2/addon/quayside/tags/list') return { status: 200, body: '{"tags":["10.2.0_738"]}' };
      if (path === '/v2/addon/quayside/manifests/10.2.0_738') {
        const type = { 'content-type': manifest.mediaType };
        return { status: 200, headers: type, body: manifest.bytes.toString() };
      }
      if (path.startsWith('/v2/addon/quayside/blobs/')) return { status: 200, body: String(config?.bytes) };
      return undefined;
    });
    const target = createRegistryTarget({ url: harbor.url, credentials: ACCOUNT, retryPauses: [] });
    closing.push(
      () => harbor.stop(),
      () => target.close(),
    );
    const member = createOciCharts({ url: `oci://${harbor.host}/addon`, registry: target });
    expect(sorted(await member.listCharts(options))).toEqual(['quayside 10.2.0+738']);
  });

  it('a folder that is there and empty are none', async () => {
    const dir = join(scratch(), 'charts');
    mkdirSync(dir);
    const charts = await openFolderCharts(dir, options);
    closing.push(() => charts.close());
    expect(await charts.listCharts(options)).toEqual([]);
  });
});
