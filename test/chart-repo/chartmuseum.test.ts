// Charts in a ChartMuseum, against the double that answers as recorded.
import { afterEach, describe, expect, it } from 'vitest';
import { createChartMuseum, type ChartMuseumOptions } from '../../core/chart-repo/chartmuseum.js';
import { probeChartRepository } from '../../core/chart-repo/probe.js';
import { createTransport } from '../../core/registry/http/transport.js';
import type { Transport } from '../../core/registry/http/transport-types.js';
import type { ChartTarget } from '../../core/ports/chart-target.js';
import { publishedChart } from '../support/chart-archive.js';
import { startChartMuseum, type Museum, type MuseumSettings } from '../support/chartmuseum.js';

const options = { signal: new AbortController().signal };
const chart = publishedChart({ name: 'quayside', version: '10.2.0+738' });
const changed = publishedChart({ name: 'quayside', version: '10.2.0+738', files: { 'x.txt': 'x' } });
const FILE = 'quayside-10.2.0+738.tgz';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(settings: MuseumSettings = {}): Promise<Museum> {
  const museum = await startChartMuseum(settings);
  open.push(museum);
  return museum;
}

function transportTo(url: string): Transport {
  const transport = createTransport({ origin: 'chart-repo', allowedHosts: [new URL(url).host] });
  open.push(transport);
  return transport;
}

function connect(museum: Museum, path = '', more: Partial<ChartMuseumOptions> = {}): ChartTarget {
  const target = createChartMuseum({ url: museum.url + path, transport: transportTo(museum.url), ...more });
  open.push(target);
  return target;
}

describe('a chart in a ChartMuseum', () => {
  it('is published, read back and not sent a second time', async () => {
    const museum = await start({ indexLagMs: 30 });
    const target = connect(museum);
    expect(await target.getChart('quayside', '10.2.0+738', options)).toBeNull();
    await target.putChart(chart, options);
    expect(await target.getChart('quayside', '10.2.0+738', options)).toEqual(chart);
    await target.putChart(chart, options);
    expect(museum.requests.filter((line) => line.includes('force'))).toEqual([]);
    expect(museum.requests.filter((line) => line.startsWith('HEAD'))).toEqual([]);
    expect(museum.requests).toContain('GET /api/charts/quayside/10.2.0%2B738');
  });

  it('is replaced, and in the index when the promise resolves', async () => {
    const museum = await start({ indexLagMs: 120 });
    const target = connect(museum);
    await target.putChart(chart, options);
    await target.putChart(changed, options);
    expect(museum.storage().entries[0]?.digest).toHaveLength(64);
    expect(await target.getChart('quayside', '10.2.0+738', options)).toEqual(changed);
    await connect(await start({ allowOverwrite: true })).putChart(changed, options);
  });

  it('is not mistaken for another version that the server offers', async () => {
    const museum = await start();
    const target = connect(museum);
    await target.putChart(publishedChart({ name: 'two', version: '1.0.0+1' }), options);
    await target.putChart(publishedChart({ name: 'two', version: '1.0.0+2' }), options);
    expect(await target.getChart('two', '1.0.0+3', options)).toBeNull();
    expect(await target.getChart('two', '1.0.0', options)).toBeNull();
    expect((await target.getChart('two', '1.0.0+2', options))?.version).toBe('1.0.0+2');
    for (const version of ['90', 'v0.14.6', '6.5.007', '2.3+1', '1.0.0-rc3']) {
      await target.putChart(publishedChart({ name: 'nsv', version }), options);
      expect((await target.getChart('nsv', version, options))?.version).toBe(version);
    }
  });

  it('replaces a cut file that an upload into a full storage has left', async () => {
    const museum = await start();
    museum.storage().files.set(FILE, chart.archive.subarray(0, 50));
    const target = connect(museum);
    expect(await target.getChart('quayside', '10.2.0+738', options)).toBeNull();
    await target.putChart(chart, options);
    expect(await target.getChart('quayside', '10.2.0+738', options)).toEqual(chart);

    const strict = await start({ disableForce: true });
    strict.storage().files.set(FILE, chart.archive.subarray(0, 50));
    const second = connect(strict);
    await second.putChart(chart, options);
    expect(await second.getChart('quayside', '10.2.0+738', options)).toEqual(chart);
  });

  it('is absent when its file is cut but in the index', async () => {
    const museum = await start();
    const target = connect(museum);
    await target.putChart(chart, options);
    museum.storage().files.set(FILE, chart.archive.subarray(0, 50));
    expect(await target.getChart('quayside', '10.2.0+738', options)).toBeNull();
  });

  it('leaves no cut file behind when the storage is full', async () => {
    const museum = await start({ capacity: 100 });
    const target = connect(museum);
    const put = target.putChart(chart, options);
    await expect(put).rejects.toMatchObject({
      code: 'chart-repo.no-space',
      params: { chart: 'quayside 10.2.0+738' },
    });
    expect(museum.storage().files.size).toBe(0);
  });

  it('has its signature beside it', async () => {
    const museum = await start();
    const target = connect(museum);
    const provenance = Buffer.from('name: quayside\nversion: 10.2.0+738\n');
    await target.putChart({ ...chart, provenance }, options);
    expect(await target.getChart('quayside', '10.2.0+738', options)).toEqual({ ...chart, provenance });
    const again = Buffer.from('name: quayside\nversion: 10.2.0+738\nanother: 1\n');
    await target.putChart({ ...changed, provenance: again }, options);
    expect((await target.getChart('quayside', '10.2.0+738', options))?.provenance).toEqual(again);
    const bad = target.putChart({ ...changed, provenance: Buffer.from('?') }, options);
    await expect(bad).rejects.toMatchObject({ params: { detail: 'invalid provenance file' } });
  });
});

describe('a ChartMuseum', () => {
  it('that forbids overwriting keeps its charts', async () => {
    const museum = await start({ disableForce: true });
    const target = connect(museum);
    await target.putChart(chart, options);
    await expect(target.putChart(changed, options)).rejects.toMatchObject({
      code: 'chart-repo.refuses-overwrite',
    });
    expect(await target.getChart('quayside', '10.2.0+738', options)).toEqual(chart);
    expect(museum.requests.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  });

  it.each<[string, MuseumSettings, string, string]>([
    ['tenant', { depth: 1 }, '/org', 'POST /api/org/charts'],
    ['two-part tenant', { depth: 2 }, '/org/team', 'POST /api/org/team/charts'],
    ['dynamic tenant', { depthDynamic: true }, '/a/b/c', 'POST /api/a/b/c/charts'],
    ['context path', { contextPath: 'cm' }, '/cm', 'POST /cm/api/charts'],
    ['context path and tenant', { contextPath: 'cm', depth: 1 }, '/cm/org/', 'POST /cm/api/org/charts'],
    ['API', { contextPath: 'cm', depth: 1 }, '/cm/api/org/charts', 'POST /cm/api/org/charts'],
    ['index', {}, '/index.yaml', 'POST /api/charts'],
  ])('is found by the URL of its %s', async (_, settings, path, request) => {
    const museum = await start(settings);
    const target = connect(museum, path);
    await target.putChart(chart, options);
    expect(await target.getChart('quayside', '10.2.0+738', options)).toEqual(chart);
    expect(museum.requests).toContain(request);
    expect(await probeChartRepository(museum.url + path, transportTo(museum.url), options)).toBe(
      'chartmuseum',
    );
  });

  it('with tenants is not a repository without one, though it answers 200', async () => {
    const museum = await start({ depth: 1 });
    const code = 'chart-repo.not-a-repository';
    await expect(connect(museum).getChart('a', '1', options)).rejects.toMatchObject({ code });
    const probe = probeChartRepository(museum.url, transportTo(museum.url), options);
    await expect(probe).rejects.toMatchObject({ code });
  });

  it('needs the right password, which is in no message', async () => {
    const museum = await start({ basicAuth: { username: 'u', password: 's3cret' } });
    for (const more of [{}, { credentials: { username: 'u', password: 'wr0ng' } }]) {
      const failure: unknown = await connect(museum, '', more)
        .putChart(chart, options)
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'chart-repo.unauthorized', origin: 'chart-repo' });
      expect(JSON.stringify(failure) + String(failure)).not.toMatch(/s3cret|wr0ng/);
    }
    await connect(museum, '', { credentials: { username: 'u', password: 's3cret' } }).putChart(
      chart,
      options,
    );
    expect(await probeChartRepository(museum.url, transportTo(museum.url), options)).toBe('chartmuseum');
  });

  it('has its reason for a refusal in the message', async () => {
    const big = publishedChart({ name: 'a', version: '1.0.0', files: { x: Buffer.from(randomText(9_000)) } });
    const tooLarge = connect(await start({ maxUploadSize: 500 })).putChart(big, options);
    await expect(tooLarge).rejects.toMatchObject({
      code: 'chart-repo.too-large',
      params: { size: big.archive.length },
    });
    const huge = publishedChart({
      name: 'a',
      version: '1.0.0',
      files: { x: Buffer.from(randomText(12_000_000)) },
    });
    const refusedEarly = connect(await start({ maxUploadSize: 2_000 })).putChart(huge, options);
    await expect(refusedEarly).rejects.toMatchObject({ code: 'chart-repo.too-large' });
    const full = connect(await start({ maxObjects: 1 })).putChart(chart, options);
    await expect(full).rejects.toMatchObject({
      code: 'chart-repo.no-space',
      params: { detail: 'repo has reached storage limit' },
    });
    const badVersion = connect(await start()).putChart(
      publishedChart({ name: 'a', version: '1.2.3.4' }),
      options,
    );
    await expect(badVersion).rejects.toMatchObject({ code: 'chart-repo.refused', params: { status: 400 } });
    const readOnly = connect(await start({ disableApi: true })).putChart(chart, options);
    await expect(readOnly).rejects.toMatchObject({ code: 'chart-repo.no-upload-api' });
  });

  it('that never lists the chart is an error', async () => {
    const museum = await start({ indexLagMs: 60_000 });
    await expect(connect(museum).putChart(chart, options)).rejects.toMatchObject({
      code: 'chart-repo.not-visible',
    });
  });

  it('is not waited for after a cancel', async () => {
    const museum = await start({ indexLagMs: 60_000 });
    const abort = new AbortController();
    const put = connect(museum).putChart(chart, { signal: abort.signal });
    setTimeout(() => abort.abort(), 300);
    await expect(put).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is never asked for a tenant or a chart outside of its storage', async () => {
    const museum = await start({ depth: 1 });
    const code = 'chart-repo.illegal-url';
    expect(() => connect(museum, '/..')).toThrow(expect.objectContaining({ code }));
    await expect(connect(museum, '/org').getChart('..', '..', options)).rejects.toMatchObject({
      code: 'chart-repo.illegal-name',
    });
    expect(museum.requests).toEqual([]);
  });

  it('that is not there is unreachable', async () => {
    const museum = await start();
    const target = connect(museum);
    await museum.close();
    await expect(target.getChart('a', '1', options)).rejects.toMatchObject({
      origin: 'chart-repo',
      retryable: true,
    });
  });
});

function randomText(length: number): string {
  let [text, state] = ['', 1];
  while (text.length < length) {
    state = (state * 48271) % 2147483647;
    text += state.toString(36);
  }
  return text;
}
