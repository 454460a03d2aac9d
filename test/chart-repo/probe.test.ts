// Recognising kinds of chart repositories by their answers; charts in the ChartMuseum inside an old Harbor.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createChartMuseum } from '../../core/chart-repo/chartmuseum.js';
import { probeChartRepository } from '../../core/chart-repo/probe.js';
import { createTransport } from '../../core/registry/http/transport.js';
import type { Transport } from '../../core/registry/http/transport-types.js';
import { publishedChart } from '../support/chart-archive.js';
import { MuseumStorage, readUpload } from '../support/chartmuseum-storage.js';
import { formParts } from '../support/form-parts.js';

const options = { signal: new AbortController().signal };
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(
  answer: (path: string, request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ url: string; transport: Transport }> {
  const server = createServer((request, response) => answer(request.url ?? '', request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const transport = createTransport({ origin: 'chart-repo', allowedHosts: [`127.0.0.1:${port}`] });
  closing.push(() => transport.close());
  return { url: `http://127.0.0.1:${port}`, transport };
}

const INDEX = 'apiVersion: v1\nentries: {}\ngenerated: "2024-01-01T00:00:00Z"\n';
const html = (response: ServerResponse): void => {
  response
    .writeHead(200, { 'content-type': 'text/html' })
    .end('<!doctype html><html><title>Harbor</title></html>');
};
const notFound = (response: ServerResponse): void => {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
};

describe('probeChartRepository', () => {
  it('knows a file server with an index', async () => {
    const { url, transport } = await serve((path, _, response) =>
      path === '/charts/index.yaml' ? response.end(INDEX) : notFound(response),
    );
    expect(await probeChartRepository(`${url}/charts`, transport, options)).toBe('static');
    await expect(probeChartRepository(url, transport, options)).rejects.toMatchObject({
      code: 'chart-repo.not-a-repository',
    });
  });

  it('does not recognise a portal that answers 200 everywhere', async () => {
    const { url, transport } = await serve((_path, _request, response) => html(response));
    for (const path of ['', '/chartrepo/library', '/artifactory/charts', '/a/b']) {
      const probe = probeChartRepository(url + path, transport, options);
      await expect(probe).rejects.toMatchObject({ code: 'chart-repo.not-a-repository' });
    }
  });

  it('knows a file server that answers 403 for what is not there', async () => {
    const { url, transport } = await serve((path, _, response) =>
      path === '/charts/index.yaml' ? response.end(INDEX) : response.writeHead(403).end(),
    );
    expect(await probeChartRepository(`${url}/charts`, transport, options)).toBe('static');
    const forbidden = probeChartRepository(url, transport, options);
    await expect(forbidden).rejects.toMatchObject({ code: 'chart-repo.forbidden' });
  });

  it('knows Artifactory', async () => {
    const { url, transport } = await serve((path, _, response) =>
      path === '/artifactory/api/system/ping' ? response.end('OK') : notFound(response),
    );
    expect(await probeChartRepository(`${url}/artifactory/charts`, transport, options)).toBe('jfrog');
  });

  it('throws for a server that is down', async () => {
    const { url, transport } = await serve((_path, request) => request.socket.destroy());
    await expect(probeChartRepository(url, transport, options)).rejects.toMatchObject({
      origin: 'chart-repo',
    });
  });
});

describe('Harbor with charts', () => {
  it('is known, and takes charts by form', async () => {
    const storage = new MuseumStorage({});
    const { url, transport } = await serve((path, request, response) => {
      void harbor(storage, path, request, response);
    });
    const location = `${url}/chartrepo/library`;
    expect(await probeChartRepository(location, transport, options)).toBe('harbor');
    const target = createChartMuseum({ url: location, transport, kind: 'harbor' });
    const chart = publishedChart({ name: 'quayside', version: '10.2.0+738' });
    expect(await target.getChart('quayside', '10.2.0+738', options)).toBeNull();
    await target.putChart(chart, options);
    expect(await target.getChart('quayside', '10.2.0+738', options)).toEqual(chart);
    const changed = publishedChart({ name: 'quayside', version: '10.2.0+738', files: { x: 'x' } });
    await target.putChart(changed, options);
    expect(await target.getChart('quayside', '10.2.0+738', options)).toEqual(changed);
  });
});

/** The routes of Harbor's API up to 2.7; overwriting is always allowed. */
async function harbor(
  storage: MuseumStorage,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const json = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  if (path === '/chartrepo/library/index.yaml') return void response.end(INDEX);
  const file = /^\/chartrepo\/library\/charts\/(.+)$/.exec(path)?.[1];
  if (file !== undefined) {
    const bytes = storage.files.get(decodeURIComponent(file));
    return bytes ? void response.end(bytes) : notFound(response);
  }
  if (path === '/api/chartrepo/library/charts' && request.method === 'POST') {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const form = formParts(Buffer.concat(chunks), request.headers['content-type'] ?? '');
    const bytes = form.get('chart') ?? Buffer.alloc(0);
    const upload = readUpload(bytes, undefined);
    storage.saveChart(upload.file, bytes, upload.entry);
    return json(201, { saved: true });
  }
  const name = /^\/api\/chartrepo\/library\/charts\/([^/]+)$/.exec(path)?.[1];
  const entries = storage.entries.filter((entry) => entry.name === name);
  if (name !== undefined && entries.length > 0) return json(200, entries);
  return json(404, { error: { code: 404, message: 'chart not found' } });
}
