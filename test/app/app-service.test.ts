// The service behind the window over the real engine: a newcomer's import, one run at a time, and requests that are refused.
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { EXAMPLES, nextCall, openAppBench, runEvents, type AppBench } from '../support/app-bench.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

/** Bytes a second; slow enough that the test can act during the run. */
const SLOW = 60_000;

async function begun(app: AppBench, call: string): Promise<string> {
  await vi.waitFor(
    () => expect(runEvents(app.events, call).map(({ type }) => type)).toContain('run-started'),
    30_000,
  );
  const started = runEvents(app.events, call).find((event) => event.type === 'run-started');
  return started?.type === 'run-started' ? started.run : '';
}

describe('a run', () => {
  it('sends events from its beginning to its end, and can be asked for afterwards', async () => {
    const app = openAppBench(scratch());
    const inventory = await app.ask('inspect', { packages: EXAMPLES });
    expect(inventory.packages.map(({ arch }) => arch)).toEqual(['amd64', 'arm64']);
    const call = nextCall();
    const target = { store: join(app.folder, 'store') };
    const report = await app.ask('import', { packages: EXAMPLES, target }, call);
    expect(report.result).toBe('done');
    expect(existsSync(join(target.store, 'oci', 'index.json'))).toBe(true);
    const types = runEvents(app.events, call).map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(['run-started', 'pass-started', 'progress', 'image', 'chart']),
    );
    expect(app.events).toContainEqual({ type: 'run-ended', call, result: { ok: true, value: report } });

    const active = await app.ask('activeRun', null);
    expect(active).toMatchObject({ call, method: 'import', run: report.run, paused: false });
    expect(active?.result).toEqual({ ok: true, value: report });
    expect(active?.progress).toMatchObject({ done: 1, ended: 'done', target: target.store });
    expect(active?.progress.packages.map(({ name }) => active.progress.read[name]?.bytes)).toEqual(
      report.packages.map(({ bytes }) => bytes),
    );
    expect(active?.progress.images).toHaveLength(report.images.length);
    expect(active?.request).toEqual({ packages: EXAMPLES, target });

    expect((await app.ask('runs', {})).map(({ run }) => run)).toEqual([report.run]);
    expect(await app.ask('report', 'latest')).toEqual(report);
    const html = await app.ask('renderReport', { run: report.run, format: 'html', language: 'zh-CN' });
    expect(html).toMatch(/^<!doctype html>[^]*lang="zh-CN"/i);
  });

  it('writes a comparison, or the part of it that is shown, as a file', async () => {
    const app = openAppBench(scratch());
    const coverage = await app.ask('compare', {
      packages: EXAMPLES,
      target: { store: join(app.folder, 'store') },
    });
    const [image] = coverage.images;
    if (!image) throw new Error('no image');
    const shown = { ...coverage, images: [image], figures: null };
    const csv = await app.ask('renderCoverage', { coverage: shown, format: 'csv', language: 'en' });
    expect(csv.trimEnd().split('\r\n')).toHaveLength(1 + coverage.platforms.length);
    expect(csv).toContain(`\r\n${image.source},`);
    const html = await app.ask('renderCoverage', { coverage: shown, format: 'html', language: 'en' });
    expect(html).toContain(image.source);
    expect(html).not.toContain(coverage.images[1]?.source);
  });

  it('carries out the approved plan and no other', async () => {
    const app = openAppBench(scratch());
    const request = { packages: EXAMPLES, target: { store: join(app.folder, 'store') } };
    const plan = await app.ask('plan', request);
    const report = await app.ask('import', { ...request, plan });
    expect(report.result).toBe('done');
    expect(report.images.map(({ target, platform, action }) => [target, platform, action]).sort()).toEqual(
      plan.images.map(({ target, platform, action }) => [target, platform, action]).sort(),
    );
    const outdated = await app.ask('import', { ...request, plan });
    expect(outdated.result).toBe('failed');
    expect(outdated.totals.bytesSent).toBe(0);
  });

  it('is the only one; a second is refused and the first goes on', async () => {
    const app = openAppBench(scratch());
    const target = { store: join(app.folder, 'store') };
    const call = nextCall();
    const first = app.ask('import', { packages: EXAMPLES, target, limitRate: SLOW }, call);
    await begun(app, call);
    const second = { packages: EXAMPLES, target: { store: join(app.folder, 'other') } };
    expect(await app.refusal('import', second)).toMatchObject({ code: 'app.run-going-on' });
    expect(await app.refusal('undo', { runs: ['latest'], target })).toMatchObject({
      code: 'app.run-going-on',
    });
    expect(await app.ask('activeRun', null)).toMatchObject({ call, result: null });
    expect((await first).result).toBe('done');
    expect((await app.ask('import', second)).result).toBe('done');
  });

  it('can be paused and resumed, and says so to a window that opens meanwhile', async () => {
    const app = openAppBench(scratch());
    const call = nextCall();
    const target = { store: join(app.folder, 'store') };
    const work = app.ask('import', { packages: EXAMPLES, target, limitRate: SLOW }, call);
    const run = await begun(app, call);
    expect(await app.ask('pause', run)).toBe(true);
    expect(await app.ask('activeRun', null)).toMatchObject({ run, paused: true });
    // Uploads that have begun are finished, then nothing more happens.
    await pause(500);
    const before = app.events.length;
    await pause(1_000);
    expect(app.events.slice(before).filter((event) => event.type === 'run-ended')).toEqual([]);
    expect(await app.ask('resume', run)).toBe(true);
    expect((await work).result).toBe('done');
    expect(runEvents(app.events, call).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['paused', 'resumed']),
    );
    expect(await app.ask('pause', run)).toBe(false);
  });

  it('is cancelled cleanly, and a second import brings the rest', async () => {
    const app = openAppBench(scratch());
    const call = nextCall();
    const request = { packages: EXAMPLES, target: { store: join(app.folder, 'store') } };
    const work = app.ask('import', { ...request, limitRate: SLOW }, call);
    await begun(app, call);
    app.service.cancel(call);
    expect((await work).result).toBe('cancelled');
    expect(app.service.isRunGoingOn).toBe(false);
    expect((await app.ask('import', request)).result).toBe('done');
  });

  it('is cancelled and waited for when the app ends', async () => {
    const app = openAppBench(scratch());
    const call = nextCall();
    const target = { store: join(app.folder, 'store') };
    const work = app.ask('import', { packages: EXAMPLES, target, limitRate: SLOW }, call);
    await begun(app, call);
    await app.service.close();
    expect((await work).result).toBe('cancelled');
    expect(await app.refusal('info', null)).toMatchObject({ code: 'app.bad-request' });
  });

  it('that could not begin has ended, too', async () => {
    const app = openAppBench(scratch());
    const target = { store: join(app.folder, 'store') };
    expect(await app.refusal('import', { packages: ['/no/such.tar'], target })).toMatchObject({
      code: 'package.not-found',
    });
    expect(app.service.isRunGoingOn).toBe(false);
    expect(app.events.at(-1)).toMatchObject({ type: 'run-ended', result: { ok: false } });
  });
});

describe('requests of a window', () => {
  it('are refused when they are not in the contract, without repeating their values', async () => {
    const app = openAppBench(scratch());
    const wrong: readonly (readonly [string, unknown])[] = [
      ['eval', 'process.exit()'],
      ['constructor', null],
      ['__proto__', null],
      ['toString', null],
      ['info', 'p4ssw0rd'],
      ['inspect', { packages: 'p4ssw0rd' }],
      ['inspect', { packages: ['a\0p4ssw0rd'] }],
      ['inspect', { packages: ['x'.repeat(30_000)] }],
      ['import', { packages: ['p4ssw0rd'] }],
      ['import', { packages: [], target: { store: 'p4ssw0rd' }, concurrency: 1e9 }],
      ['import', { packages: [], target: { store: 'x' }, plan: { schema: 'p4ssw0rd' } }],
      ['verify', { target: { store: 'x' }, pullAs: { username: 'u', password: 'p4ssw0rd' } }],
      ['setCredentials', { location: 'r', credentials: { username: '', password: 'p4ssw0rd' }, keep: false }],
      ['listFolder', ''],
    ];
    for (const [method, input] of wrong) {
      const problem = await app.refusal(method, input);
      expect([method, problem.code]).toEqual([method, 'app.bad-request']);
      expect(JSON.stringify(problem)).not.toContain('p4ssw0rd');
    }
  });

  it('may name no path outside of the roots, in any field that takes a path', async () => {
    const folder = scratch();
    const inside = join(folder, 'inside');
    const app = openAppBench(folder, {
      roots: { folders: [inside, join(folder, 'state')], withDrives: false },
    });
    const [outside, store] = [join(folder, 'outside'), { store: join(folder, 'state', 'store') }];
    const ways: readonly (readonly [string, unknown])[] = [
      ['inspect', { packages: [outside] }],
      ['inspect', { packages: [], sha512: outside }],
      ['plan', { packages: [outside], target: store }],
      ['compare', { packages: [outside] }],
      ['verify', { packages: [outside], target: store }],
      ['import', { packages: [], target: { store: outside } }],
      ['import', { packages: [], target: { registry: 'r.local', charts: [{ url: outside }] } }],
      ['import', { packages: [], target: { registry: 'r.local', charts: [{ url: '../outside' }] } }],
      ['check', { store: outside }],
      ['check', { registry: 'r.local', tls: { caFiles: [outside] } }],
      ['check', { registry: 'r.local', tls: { certFile: outside, keyFile: outside } }],
      ['audit', { target: { store: outside } }],
      ['undo', { runs: ['x'], target: { store: outside } }],
      ['planUndo', { runs: ['x'], target: { store: outside } }],
      ['runs', { target: { store: outside } }],
      ['readTargetFile', outside],
      ['listFolder', outside],
    ];
    for (const [method, input] of ways) {
      expect([method, (await app.refusal(method, input)).code]).toEqual([method, 'app.outside-roots']);
    }
    expect(await app.ask('check', store)).toMatchObject({ ok: true });
    // a part of a split package that is a link to a file elsewhere
    mkdirSync(inside);
    writeFileSync(join(inside, 'p.tar.gz.part-00'), 'x');
    writeFileSync(outside, 'x');
    symlinkSync(outside, join(inside, 'p.tar.gz.part-01'));
    const parts = { packages: [join(inside, 'p.tar.gz.part-00')] };
    expect((await app.refusal('inspect', parts)).code).toBe('app.outside-roots');
  });

  it('cannot use the id of a call that has not ended', async () => {
    const app = openAppBench(scratch());
    const [call, target] = [nextCall(), { store: join(app.folder, 'store') }];
    const work = app.ask('import', { packages: EXAMPLES, target, limitRate: SLOW }, call);
    await begun(app, call);
    expect(await app.refusal('info', null, call)).toMatchObject({ code: 'app.bad-request' });
    app.service.cancel(call);
    expect((await work).result).toBe('cancelled');
  });
});

describe('a target file', () => {
  const clusterConfig = `apiVersion: provision.daocloud.io/v1alpha4
kind: ClusterConfig
spec:
  imagesAndCharts:
    type: external
    externalImageRepo: https://registry.local
    externalImageRepoUsername: keeper
    externalImageRepoPassword: p4ssw0rd
    externalChartRepoType: chartmuseum
    externalChartRepo: http://charts.local:8081
    externalChartRepoUsername: carter
    externalChartRepoPassword: ch4rts
`;

  it('becomes a target without its passwords, which stay with the host', async () => {
    const folder = scratch();
    const app = openAppBench(folder);
    const path = join(folder, 'clusterConfig.yaml');
    writeFileSync(path, clusterConfig);
    const found = await app.ask('readTargetFile', path);
    expect(found).toMatchObject({
      kind: 'cluster-config',
      targets: [{ username: 'keeper', spec: { registry: 'https://registry.local' } }],
    });
    expect(JSON.stringify([found, app.events])).not.toMatch(/p4ssw0rd|ch4rts/);
  });

  it("may be docker's config.json with logins for several registries", async () => {
    const folder = scratch();
    const app = openAppBench(folder);
    const path = join(folder, 'config.json');
    const auth = Buffer.from('dora:d0cker').toString('base64');
    writeFileSync(path, JSON.stringify({ auths: { 'a.local': { auth }, 'https://b.local:5000/v2/': {} } }));
    const found = await app.ask('readTargetFile', path);
    expect(found).toMatchObject({
      kind: 'docker-config',
      targets: [
        { username: 'dora', spec: { registry: 'https://a.local' } },
        { username: '', spec: { registry: 'https://b.local:5000' } },
      ],
    });
    expect(JSON.stringify([found, app.events])).not.toContain('d0cker');
    writeFileSync(path, '{"auths": {}}');
    expect(await app.refusal('readTargetFile', path)).toMatchObject({
      origin: 'config',
      params: { file: path },
    });
  });

  it('may be one of charts-syncer, too; anything else is a problem that names the file', async () => {
    const folder = scratch();
    const app = openAppBench(folder);
    const [syncer, other] = [join(folder, 'syncer.yaml'), join(folder, 'other.yaml')];
    writeFileSync(
      syncer,
      'target:\n  containerRegistry: r.local\n  containers: {auth: {username: u, password: p4ss}}\n  repo: {kind: CHARTMUSEUM, url: "http://c.local"}\n',
    );
    writeFileSync(other, 'a: [1, 2\n');
    expect(await app.ask('readTargetFile', syncer)).toMatchObject({
      kind: 'syncer-config',
      targets: [{ username: 'u' }],
    });
    expect(await app.refusal('readTargetFile', other)).toMatchObject({
      origin: 'config',
      params: { file: other },
    });
    writeFileSync(other, ' '.repeat(1024 * 1024 + 1));
    expect(await app.refusal('readTargetFile', other)).toMatchObject({ code: 'app.target-file-too-large' });
  });
});

it('what the host is', async () => {
  const app = openAppBench(scratch());
  expect(await app.ask('info', null)).toMatchObject({
    version: '0.0.0',
    host: 'web',
    platform: process.platform,
    language: 'en',
    examples: EXAMPLES,
    stateDir: app.stateDir,
    keepsPasswords: false,
  });
  expect(await app.ask('chooseFiles', null)).toBeNull();
  expect(await app.ask('saveFile', { name: 'a.html', text: 'x' })).toBe(false);
});
