// Where an audit finds charts: folders that are not named, repositories that do not list, shared ones, folders on disk.
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChartMuseum } from '../../../core/chart-repo/chartmuseum.js';
import { createOciCharts } from '../../../core/chart-repo/oci.js';
import type { Audit, TargetSpec } from '../../../core/contract.js';
import { createRegistryTarget } from '../../../core/registry/registry-target.js';
import { createTransport } from '../../../core/registry/http/transport.js';
import type { ChartTarget } from '../../../core/ports/chart-target.js';
import { findingsOfAudit } from '../../support/audit-findings.js';
import { publishedChart } from '../../support/chart-archive.js';
import { startChartMuseum, type Museum, type MuseumSettings } from '../../support/chartmuseum.js';
import { makeBundle, makeImage, makePackage, tinyBundle } from '../../support/packages.js';
import { startRegistry, type RegistryOptions, type RunningRegistry } from '../../support/registries.js';
import { openBench, packagePath, SEED, type Bench } from '../../support/seed.js';
import { pushImages, tinyImage } from '../../support/tiny-image.js';
import { startTokenServer } from '../../support/token-server.js';

const never = { signal: new AbortController().signal };
const closing: (() => Promise<void>)[] = [];
let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await bench.close();
});

async function registryWith(options: Partial<RegistryOptions> = {}): Promise<RunningRegistry> {
  const registry = await startRegistry({ version: 3, ...options });
  closing.push(() => registry.stop());
  return registry;
}

async function museumWith(settings: MuseumSettings): Promise<Museum> {
  const museum = await startChartMuseum(settings);
  closing.push(() => museum.close());
  return museum;
}

async function audit(target: TargetSpec, engine = bench.engine): Promise<Audit> {
  const answer = await engine.audit({ target }, never);
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return answer.value;
}

const placesOf = ({ charts }: Audit) => charts.map((chart) => `${chart.repo}/${chart.name} ${chart.version}`);

/** A registry with one image for both architectures, under `org/app:1`. */
async function withImage(registry: RunningRegistry): Promise<void> {
  const target = createRegistryTarget({ url: registry.url, retryPauses: [] });
  closing.push(() => target.close());
  await pushImages(target, 'org/app', '1', [tinyImage('amd64', 'a'), tinyImage('arm64', 'b')], never);
}

async function publishApp(charts: ChartTarget, host: string, name = 'app'): Promise<void> {
  const files = {
    'values.yaml': `image: {registry: "${host}", repository: org/app, tag: "1"}\n`,
    '.relok8s-images.yaml': '- "{{ .image.registry }}/{{ .image.repository }}:{{ .image.tag }}"\n',
  };
  await charts.putChart(publishedChart({ name, version: '1.0.0', files }), never);
}

function museumCharts(museum: Museum, folder: string): ChartTarget {
  const transport = createTransport({ origin: 'chart-repo', allowedHosts: [new URL(museum.url).host] });
  closing.push(() => transport.close());
  return createChartMuseum({ url: `${museum.url}/${folder}`, transport });
}

describe('charts in a ChartMuseum with a place for each folder', () => {
  it('are found in the usual folders, and in others that are named', async () => {
    const registry = await registryWith();
    const museum = await museumWith({ depth: 1 });
    const target = { registry: registry.url, charts: [{ url: `${museum.url}/{repo}` }] };
    await withImage(registry);
    await publishApp(museumCharts(museum, 'addon'), registry.host);
    await publishApp(museumCharts(museum, 'extra'), registry.host, 'other');
    expect(placesOf(await audit(target))).toEqual(['addon/app 1.0.0']);
    const named = { ...target, charts: [...target.charts, { folder: 'extra', url: `${museum.url}/extra` }] };
    expect(placesOf(await audit(named))).toEqual(['addon/app 1.0.0', 'extra/other 1.0.0']);
  });

  it('are found in other folders as soon as a journal knows them', async () => {
    const registry = await registryWith();
    const museum = await museumWith({ depth: 1 });
    const target = { registry: registry.url, charts: [{ url: `${museum.url}/{repo}` }] };
    const file = join(bench.directory, 'addon-offline-full-package-v1.0.0-amd64.tar.gz');
    const bundle = makeBundle(tinyBundle('gear', [makeImage('ghcr.io/gear/app:1.0.0', 'amd64')]));
    await writeFile(file, makePackage([{ path: 'tools/gear_1.0.0.bundle.tar', body: bundle }]));
    const report = await bench.import({ packages: [file], target });
    expect(report.charts.map((chart) => [chart.repo, chart.action])).toEqual([['tools', 'publish']]);
    expect(placesOf(await audit(target))).toEqual(['tools/gear 1.0.0']);
    const stranger = await openBench();
    closing.push(() => stranger.close());
    const unknowing = await audit(target, stranger.engine);
    expect(unknowing.problems.map(({ code }) => code)).toEqual(['audit.folders-unknown']);
  });

  it('that are not found make the audit fail with a hint which folders to name', async () => {
    const registry = await registryWith();
    const museum = await museumWith({ depth: 1 });
    await publishApp(museumCharts(museum, 'extra'), registry.host);
    const audited = await audit({
      registry: registry.url,
      charts: [{ url: `${museum.url}/{repo}`, kind: 'chartmuseum' }],
    });
    expect(audited.ok).toBe(false);
    expect(audited.problems.map(({ code, params }) => [code, params])).toEqual([
      ['audit.folders-unknown', { url: `${museum.url}/{repo}` }],
    ]);
  });

  it('of the vendor are told apart by folder, also in one flat repository', async () => {
    const registry = await registryWith();
    const museum = await museumWith({});
    const target = { registry: registry.url, charts: [{ url: museum.url }] };
    for (const name of ['v0.11.0-amd64', 'v0.11.0-arm64'] as const) await bench.seed([name], target);
    const repos = new Set((await audit(target)).charts.map((chart) => chart.repo));
    expect(repos).toEqual(new Set(['addon', 'community']));
    const stranger = await openBench();
    closing.push(() => stranger.close());
    // without the journals of the import the folders are unknown, and the findings are the same
    const other = await audit(target, stranger.engine);
    expect(new Set(other.charts.map((chart) => chart.repo))).toEqual(new Set(['']));
    expect(findingsOfAudit(other)).toEqual(findingsOfAudit(await audit(target)));
  });
});

describe('charts in a registry', () => {
  it('are found in folders that nobody named, and images beside them are no charts', async () => {
    const registry = await registryWith();
    await withImage(registry);
    const target = createRegistryTarget({ url: registry.url, retryPauses: [] });
    closing.push(() => target.close());
    for (const folder of ['addon', 'team-charts']) {
      await publishApp(
        createOciCharts({ url: `oci://${registry.host}/${folder}`, registry: target }),
        registry.host,
      );
    }
    const audited = await audit({ registry: registry.url });
    expect(placesOf(audited)).toEqual(['addon/app 1.0.0', 'team-charts/app 1.0.0']);
    expect(audited).toMatchObject({ ok: true, platforms: ['linux/amd64', 'linux/arm64'] });
  });

  it('that does not list its catalog are taken from journals, and the audit says that this is not all', async () => {
    const tokens = await startTokenServer({
      accounts: { keeper: 'open' },
      rights: (_, name) => (name === 'catalog' ? [] : ['pull', 'push']),
    });
    closing.push(() => tokens.stop());
    const registry = await registryWith({ auth: 'token', tokenServer: tokens });
    const target: TargetSpec = {
      registry: registry.url,
      credentials: { username: 'keeper', password: 'open' },
      allowHosts: [new URL(tokens.realm).host],
    };
    await bench.seed(['v0.11.0-amd64'], target);
    const audited = await audit(target);
    const catalog = await fetch(`${registry.url}/v2/_catalog`);
    expect(catalog.status).toBe(401);
    expect(audited.charts.length).toBeGreaterThan(10);
    expect(new Set(audited.problems.map(({ code }) => code))).toEqual(new Set(['audit.not-listed']));
    expect(audited.charts.every((chart) => chart.images.every((image) => image.state === 'ok'))).toBe(true);
    expect(audited.ok).toBe(false);
  });
});

describe('charts on disk', () => {
  it('of a folder target are looked at with its images, wherever the folder went', async () => {
    const store = join(bench.directory, 'store');
    for (const name of SEED) await bench.seed([name], { store });
    const lines = [
      'bollard 0.2.0 ghcr.io/bollard/holder:0.2.0 one-platform linux/amd64',
      'ropewalk 0.7.3 docker.io/ropewalk/twister:stable-v0.7.0 one-platform linux/arm64',
      'winch-tools 0.1.0 ghcr.io/winch/tools:0.1.0 one-platform linux/arm64',
    ];
    expect(findingsOfAudit(await audit({ store }))).toEqual(lines);
    const stick = join(bench.directory, 'stick');
    await rename(store, stick);
    expect(findingsOfAudit(await audit({ store: stick }))).toEqual(lines);
  });

  it('in a folder for each folder of the package are found by their names', async () => {
    const registry = await registryWith();
    const charts = join(bench.directory, 'charts');
    const target = { registry: registry.url, charts: [{ url: `${charts}/{repo}` }] };
    await bench.import({ packages: [packagePath('v0.11.0-amd64')], target });
    await rename(join(charts, 'community'), join(charts, 'renamed'));
    const stranger = await openBench();
    closing.push(() => stranger.close());
    const repos = new Set((await audit(target, stranger.engine)).charts.map((chart) => chart.repo));
    expect(repos).toEqual(new Set(['addon', 'renamed']));
  });

  it('that do not exist give no charts and no problem', async () => {
    const store = join(bench.directory, 'empty');
    const audited = await audit({ store });
    expect(audited).toMatchObject({ ok: true, charts: [], platforms: [], problems: [] });
  });
});
