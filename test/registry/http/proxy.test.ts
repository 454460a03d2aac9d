// Reaching a target through an HTTP proxy: a tunnel for each host, on demand only.
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { hostAndPort } from '../../../core/registry/http/allowed-hosts.js';
import { goesThrough, type Proxy } from '../../../core/registry/http/proxy-tunnel.js';
import { createTransport } from '../../../core/registry/http/transport.js';
import { loadTrust } from '../../../core/registry/http/trust.js';
import { createAuthority } from '../../support/certificates.js';
import { freePort, startRegistry } from '../../support/registries.js';
import { startReplay } from '../../support/replay.js';

const never = { signal: new AbortController().signal };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A proxy that connects to any place, or refuses with a status; `asked` holds the places and logins. */
async function startProxy(status = 200) {
  const asked: { readonly place: string; readonly login: string | undefined }[] = [];
  const server: Server = createServer();
  server.on('connect', (request, client) => {
    const place = request.url ?? '';
    asked.push({ place, login: request.headers['proxy-authorization'] });
    if (status !== 200) return void client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const [host, port] = place.split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  endings.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: new URL(`http://user:p%40ss@127.0.0.1:${port}`), asked };
}

async function statusOf(url: string, proxy: Proxy, caFile?: string): Promise<number> {
  const trust = () => loadTrust(caFile === undefined ? {} : { caFiles: [caFile] }, never);
  const network = { trust, resolve: new Map<string, string>(), proxy };
  const transport = createTransport({
    origin: 'registry',
    allowedHosts: [hostAndPort(new URL(url))],
    network,
  });
  endings.push(() => transport.close());
  const response = await transport.send({ method: 'GET', url, ...never });
  await response.discard();
  return response.status;
}

describe('a proxy', () => {
  it('gets a tunnel to the host, with its own login', async () => {
    const proxy = await startProxy();
    const server = await startReplay(() => ({ status: 204 }));
    endings.push(() => server.stop());
    expect(await statusOf(`${server.url}/v2/`, { url: proxy.url, except: [] })).toBe(204);
    const login = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(proxy.asked).toEqual([{ place: server.host, login }]);
    expect(server.seen[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('sees TLS from outside only: the certificate of the host is checked behind it', async () => {
    const authority = await createAuthority();
    endings.push(() => authority.remove());
    const registry = await startRegistry({ version: 3, tls: await authority.issue('registry') });
    endings.push(() => registry.stop());
    const proxy = { url: (await startProxy()).url, except: [] };
    expect(await statusOf(`${registry.url}/v2/`, proxy, authority.certificate)).toBe(200);
    await expect(statusOf(`${registry.url}/v2/`, proxy)).rejects.toMatchObject({
      code: expect.stringMatching(/^registry\.tls-/) as string,
    });
  });

  it('is left out for the hosts that are excepted', async () => {
    const proxy = await startProxy();
    const server = await startReplay(() => ({ status: 204 }));
    endings.push(() => server.stop());
    expect(await statusOf(server.url, { url: proxy.url, except: ['127.0.0.1'] })).toBe(204);
    expect(proxy.asked).toEqual([]);
  });

  it.each([
    [407, 'registry.proxy-refused'],
    [0, 'registry.proxy-unreachable'],
  ])('that answers %i is told as %s, without its password', async (status, code) => {
    const url =
      status > 0 ? (await startProxy(status)).url : new URL(`http://u:p%40ss@127.0.0.1:${await freePort()}`);
    const failure: unknown = await statusOf('http://registry.invalid/v2/', { url, except: [] }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code });
    expect(String(failure)).not.toContain('ss@');
  });

  it.each([
    ['registry.example:443', ['registry.example'], false],
    ['registry.example:443', ['.example'], false],
    ['registry.example:443', ['*.example'], false],
    ['registry.example:443', ['example'], false],
    ['registry.example:443', ['registry.example:443'], false],
    ['registry.example:443', ['registry.example:80', 'other.example', 'gistry.example', ''], true],
    ['registry.example:443', ['*'], false],
  ])('is used for %s with the exceptions %j: %s', (host, except, isUsed) => {
    expect(goesThrough({ url: new URL('http://p'), except }, host)).toBe(isUsed);
  });
});
