// What `check` tells of real registries, doubles from recordings, folders, and addresses where nothing answers.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createEngine } from '../../../core/engine.js';
import type { Check, TargetSpec } from '../../../core/contract.js';
import { createAuthority } from '../../support/certificates.js';
import { openAppBench } from '../../support/app-bench.js';
import { startChartMuseum } from '../../support/chartmuseum.js';
import { ACCOUNT, freePort, startRegistry } from '../../support/registries.js';
import { startReplay } from '../../support/replay.js';
import { scratchFolders } from '../../support/scratch.js';
import { startTokenServer } from '../../support/token-server.js';

const scratch = scratchFolders();
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function check(target: TargetSpec): Promise<Check> {
  const engine = createEngine({ stateDir: scratch(), version: '0.0.0', log: () => undefined });
  const answer = await engine.check(target, { signal: new AbortController().signal });
  if (!answer.ok) throw new Error(answer.problem.code);
  return answer.value;
}

async function registry(options: Omit<Parameters<typeof startRegistry>[0], 'version'> = {}) {
  const started = await startRegistry({ version: 3, ...options });
  open.push({ close: () => started.stop() });
  return started;
}

const codes = (found: Check): readonly string[] => found.problems.map(({ code }) => code);

describe('a registry', () => {
  it('that is open answers what it is, with its charts beside the images', async () => {
    const { url, host } = await registry();
    const found = await check({ registry: url });
    const skew = found.registry.clockSkewSeconds;
    expect(skew).toBeTypeOf('number');
    expect(found).toEqual({
      schema: 'archbridge.check/1',
      ok: true,
      registry: {
        url,
        reachable: true,
        product: 'distribution',
        auth: 'none',
        free: null,
        certificate: null,
        addresses: ['127.0.0.1'],
        credentials: null,
        version: null,
        mayPull: null,
        mayPush: true,
        mayDelete: null,
        mayCreateProjects: null,
        quota: null,
        clockSkewSeconds: skew,
        hosts: [],
        unanswered: [
          { question: 'version', by: 'administrator' },
          { question: 'mayPull', by: 'plan' },
          { question: 'mayDelete', by: 'administrator' },
          { question: 'quota', by: 'administrator' },
        ],
      },
      charts: [{ url: `oci://${host}/addon`, kind: 'oci', reachable: true, mayPublish: null }],
      problems: [],
    });
  });

  it('behind a private authority shows its certificate, trusted or not', async () => {
    const authority = await createAuthority();
    open.push({ close: () => authority.remove() });
    const server = await authority.issue('registry');
    const { url } = await registry({ tls: server });
    const certificate = {
      subject: 'registry',
      issuer: 'Test Authority',
      names: ['127.0.0.1', 'localhost'],
      fingerprint: server.fingerprint,
    };
    const unknown = await check({ registry: url });
    expect(unknown).toMatchObject({ ok: false, registry: { reachable: false, certificate } });
    expect(codes(unknown)).toEqual(['registry.tls-unknown-authority']);
    const trusted = await check({ registry: url, tls: { caFiles: [authority.certificate] } });
    expect(trusted).toMatchObject({ ok: true, registry: { reachable: true, certificate } });
    const absent = createEngine({ stateDir: scratch(), version: '0.0.0', log: () => undefined }).check(
      { registry: url, tls: { caFiles: ['/absent.pem'] } },
      { signal: new AbortController().signal },
    );
    expect(await absent).toMatchObject({ ok: false, problem: { code: 'config.tls-file-unreadable' } });
  });

  it('with a password takes the right one, and says what a wrong one or none is', async () => {
    const { url } = await registry({ auth: 'htpasswd' });
    const right = await check({ registry: url, credentials: ACCOUNT });
    expect(right).toMatchObject({ ok: true, registry: { auth: 'basic', reachable: true } });
    const wrong = await check({ registry: url, credentials: { ...ACCOUNT, password: 'p4ssw0rd' } });
    expect(wrong).toMatchObject({ ok: false, registry: { reachable: true, product: 'distribution' } });
    expect(codes(wrong)).toEqual(['registry.credentials-refused']);
    expect(JSON.stringify(wrong)).not.toContain('p4ssw0rd');
    expect(codes(await check({ registry: url }))).toEqual(['registry.credentials-needed']);
  });

  it('with tokens asks its token service, where that host is allowed', async () => {
    const tokenServer = await startTokenServer({ accounts: { keeper: 'open-sesame' } });
    open.push({ close: () => tokenServer.stop() });
    const { url } = await registry({ auth: 'token', tokenServer });
    const allowHosts = [new URL(tokenServer.realm).host];
    const target = { registry: url, credentials: ACCOUNT, noCharts: true };
    expect(await check({ ...target, allowHosts })).toMatchObject({ ok: true, registry: { auth: 'token' } });
    const alone = await check(target);
    expect(alone).toMatchObject({ ok: false, registry: { reachable: true, auth: 'token' } });
    expect(alone.problems[0]?.params).toMatchObject({ host: allowHosts[0] });
  });

  it('that is not there, or is something else, is not reachable', async () => {
    const nobody = await check({ registry: `http://127.0.0.1:${await freePort()}` });
    expect(nobody).toMatchObject({ ok: false, registry: { reachable: false, product: 'unknown' } });
    expect(nobody.charts).toMatchObject([{ reachable: false }]);
    expect(new Set(codes(nobody))).toEqual(new Set(['registry.unreachable']));
    const page = await startReplay(() => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<p>',
    }));
    open.push({ close: () => page.stop() });
    expect(codes(await check({ registry: page.url, noCharts: true }))).toEqual(['registry.not-a-registry']);
  });

  it('answers through the app with the password that was given for it', async () => {
    const { url } = await registry({ auth: 'htpasswd' });
    const app = openAppBench(scratch());
    expect((await app.ask('check', { registry: url })).ok).toBe(false);
    await app.ask('setCredentials', { location: url, credentials: ACCOUNT, keep: false });
    expect((await app.ask('check', { registry: url })).ok).toBe(true);
    await app.ask('setCredentials', { location: url, credentials: null, keep: false });
    expect((await app.ask('check', { registry: url })).ok).toBe(false);
  });
});

describe('chart repositories', () => {
  it('are told by kind; each stands for itself', async () => {
    const museum = await startChartMuseum();
    open.push(museum);
    const { url } = await registry();
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const folder = join(scratch(), 'charts');
    const found = await check({
      registry: url,
      charts: [
        { url: museum.url },
        { url: nobody },
        { url: folder },
        { url: `${nobody}/chartrepo/x`, kind: 'harbor' },
      ],
    });
    expect(found.charts).toEqual([
      { url: museum.url, kind: 'chartmuseum', reachable: true, mayPublish: true },
      { url: nobody, kind: 'unknown', reachable: false, mayPublish: null },
      { url: folder, kind: 'folder', reachable: true, mayPublish: null },
      { url: `${nobody}/chartrepo/x`, kind: 'harbor', reachable: false, mayPublish: null },
    ]);
    expect(codes(found)).toEqual(['registry.unreachable']);
    expect(found.problems[0]?.origin).toBe('chart-repo');
    expect(existsSync(folder)).toBe(false);
  });

  it('that break every connection are asked once, not again and again', async () => {
    let asked = 0;
    const server = createServer((socket) => {
      asked += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    const { port } = server.address() as AddressInfo;
    const found = await check({ noImages: true, charts: [{ url: `http://127.0.0.1:${String(port)}` }] });
    expect(found.charts).toMatchObject([{ reachable: false }]);
    expect(asked).toBe(1);
  });

  it('that everybody may read and only some may publish to say so', async () => {
    const museum = await startChartMuseum({
      basicAuth: { username: 'u', password: 'p' },
      anonymousGet: true,
    });
    open.push(museum);
    const found = await check({ noImages: true, charts: [{ url: museum.url }] });
    expect(found.charts).toEqual([
      { url: museum.url, kind: 'chartmuseum', reachable: true, mayPublish: false },
    ]);
    expect(codes(found)).toEqual(['chart-repo.read-only-anonymous']);
  });

  it('that want a password say so', async () => {
    const museum = await startChartMuseum({ basicAuth: { username: 'u', password: 'p' } });
    open.push(museum);
    const { url } = await registry();
    const target = { registry: url, charts: [{ url: museum.url }] };
    expect(codes(await check(target))).toEqual(['chart-repo.unauthorized']);
    expect(await check({ ...target, chartCredentials: { username: 'u', password: 'p' } })).toMatchObject({
      ok: true,
    });
  });
});

describe('a folder', () => {
  it('tells its room, whether it is there or not, and nothing is written', async () => {
    const store = join(scratch(), 'not/yet/there');
    const found = await check({ store });
    expect(found).toMatchObject({
      ok: true,
      registry: { url: store, reachable: true, product: 'folder', auth: 'none' },
      charts: [{ url: join(store, 'charts'), kind: 'folder', reachable: true }],
    });
    expect(found.registry.free).toBeGreaterThan(0);
    expect(existsSync(join(store, '..', '..'))).toBe(false);
  });

  it('that is no folder of Archbridge or cannot be written is one problem', async () => {
    const documents = scratch();
    writeFileSync(join(documents, 'letter.txt'), '');
    expect(codes(await check({ store: documents }))).toEqual(['folder.not-a-store']);
    expect(codes(await check({ store: join(documents, 'letter.txt') }))).toEqual(['disk.not-a-folder']);
    if (process.getuid?.() === 0) return;
    const locked = join(documents, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    expect(codes(await check({ store: locked }))).toEqual(['disk.not-writable']);
  });
});

it('a target that cannot be understood is refused before anything is asked', async () => {
  await expect(check({})).rejects.toThrow('config.no-target');
  await expect(check({ registry: 'http://u:p@r.local' })).rejects.toThrow('config.url-with-password');
});
