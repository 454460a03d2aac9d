// The web host against requests that do not come from the person who started it: other pages, other host names, other users.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkInterfaces, tmpdir } from 'node:os';
import { rawRequest, type RawAnswer } from '../support/raw-http.js';
import { serveForTest, type TestApp } from '../support/served-app.js';

let folder = '';
let app: TestApp;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'archbridge-web-'));
  writeFileSync(join(folder, 'secret.txt'), 'of the host');
  app = await serveForTest(folder, { roots: ['shown'] });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A request as the app's own page sends it, except for what the test changes. */
function send({ method = 'GET', path = '/', headers = {}, body = '' }: Sent = {}): Promise<RawAnswer> {
  const usual = { host: app.host, cookie: app.cookie, connection: 'close' };
  return rawRequest(app.port, `${method} ${path}`, { ...usual, ...headers }, body);
}

function upgrade(headers: Readonly<Record<string, string>>, path = '/socket'): Promise<RawAnswer> {
  const own = {
    origin: `http://${app.host}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const all = { host: app.host, cookie: app.cookie, ...own, ...headers };
  return rawRequest(
    app.port,
    `GET ${path}`,
    Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
  );
}

describe('the page', () => {
  it('is served to the person, with a policy that allows nothing from elsewhere', async () => {
    const { status, headers, body } = await send();
    expect(status).toBe(200);
    const policy = new Map(
      (headers['content-security-policy'] ?? '').split('; ').map((part) => {
        const [name = '', ...rest] = part.split(' ');
        return [name, rest.join(' ')];
      }),
    );
    const nonce = /content="([\w+/]{24})"/.exec(body)?.[1];
    expect(Object.fromEntries(policy)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': `'self' 'nonce-${nonce ?? ''}'`,
      'img-src': "'self' data:",
      'font-src': "'self'",
      'connect-src': `'self' ws://${app.host}`,
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(body).toContain(`<style nonce="${nonce ?? ''}">`);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('gets another nonce at each load', async () => {
    const nonces = await Promise.all(
      Array.from(
        { length: 20 },
        async () => /'nonce-([^']+)'/.exec((await send()).headers['content-security-policy'] ?? '')?.[1],
      ),
    );
    expect(new Set(nonces).size).toBe(20);
  });

  it('has its files, each with its type, and nothing else', async () => {
    const file = await send({ path: '/assets/a-1.js' });
    expect(file).toMatchObject({ status: 200, body: 'export const a = 1;\n' });
    expect(file.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    const ways = [
      '/secret.txt',
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/%2e%2e%2fsecret.txt',
      '/..%252fsecret.txt',
      '/..\\secret.txt',
      '/..%5csecret.txt',
      '/....//secret.txt',
      '//secret.txt',
      `/${folder}/secret.txt`,
      '/assets',
      '/assets/',
      '/assets/a-1.js/',
      '/assets/a-1.js%00.html',
      '/assets/a-1.js?x',
      '/index.html/..',
      '/state/app-settings.json',
      `http://${app.host}/assets/a-1.js`,
      '*',
    ];
    for (const path of ways) expect([path, (await send({ path })).status]).toEqual([path, 404]);
  });
});

describe('names', () => {
  it('of this computer are served with any port, as a tunnel uses them', async () => {
    for (const host of ['127.0.0.1:1', 'localhost', 'localhost:9999', 'LOCALHOST:80', '[::1]:8080']) {
      expect([host, (await send({ headers: { host } })).status]).toEqual([host, 200]);
    }
  });

  it('of others are refused, wherever their DNS entries point', async () => {
    const names = [
      'evil.example',
      `evil.example:${app.port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      'evil.example#127.0.0.1',
      '127.0.0.1:80:80',
      '127.0.0.1@evil.example',
      '127.0.0.2',
      '0.0.0.0',
      '[::ffff:127.0.0.1]',
      '2130706433',
      'localhost.',
      '',
    ];
    for (const host of names) {
      const { status, headers } = await send({ headers: { host } });
      expect([host, status]).toEqual([host, 421]);
      expect(headers).not.toHaveProperty('set-cookie');
    }
    const { search } = new URL(app.url);
    expect((await send({ path: `/${search}`, headers: { host: 'evil.example' } })).status).toBe(421);
    expect((await upgrade({ host: 'evil.example', origin: 'http://evil.example' })).status).toBe(421);
  });
});

describe('other pages', () => {
  it('are refused by their origin, on every request', async () => {
    const origins = [
      'http://evil.example',
      'https://evil.example',
      `https://${app.host}`,
      `http://${app.host}.evil.example`,
      `http://127.0.0.1:${app.port + 1}`,
      `http://localhost:${app.port}`,
      'null',
      'file://',
    ];
    for (const origin of origins) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
        expect([origin, method, (await send({ method, headers: { origin } })).status]).toEqual([
          origin,
          method,
          403,
        ]);
      }
      expect([origin, (await upgrade({ origin })).status]).toEqual([origin, 403]);
    }
  });

  it('cannot open a socket without an origin', async () => {
    expect((await upgrade({ origin: '' })).status).toBe(403);
  });

  it('through a tunnel are accepted when name and port agree', async () => {
    const host = 'localhost:4711';
    expect((await upgrade({ host, origin: `http://${host}` })).status).toBe(101);
    expect((await upgrade({ host, origin: 'http://localhost:4712' })).status).toBe(403);
  });
});

describe('without the token', () => {
  it('nobody gets anything: no page, no file, no socket', async () => {
    const name = app.cookie.split('=')[0] ?? '';
    for (const cookie of [
      '',
      'x=y',
      `${name}=`,
      `${name}=${'A'.repeat(43)}`,
      app.cookie.slice(0, -1),
      `x${app.cookie}`,
    ]) {
      expect((await send({ headers: { cookie } })).status).toBe(401);
      expect((await send({ path: '/assets/a-1.js', headers: { cookie } })).status).toBe(401);
      expect((await upgrade({ cookie })).status).toBe(401);
    }
  });

  it('and a wrong one is refused everywhere', async () => {
    const { searchParams } = new URL(app.url);
    const right = searchParams.get('token') ?? '';
    for (const token of ['', 'A'.repeat(43), right.slice(0, -1), `${right}A`, right.toLowerCase()]) {
      const { status, headers } = await send({ path: `/?token=${token}`, headers: { cookie: '' } });
      expect([token, status]).toEqual([token, 403]);
      expect(headers).not.toHaveProperty('set-cookie');
    }
    expect((await send({ path: `/assets/a-1.js?token=${right}`, headers: { cookie: '' } })).status).toBe(401);
  });

  it('with the right one a browser gets a cookie that no script can read and no other site can send, and an address without the token', async () => {
    const { pathname, search } = new URL(app.url);
    const { status, headers, body } = await send({ path: pathname + search, headers: { cookie: '' } });
    expect(status).toBe(200);
    expect(headers['set-cookie']).toMatch(/^archbridge-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(headers['set-cookie']).not.toContain(search.slice('?token='.length));
    expect(body).toContain("location.replace('/')");
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'nonce-/);
  });

  it('a ticket for starting a browser is valid once', async () => {
    const { pathname, search } = new URL(app.newUrl());
    const path = pathname + search;
    expect((await send({ path, headers: { cookie: '' } })).status).toBe(200);
    expect((await send({ path, headers: { cookie: '' } })).status).toBe(403);
  });
});

describe('requests other than GET and HEAD', () => {
  it('are refused, and their bodies too', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
      expect([method, (await send({ method, path: '/socket' })).status]).toEqual([method, 405]);
    }
    const body = Buffer.alloc(2 * 1024 * 1024, 'x');
    const length = String(body.length);
    expect((await send({ method: 'POST', headers: { 'content-length': length }, body })).status).toBe(405);
    expect((await send({ headers: { 'content-length': length }, body })).status).toBe(413);
    expect(
      (await send({ headers: { 'transfer-encoding': 'chunked' }, body: '5\r\nhello\r\n0\r\n\r\n' })).status,
    ).toBe(413);
    expect((await send({ headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(431);
  });

  it('HEAD has no body, a socket has its one path', async () => {
    expect(await send({ method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    expect((await upgrade({}, '/')).status).toBe(404);
    expect((await upgrade({}, '/socket/../socket')).status).toBe(404);
    expect((await upgrade({}, '/socket?x')).status).toBe(404);
    expect((await send({ path: '/socket' })).status).toBe(404);
  });
});

it('listens on this computer only', async () => {
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of others) {
    const socket = new WebSocket(`ws://${address}:${app.port}/socket`);
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  }
  expect(new URL(app.url).hostname).toBe('127.0.0.1');
});
