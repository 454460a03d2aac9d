// Charts in a Helm repository of JFrog Artifactory, against a double that was built from its documentation.
import { afterEach, describe, expect, it } from 'vitest';
import { createJfrogCharts } from '../../core/chart-repo/jfrog.js';
import { Patience } from '../../core/flow/patience.js';
import { createTransport } from '../../core/registry/http/transport.js';
import { publishedChart } from '../support/chart-archive.js';
import { startJfrog, type JfrogDouble, type JfrogSettings } from '../support/jfrog-double.js';

const options = { signal: new AbortController().signal };
const LOGIN = { username: 'u', password: 'p' };
const chart = publishedChart({ name: 'quayside', version: '10.2.0+738' });
const changed = publishedChart({ name: 'quayside', version: '10.2.0+738', files: { 'x.txt': 'x' } });
const FILE = 'quayside-10.2.0+738.tgz';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function site(settings: Partial<JfrogSettings> = {}, path = '/charts-local') {
  const jfrog = await startJfrog({ repository: 'charts-local', basicAuth: LOGIN, ...settings });
  const transport = createTransport({ origin: 'chart-repo', allowedHosts: [new URL(jfrog.url).host] });
  open.push(jfrog, transport);
  const retries = { pauses: [1, 1], onRetry: () => undefined, patience: new Patience(0) };
  const connecting = { url: jfrog.url + path, credentials: LOGIN, transport, retries };
  return { jfrog, target: createJfrogCharts(connecting), connecting };
}

function puts({ requests }: JfrogDouble): readonly string[] {
  return requests.filter((line) => line.startsWith('PUT'));
}

describe('a chart in an Artifactory', () => {
  it.each(['/charts-local', '/api/helm/charts-local'])(
    'is put, read back, replaced and listed at %s',
    async (path) => {
      const { jfrog, target } = await site({}, path);
      expect(await target.getChart('quayside', '10.2.0+738', options)).toBeNull();
      await target.putChart({ ...chart, provenance: Buffer.from('signed') }, options);
      expect(await target.getChart('quayside', '10.2.0+738', options)).toEqual({
        ...chart,
        provenance: Buffer.from('signed'),
      });
      await target.putChart(changed, options);
      expect(jfrog.files.get(FILE)).toEqual(changed.archive);
      expect(await target.listCharts(options)).toEqual([]);
      await target.flush(options);
      expect(await target.listCharts(options)).toEqual([{ name: 'quayside', version: '10.2.0+738' }]);
      expect(jfrog.requests.filter((line) => line.includes('reindex'))).toHaveLength(1);
    },
  );

  it('gets a new index only where something was written, and goes without where that is for administrators', async () => {
    const { jfrog, target } = await site({ refusesReindex: true });
    await target.flush(options);
    expect(jfrog.requests).toEqual([]);
    await target.putChart(chart, options);
    await target.flush(options);
    await target.flush(options);
    expect(jfrog.requests.filter((line) => line.includes('reindex'))).toHaveLength(1);
  });

  it('is removed with its signature; an absent one counts as removed', async () => {
    const { jfrog, target } = await site();
    await target.putChart({ ...chart, provenance: Buffer.from('signed') }, options);
    expect(await target.deleteChart('quayside', '10.2.0+738', options)).toBe(true);
    expect(await target.deleteChart('quayside', '10.2.0+738', options)).toBe(true);
    expect(jfrog.files.size).toBe(0);
  });

  it('stays where the account may deploy and not replace', async () => {
    const { jfrog, target } = await site({ isDeployOnly: true });
    await target.putChart(chart, options);
    await expect(target.putChart(changed, options)).rejects.toMatchObject({
      code: 'chart-repo.refuses-overwrite',
    });
    expect(jfrog.files.get(FILE)).toEqual(chart.archive);
  });

  it('is not mistaken for another one, nor for what a proxy or a broken upload left', async () => {
    const { jfrog, target } = await site();
    jfrog.files.set(FILE, chart.archive.subarray(0, 50));
    expect(await target.getChart('quayside', '10.2.0+738', options)).toBeNull();
    jfrog.files.set(FILE, publishedChart({ name: 'other', version: '1.0.0' }).archive);
    await expect(target.getChart('quayside', '10.2.0+738', options)).rejects.toMatchObject({
      code: 'chart-repo.place-taken',
    });
  });

  it('is sent again after a failure that passes; what the server says is in the message of one that stays', async () => {
    const faults = [502, 503];
    const { jfrog, target } = await site({
      fault: (line) => (line.startsWith('PUT') ? (faults.shift() ?? null) : null),
    });
    await target.putChart(chart, options);
    expect(puts(jfrog)).toHaveLength(3);
    const refused = await site({ fault: (line) => (line.startsWith('PUT') ? 400 : null) });
    await expect(refused.target.putChart(chart, options)).rejects.toMatchObject({
      code: 'chart-repo.refused',
      params: { detail: 'a fault' },
    });
    const full = await site({ fault: (line) => (line.startsWith('PUT') ? 507 : null) });
    await expect(full.target.putChart(chart, options)).rejects.toMatchObject({ code: 'chart-repo.no-space' });
  });

  it('needs the right password', async () => {
    const { connecting } = await site();
    const target = createJfrogCharts({ ...connecting, credentials: { username: 'u', password: 'wrong' } });
    await expect(target.getChart('quayside', '1.0.0', options)).rejects.toMatchObject({
      code: 'chart-repo.unauthorized',
    });
  });
});
