// The HTTP transport: allowed hosts, redirects, failures of the network.
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import { toProblem } from '../../../core/errors.js';
import { createRegistryTarget } from '../../../core/registry/registry-target.js';
import { createTransport, type TransportOptions } from '../../../core/registry/http/transport.js';
import type { HttpRequest, HttpResponse, Transport } from '../../../core/registry/http/transport-types.js';
import { freePort } from '../../support/registries.js';
import { startReplay, type Replay, type Script } from '../../support/replay.js';
import { streamOf } from '../sample-image.js';

const never = new AbortController().signal;

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function serve(script: Script): Promise<Replay> {
  const server = await startReplay(script);
  endings.push(() => server.stop());
  return server;
}

function door(options: Partial<TransportOptions>): Transport {
  const transport = createTransport({ origin: 'registry', allowedHosts: [], ...options });
  endings.push(() => transport.close());
  return transport;
}

function get(transport: Transport, url: string, more: Partial<HttpRequest> = {}): Promise<HttpResponse> {
  return transport.send({ method: 'GET', url, signal: never, ...more });
}

describe('hosts', () => {
  it('contacts no host that is not in the list, by port', async () => {
    const server = await serve(() => ({ status: 200 }));
    for (const allowedHosts of [[], ['127.0.0.1'], ['127.0.0.1:1'], ['localhost']]) {
      await expect(get(door({ allowedHosts }), `${server.url}/x?secret=1`)).rejects.toMatchObject({
        code: 'registry.host-not-allowed',
        params: { host: server.host },
      });
    }
    expect(server.seen).toEqual([]);
    expect((await get(door({ allowedHosts: [server.host] }), server.url)).status).toBe(200);
  });

  it('takes a host alone as port 443, and the default ports of URLs', async () => {
    const transport = door({ allowedHosts: ['Reg.invalid', 'plain.invalid:80'] });
    const dns = { code: 'registry.unreachable-dns', retryable: true };
    await expect(get(transport, 'https://reg.invalid/')).rejects.toMatchObject(dns);
    await expect(get(transport, 'http://plain.invalid/')).rejects.toMatchObject(dns);
    await expect(get(transport, 'http://reg.invalid/')).rejects.toMatchObject({
      params: { host: 'reg.invalid:80' },
    });
    await expect(get(transport, 'ftp://reg.invalid:443/')).rejects.toMatchObject({
      code: 'registry.host-not-allowed',
    });
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])(
    'follows %i, and takes Authorization to no other origin',
    async (status) => {
      const storage = await serve(() => ({ status: 200, body: 'blob' }));
      const registry = await serve(({ path }) =>
        path === '/a'
          ? { status, headers: { location: '/b' } }
          : { status, headers: { location: `${storage.url}/signed?key=k` } },
      );
      const transport = door({ allowedHosts: [registry.host, storage.host] });
      const answer = await get(transport, `${registry.url}/a`, {
        headers: { Authorization: 'Basic c2VjcmV0', accept: 'z' },
      });
      expect((await answer.bytes(10)).toString()).toBe('blob');
      expect(answer.url).toBe(`${storage.url}/signed?key=k`);
      expect(registry.seen.map(({ headers }) => headers.authorization)).toEqual([
        'Basic c2VjcmV0',
        'Basic c2VjcmV0',
      ]);
      expect(storage.seen.map(({ headers }) => [headers.authorization, headers.accept])).toEqual([
        [undefined, 'z'],
      ]);
    },
  );

  it('does not send Authorization again after a redirect back to the first origin', async () => {
    const storage = await serve(() => ({ status: 307, headers: { location: `${registry.url}/back` } }));
    const registry: Replay = await serve(({ path }) =>
      path === '/back' ? { status: 200 } : { status: 307, headers: { location: storage.url } },
    );
    const transport = door({ allowedHosts: [registry.host, storage.host] });
    await get(transport, registry.url, { headers: { authorization: 'Basic c2VjcmV0' } });
    expect(registry.seen.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('refuses another host by name, without contacting it', async () => {
    const elsewhere = await serve(() => ({ status: 200 }));
    const registry = await serve(() => ({ status: 302, headers: { location: `${elsewhere.url}/x?sig=s` } }));
    const sent = get(door({ allowedHosts: [registry.host] }), registry.url);
    await expect(sent).rejects.toMatchObject({
      code: 'registry.host-not-allowed',
      params: { host: elsewhere.host },
    });
    const problem = toProblem(await sent.catch((error: unknown) => error));
    expect(problem.hint).toContain(`--allow-host ${elsewhere.host}`);
    expect(JSON.stringify(problem)).not.toContain('sig');
    expect(elsewhere.seen).toEqual([]);
  });

  it('says to write https:// where a front answers http with a redirect to it', async () => {
    const secure = 'https://127.0.0.1:8443';
    const front = await serve(({ path }) => ({ status: 308, headers: { location: `${secure}${path}` } }));
    for (const path of ['/v2/', '/v2/a/b/manifests/1']) {
      const error: unknown = await get(door({ allowedHosts: [front.host] }), `${front.url}${path}`).catch(
        (thrown: unknown) => thrown,
      );
      expect(toProblem(error)).toMatchObject({
        code: 'registry.needs-https',
        retryable: false,
        hint: `Write ${secure} as the address.`,
      });
    }
  });

  it('does not take storage on the same host for the registry with another scheme', async () => {
    const location = 'https://127.0.0.1:9000/bucket/blob?signature=s';
    const registry = await serve(() => ({ status: 307, headers: { location } }));
    const sent = get(door({ allowedHosts: [registry.host] }), `${registry.url}/v2/a/blobs/x`);
    await expect(sent).rejects.toMatchObject({ code: 'registry.host-not-allowed' });
  });

  it('ends a loop', async () => {
    const server = await serve(() => ({ status: 302, headers: { location: '/again' } }));
    await expect(get(door({ allowedHosts: [server.host] }), server.url)).rejects.toMatchObject({
      code: 'registry.too-many-redirects',
    });
    expect(server.seen.length).toBe(6);
  });

  it('sends bytes again after 307, but no stream, and nothing after 302', async () => {
    const server = await serve(({ path }) => ({
      status: Number(path.slice(1)) || 201,
      headers: { location: '/done' },
    }));
    const transport = door({ allowedHosts: [server.host] });
    const put = async (path: string, body: HttpRequest['body']): Promise<number> =>
      (await get(transport, `${server.url}${path}`, { method: 'PUT', ...(body ? { body } : {}) })).status;
    expect(await put('/307', Buffer.from('again'))).toBe(201);
    expect(server.seen.at(-1)?.body.toString()).toBe('again');
    expect(await put('/307', streamOf(Buffer.from('once')))).toBe(307);
    expect(await put('/302', Buffer.from('x'))).toBe(302);
  });
});

describe('failures', () => {
  it('says that nothing listens there', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    await expect(get(door({ allowedHosts: [host] }), `http://u:pass@${host}/v2/`)).rejects.toMatchObject({
      code: 'registry.unreachable',
      params: { host, reason: 'ECONNREFUSED' },
      retryable: true,
    });
  });

  it('says that the connection broke off, in the head and in the body', async () => {
    const server = await serve(({ path }) =>
      path === '/cut' ? { status: 200, headers: { 'content-length': '100' }, body: 'x' } : undefined,
    );
    const transport = door({ allowedHosts: [server.host], timeouts: { body: 200 } });
    const reset = { code: 'registry.unreachable-reset', retryable: true };
    await expect(get(transport, server.url)).rejects.toMatchObject(reset);
    const cut = await get(transport, `${server.url}/cut`);
    await expect(cut.bytes(1_000)).rejects.toMatchObject({
      code: /registry\.unreachable-(?:timeout|reset)/,
      retryable: true,
    });
  });

  it('ends after its timeouts', async () => {
    const server = await serve(() => new Promise(() => undefined));
    const transport = door({ allowedHosts: [server.host], timeouts: { headers: 100 } });
    await expect(get(transport, server.url)).rejects.toMatchObject({
      code: 'registry.unreachable-timeout',
      retryable: true,
    });
  });

  it('says that the other side speaks no HTTP', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('SSH-2.0-x\r\n');
      setTimeout(() => socket.destroy(), 200);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    endings.push(() => new Promise((resolve) => server.close(() => resolve())));
    const address = server.address();
    const host = `127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
    await expect(get(door({ allowedHosts: [host] }), `http://${host}/`)).rejects.toMatchObject({
      code: 'registry.unreachable-protocol',
      retryable: false,
    });
    await expect(get(door({ allowedHosts: [host] }), `https://${host}/`)).rejects.toMatchObject({
      code: 'registry.unreachable-protocol',
    });
  });

  it('throws the reason of a cancel unchanged', async () => {
    const server = await serve(() => new Promise(() => undefined));
    const controller = new AbortController();
    const sent = get(door({ allowedHosts: [server.host] }), server.url, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('refuses an answer above its limit', async () => {
    const server = await serve(() => ({ status: 200, body: 'x'.repeat(100) }));
    const transport = door({ allowedHosts: [server.host] });
    await expect((await get(transport, server.url)).bytes(99)).rejects.toMatchObject({
      code: 'registry.answer-too-large',
    });
    expect((await (await get(transport, server.url)).bytes(100)).length).toBe(100);
  });

  it('logs requests without query and password', async () => {
    const server = await serve(() => ({ status: 404 }));
    const lines: string[] = [];
    const transport = door({ allowedHosts: [server.host], onRequest: (line) => lines.push(line) });
    await get(transport, `http://u:pass@${server.host}/a?sig=s`);
    expect(lines).toEqual([`GET ${server.url}/a 404`]);
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });
});

describe('uploads', () => {
  it('go to no host that was not allowed', async () => {
    const storage = await serve(() => ({ status: 201 }));
    const registry = await serve(({ path }) =>
      path === '/v2/'
        ? { status: 200 }
        : { status: 202, headers: { location: `${storage.url}/upload?sig=s` } },
    );
    const target = createRegistryTarget({ url: registry.url, retryPauses: [] });
    endings.push(() => target.close());
    const x = Buffer.from('x');
    const options = { signal: never };
    await expect(target.putBlob('a/b', digestOf(x), 1, streamOf(x), options)).rejects.toMatchObject({
      code: 'registry.host-not-allowed',
      params: { host: storage.host },
    });
    expect(storage.seen).toEqual([]);
    const allowed = createRegistryTarget({ url: registry.url, retryPauses: [], allowHosts: [storage.host] });
    endings.push(() => allowed.close());
    await allowed.putBlob('a/b', digestOf(x), 1, streamOf(x), options);
    expect(storage.seen[0]?.path).toBe(`/upload?sig=s&digest=${digestOf(x)}`);
  });
});
