// Opening chart repositories over HTTP: what they are, and whether this account may publish.
import { afterEach, describe, expect, it } from 'vitest';
import { Patience } from '../../core/flow/patience.js';
import type { RetryPolicy } from '../../core/registry/http/retry.js';
import { openHttpCharts } from '../../core/target/http-charts.js';
import { publishedChart } from '../support/chart-archive.js';
import {
  startChartMuseum,
  type Museum,
  type MuseumFault,
  type MuseumSettings,
} from '../support/chartmuseum.js';
import { startJfrog } from '../support/jfrog-double.js';

const LOGIN = { username: 'u', password: 'p' };
const RETRIES = { pauses: [], onRetry: () => undefined, patience: new Patience(0) };
const OPTIONS = {
  allowHosts: [],
  network: { trust: () => Promise.reject(new Error('no TLS here')), resolve: new Map<string, string>() },
  onRequest: () => undefined,
  retries: RETRIES,
  probing: null,
  isKnown: false,
  publishes: true,
  signal: new AbortController().signal,
};

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function museum(settings: MuseumSettings = {}): Promise<Museum> {
  const started = await startChartMuseum(settings);
  open.push(started);
  return started;
}

async function opened(
  url: string,
  more: Partial<Omit<typeof OPTIONS, 'probing'>> & {
    probing?: RetryPolicy;
    credentials?: typeof LOGIN;
    patience?: Patience;
  } = {},
) {
  const { credentials, ...options } = more;
  const location = { kind: 'http' as const, url, ...(credentials ? { credentials } : {}) };
  const one = await openHttpCharts(location, { ...OPTIONS, ...options });
  open.push(one);
  return one.charts;
}

describe('a chart repository over HTTP', () => {
  it('that everybody may read is refused before anything is published, without a login and with a wrong one', async () => {
    const site = await museum({ basicAuth: LOGIN, anonymousGet: true });
    const { url, requests } = site;
    await expect(opened(url)).rejects.toMatchObject({
      code: 'chart-repo.read-only-anonymous',
      params: { url },
    });
    const wrong = { ...LOGIN, password: 'wrong' };
    await expect(opened(url, { credentials: wrong })).rejects.toMatchObject({
      code: 'chart-repo.read-only',
      params: { user: 'u' },
    });
    expect((await opened(url, { credentials: LOGIN })).kind).toBe('chartmuseum');
    expect(site.storage().files.size).toBe(0);
    expect(requests.filter((line) => line.startsWith('POST'))).toHaveLength(3);
  });

  it('is not asked about uploads by commands that only read', async () => {
    const { url, requests } = await museum({ basicAuth: LOGIN, anonymousGet: true });
    await opened(url, { publishes: false });
    expect(requests.filter((line) => !line.startsWith('GET'))).toEqual([]);
  });

  it('that goes away is waited for as long as the run may, and told when it is back', async () => {
    let isAway = false;
    const fault = (): MuseumFault | null => (isAway ? 'reset' : null);
    const site = await museum({ fault });
    const { url } = site;
    const told: string[] = [];
    const patience = new Patience(60_000, undefined, {
      onAway: ({ host }) => {
        told.push(`away ${host}`);
        isAway = false;
      },
      onBack: ({ host }) => told.push(`back ${host}`),
    });
    const charts = await opened(url, { patience });
    isAway = true;
    await charts.putChart(publishedChart({ name: 'quayside', version: '1.0.0' }), OPTIONS);
    expect([...site.storage().files.keys()]).toEqual(['quayside-1.0.0.tgz']);
    expect(told).toEqual([`away ${new URL(url).host}`, `back ${new URL(url).host}`]);
  });

  it('that goes away while it is opened is waited for where it has answered before, else not', async () => {
    let isAway = true;
    const { url } = await museum({ fault: () => (isAway ? 'reset' : null) });
    const listener = { onAway: () => (isAway = false), onBack: () => undefined };
    const patience = new Patience(60_000, undefined, listener);
    await expect(opened(url, { patience })).rejects.toMatchObject({ origin: 'chart-repo' });
    expect(isAway).toBe(true);
    const charts = await opened(url, { patience, isKnown: true, probing: RETRIES });
    expect(charts.kind).toBe('chartmuseum');
  });

  it('is an Artifactory where it answers as one', async () => {
    const jfrog = await startJfrog({ repository: 'charts', basicAuth: LOGIN });
    open.push(jfrog);
    const charts = await opened(`${jfrog.url}/charts`, { credentials: LOGIN });
    expect(charts.kind).toBe('jfrog');
    expect(await charts.mayPublish(OPTIONS)).toBeNull();
  });
});
