// A ChartMuseum that fails for a moment: requests are repeated, and an upload only after a look at what it has left.
import { afterEach, describe, expect, it } from 'vitest';
import { createChartMuseum } from '../../core/chart-repo/chartmuseum.js';
import { probeChartRepository } from '../../core/chart-repo/probe.js';
import { AppError } from '../../core/errors.js';
import { Patience } from '../../core/flow/patience.js';
import type { ChartTarget } from '../../core/ports/chart-target.js';
import { createTransport } from '../../core/registry/http/transport.js';
import { publishedChart } from '../support/chart-archive.js';
import {
  startChartMuseum,
  type Museum,
  type MuseumFault,
  type MuseumSettings,
} from '../support/chartmuseum.js';

const options = { signal: new AbortController().signal };
const chart = publishedChart({ name: 'quayside', version: '10.2.0' });
const provenance = Buffer.from('name: quayside\nversion: 10.2.0\n');

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

interface Site {
  readonly museum: Museum;
  readonly target: ChartTarget;
  readonly retried: AppError[];
}

/** Each request that begins with a line has the faults behind it, one after the other. */
async function site(
  faults: Readonly<Record<string, MuseumFault[]>>,
  settings: MuseumSettings = {},
): Promise<Site> {
  const retried: AppError[] = [];
  const fault = (line: string) =>
    Object.entries(faults)
      .find(([start]) => line.startsWith(start))?.[1]
      .shift() ?? null;
  const museum = await startChartMuseum({ ...settings, fault });
  const transport = createTransport({ origin: 'chart-repo', allowedHosts: [new URL(museum.url).host] });
  const retries = {
    pauses: [1, 1, 1],
    onRetry: (error: AppError) => retried.push(error),
    patience: new Patience(0),
  };
  open.push(museum, transport);
  return { museum, target: createChartMuseum({ url: museum.url, transport, retries }), retried };
}

function uploads({ requests }: Museum): readonly string[] {
  return requests.filter((line) => line.startsWith('POST'));
}

describe('a chart repository that fails for a moment', () => {
  it.each<MuseumFault>(['reset', 500, 502, 503, 504, 429, 408])(
    'gets the chart all the same after %s',
    async (fault) => {
      const { museum, target, retried } = await site({ 'POST /api/charts': [fault, fault] });
      await target.putChart(chart, options);
      expect(museum.storage().files.get('quayside-10.2.0.tgz')).toEqual(chart.archive);
      expect(uploads(museum)).toEqual(Array(3).fill('POST /api/charts'));
      expect(retried).toHaveLength(2);
    },
  );

  it('does not send a chart again whose upload arrived and whose answer was lost', async () => {
    const { museum, target } = await site({ 'POST /api/charts': ['lost'] });
    await target.putChart(chart, options);
    expect(uploads(museum)).toEqual(['POST /api/charts']);
  });

  it.each<MuseumFault>(['reset', 502, 503])('answers questions and removals after %s', async (fault) => {
    const { museum, target } = await site({
      'GET /api/charts/quayside': [fault],
      'GET /charts/quayside': [fault],
      'GET /index.yaml': [fault],
      'DELETE /api/charts': [fault],
    });
    await target.putChart(chart, options);
    expect(await target.getChart('quayside', '10.2.0', options)).toEqual(chart);
    expect(await target.listCharts(options)).toEqual([{ name: 'quayside', version: '10.2.0' }]);
    expect(await target.deleteChart('quayside', '10.2.0', options)).toBe(true);
    expect(museum.storage().files.size).toBe(0);
  });

  it('removes a chart although the answer to the removal was lost', async () => {
    const { target } = await site({ 'DELETE /api/charts': ['lost'] });
    await target.putChart(chart, options);
    expect(await target.deleteChart('quayside', '10.2.0', options)).toBe(true);
  });

  it.each<MuseumFault>(['reset', 'lost', 502])('gets the signature all the same after %s', async (fault) => {
    const { museum, target } = await site({ 'POST /api/prov': [fault] });
    await target.putChart({ ...chart, provenance }, options);
    expect(museum.storage().files.get('quayside-10.2.0.tgz.prov')).toEqual(provenance);
    expect(museum.requests.filter((line) => line.includes('force'))).toEqual([]);
  });

  it('is given up after the last pause, with as many requests as there are pauses and one more', async () => {
    const { museum, target } = await site({ 'POST /api/charts': Array<MuseumFault>(99).fill(502) });
    await expect(target.putChart(chart, options)).rejects.toMatchObject({
      code: 'chart-repo.failed',
      retryable: true,
      params: { status: 502 },
    });
    expect(uploads(museum)).toHaveLength(4);
  });

  it('does not multiply the requests where the look after a failed upload fails, too', async () => {
    const { museum, target } = await site({
      'POST /api/charts': Array<MuseumFault>(99).fill('reset'),
      'GET /api/charts/': Array<MuseumFault>(99).fill('reset'),
    });
    await expect(target.putChart(chart, options)).rejects.toMatchObject({
      code: 'registry.unreachable-reset',
    });
    expect(uploads(museum)).toHaveLength(1);
    expect(museum.requests.filter((line) => line.startsWith('GET /api/charts/'))).toHaveLength(4);
  });

  it('does not repeat what will not pass: too large, no space, a bad chart', async () => {
    for (const settings of [{ maxUploadSize: 10 }, { maxObjects: 0 }]) {
      const { museum, target, retried } = await site({}, settings);
      await expect(target.putChart(chart, options)).rejects.toBeInstanceOf(AppError);
      expect([uploads(museum).length, retried.length]).toEqual([1, 0]);
    }
  });

  it('is recognised in spite of it', async () => {
    const { museum } = await site({ 'GET /api/charts?limit=1': [503] });
    const transport = createTransport({ origin: 'chart-repo', allowedHosts: [new URL(museum.url).host] });
    open.push(transport);
    const retries = { pauses: [1], onRetry: () => undefined, patience: new Patience(0) };
    expect(await probeChartRepository(museum.url, transport, { retries, ...options })).toBe('chartmuseum');
  });
});
