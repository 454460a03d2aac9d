// `targets` and `--target`: saved clusters, where their passwords lie, and what other commands make of them.
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestOf, session, type SessionSettings } from './cli-session.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-targets-'));
});
afterEach(() => rm(folder, { recursive: true }));

const state = () => ['--state-dir', join(folder, 'state')];

async function targets(words: readonly string[], settings: SessionSettings = {}) {
  const { code, stdout, stderr } = await session(['targets', ...words, ...state(), '--json'], settings);
  const { targets: saved, problems } = JSON.parse(stdout) as {
    targets: readonly Record<string, unknown>[];
    problems: readonly { code: string }[];
  };
  return { code, stderr, saved, problems: problems.map((one) => one.code) };
}

/** A keychain program that keeps each password in a file named by its attributes; it logs its arguments. */
async function keychain(): Promise<SessionSettings> {
  const program = join(folder, 'secret-tool');
  await writeFile(
    program,
    `#!${process.execPath}
const { appendFileSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const [action, ...words] = process.argv.slice(2);
appendFileSync('${folder}/arguments', process.argv.slice(2).join(' ') + '\\n');
if (action === 'store') words.shift();
const file = '${folder}/kept-' + words.join(' ').replaceAll(/[^a-z0-9]/g, '_');
if (action === 'store') writeFileSync(file, readFileSync(0));
if (action === 'clear') rmSync(file, { force: true });
if (action === 'lookup') process.stdout.write(readFileSync(file));
`,
  );
  await chmod(program, 0o755);
  return { env: { PATH: `${folder}:/usr/bin:/bin` } };
}

/** Every byte that Archbridge has written, and the arguments that the keychain's program got. */
async function everythingWritten(): Promise<string> {
  const files = await readdir(join(folder, 'state'), { recursive: true, withFileTypes: true });
  const written = files.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const texts = await Promise.all(
    [...written, join(folder, 'arguments')].map((file) => readFile(file, 'utf8')),
  );
  return texts.join('');
}

const REGISTRY = ['--registry', 'https://harbor.local'];

describe('a saved target', () => {
  it('keeps mirrored names, the conversion to OCI and a proxy', async () => {
    const words = ['--naming', 'mirror', '--convert-to-oci', '--use-proxy', 'http://proxy:3128'];
    expect((await targets(['add', 'site', ...REGISTRY, ...words])).code).toBe(0);
    const { target } = await requestOf(['import', 'a', '--target', 'site', ...state()]);
    expect(target).toMatchObject({
      naming: { mirror: true },
      convertToOci: true,
      proxy: { url: 'http://proxy:3128' },
    });
  });

  it('keeps no login of a proxy', async () => {
    const env = { HTTPS_PROXY: 'http://porter:pr0xy@proxy:3128', NO_PROXY: 'a.local' };
    const { code, stderr } = await targets(['add', 'site', ...REGISTRY, '--use-proxy'], { env });
    expect(code).toBe(0);
    expect(stderr).toContain('--use-proxy');
    const { target } = await requestOf(['import', 'a', '--target', 'site', ...state()]);
    expect(target.proxy).toEqual({ url: 'http://proxy:3128/', except: ['a.local'] });
    const again = await requestOf(['import', 'a', '--target', 'site', '--use-proxy', ...state()], { env });
    expect(again.target.proxy?.url).toBe('http://porter:pr0xy@proxy:3128');
    expect(await readFile(join(folder, 'state', 'targets.json'), 'utf8')).not.toMatch(/porter|pr0xy/);
  });

  it('has a password of its own for each chart repository that has an account', async () => {
    const settings = await keychain();
    const accounts = [
      { folder: 'addon', url: 'https://a.local', username: 'ann' },
      { folder: 'community', url: 'https://c.local', username: 'cy' },
    ];
    await targets(['add', 'site', ...REGISTRY, '--charts', 'addon=https://a.local'], settings);
    const file = join(folder, 'state', 'targets.json');
    const saved = JSON.parse(await readFile(file, 'utf8')) as { targets: { spec: { charts: unknown } }[] };
    for (const one of saved.targets) one.spec.charts = accounts;
    await writeFile(file, JSON.stringify(saved));
    for (const { url, username } of accounts) {
      const attributes = `application archbridge origin ${url} username ${username}\n`;
      await writeFile(
        join(folder, `kept-${attributes.replaceAll(/[^a-z0-9\n]/g, '_')}`.trimEnd()),
        `of ${username}`,
      );
    }
    const { target } = await requestOf(['import', 'a', '--target', 'site', ...state()], settings);
    expect(target.charts?.map(({ credentials }) => credentials)).toEqual(
      accounts.map(({ username }) => ({ username, password: `of ${username}` })),
    );
  });

  it('is listed with all that it is, used by name, and removed', async () => {
    const words = ['--charts', 'addon=https://charts.local/a', '--charts', 'community=oci://harbor.local/c'];
    const more = ['--naming', 'mirror', '--allow-host', 'token.local', '--ca-file', '/ca.pem'];
    const added = await targets([
      'add',
      'site-1',
      ...REGISTRY,
      ...words,
      ...more,
      '--node-platforms',
      'linux/amd64',
    ]);
    const spec = {
      registry: 'https://harbor.local',
      charts: [
        { folder: 'addon', url: 'https://charts.local/a' },
        { folder: 'community', url: 'oci://harbor.local/c' },
      ],
      naming: { mirror: true },
      allowHosts: ['token.local'],
      tls: { caFiles: ['/ca.pem'] },
    };
    const login = { username: null, chartsUsername: null };
    const expected = { name: 'site-1', ...spec, ...login, platforms: ['linux/amd64'], default: false };
    expect(added).toMatchObject({ code: 0, saved: [expected], problems: [] });
    expect((await targets(['list'])).saved).toEqual([expected]);
    const request = await requestOf(['import', 'a.tar.gz', '--target', 'site-1', ...state()]);
    expect(request.target).toEqual(spec);
    expect(request.requirePlatforms).toEqual(['linux/amd64']);
    const text = (await session(['targets', 'list', ...state()])).stdout;
    expect(text).toMatch(/^site-1\n {2}images +https:\/\/harbor\.local\n {2}charts +addon=https/);
    expect((await targets(['remove', 'site-1'])).saved).toEqual([]);
    expect((await session(['targets', 'list', ...state()])).stdout).toBe('No target is saved.\n');
  });

  it('is used where none is named, once it is the default; a folder of its own otherwise', async () => {
    await targets(['add', 'one', ...REGISTRY, '--default']);
    await targets(['add', 'two', '--store', 'two', '--default']);
    expect((await targets(['list'])).saved.map((one) => [one['name'], one['default']])).toEqual([
      ['one', false],
      ['two', true],
    ]);
    expect((await requestOf(['import', 'a', ...state()])).target).toEqual({ store: resolve('two') });
    await targets(['remove', 'two']);
    expect((await requestOf(['import', 'a', ...state()])).target).toEqual({
      store: resolve('archbridge-store'),
    });
  });

  it('that is saved again under its name replaces itself; two clusters may share a registry', async () => {
    await targets(['add', 'one', ...REGISTRY]);
    await targets(['add', 'two', ...REGISTRY, '--node-platforms', 'linux/arm64']);
    const { saved } = await targets(['add', 'one', ...REGISTRY, '--no-charts']);
    expect(saved.map((one) => [one['name'], one['noCharts'], one['platforms']])).toEqual([
      ['two', undefined, ['linux/arm64']],
      ['one', true, []],
    ]);
    const { target } = await requestOf(['import', 'a', '--target', 'two', ...state()]);
    expect(target).toEqual({ registry: 'https://harbor.local' });
  });

  it('may have what the command line adds, and is no second target beside another', async () => {
    await targets(['add', 'one', ...REGISTRY]);
    const added = await requestOf([
      'import',
      'a',
      '--target',
      'one',
      '--no-charts',
      '--allow-host',
      'x.local',
      ...state(),
    ]);
    expect(added.target).toEqual({
      registry: 'https://harbor.local',
      noCharts: true,
      allowHosts: ['x.local'],
    });
    const both = await session(['import', 'a', '--target', 'one', '--store', 's', ...state()]);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--target')]);
    const unknown = await session(['import', 'a', '--target', 'three', ...state()]);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/three[^]*Saved are: one/)]);
  });

  it('keeps what it trusts when the command line or the environment add to it', async () => {
    const env = { NODE_EXTRA_CA_CERTS: '/env.pem' };
    const words = ['--ca-file', '/own.pem', '--trust-fingerprint', 'aa', '--allow-host', 'one.local'];
    const { saved } = await targets(['add', 'one', ...REGISTRY, ...words], { env });
    expect(saved[0]?.['tls']).toEqual({ caFiles: ['/own.pem'], fingerprints: ['aa'] });
    const more = ['--allow-host', 'two.local', '--resolve', 'h:443:10.0.0.1'];
    const { target } = await requestOf(['import', 'a', '--target', 'one', ...more, ...state()], { env });
    expect(target).toMatchObject({
      allowHosts: ['one.local', 'two.local'],
      resolve: ['h:443:10.0.0.1'],
      tls: { caFiles: ['/own.pem', '/env.pem'], fingerprints: ['aa'] },
    });
  });

  it('is known to the history', async () => {
    await targets(['add', 'one', ...REGISTRY]);
    const locations = [];
    for (const name of ['one', 'harbor'])
      locations.push((await session(['runs', '--target', name, ...state()])).runRequests[0]?.location);
    expect(locations).toEqual(['https://harbor.local', 'harbor']);
  });
});

describe('the passwords of a saved target', () => {
  const login = {
    ARCHBRIDGE_USERNAME: 'robot',
    ARCHBRIDGE_PASSWORD: 'open-sesame',
    ARCHBRIDGE_CHARTS_USERNAME: 'charts',
    ARCHBRIDGE_CHARTS_PASSWORD: 'other-word',
  };
  const words = ['add', 'one', ...REGISTRY, '--charts', 'https://charts.local'];
  const credentials = { username: 'robot', password: 'open-sesame' };
  const chartCredentials = { username: 'charts', password: 'other-word' };

  it('lie in the keychain and in no file and no argument', async () => {
    const { env = {} } = await keychain();
    const added = await targets(words, { env: { ...env, ...login } });
    expect(added).toMatchObject({
      code: 0,
      stderr: '',
      saved: [{ username: 'robot', chartsUsername: 'charts' }],
    });
    const { target } = await requestOf(['import', 'a', '--target', 'one', ...state()], { env });
    expect(target).toMatchObject({ credentials, chartCredentials });
    expect(await everythingWritten()).not.toMatch(/open-sesame|other-word/);
    await targets(['remove', 'one'], { env });
    expect((await readdir(folder)).filter((name) => name.startsWith('kept-'))).toEqual([]);
  });

  it('are said not to be kept without a keychain, and asked for on a terminal without showing them', async () => {
    const env = { PATH: folder };
    const added = await targets(words, { env: { ...env, ...login } });
    expect(added.stderr).toContain('The password for https://harbor.local was not kept');
    expect(added.stderr).not.toContain('open-sesame');
    const hidden: boolean[] = [];
    const asked = await session(['import', 'a', '--target', 'one', ...state()], {
      env,
      isTty: { stdout: true, stderr: true, stdin: true },
      stdin: 'open-sesama\u007fe\n',
      hideInput: (isHidden) => hidden.push(isHidden),
    });
    expect(asked.imports[0]?.target.credentials).toEqual(credentials);
    expect(asked.stderr).toContain('Password of robot at https://harbor.local');
    expect(asked.stderr + asked.stdout).not.toContain('open-sesame');
    expect(hidden).toEqual([true, false, true, false]);
  });

  it('are not asked for where the environment has them, and not of a script', async () => {
    await targets(words, { env: { PATH: folder, ...login } });
    const given = await requestOf(['import', 'a', '--target', 'one', ...state()], {
      env: { PATH: folder, ...login },
    });
    expect(given.target).toMatchObject({ credentials, chartCredentials });
    const script = await requestOf(['import', 'a', '--target', 'one', ...state()], { env: { PATH: folder } });
    expect(script.target).toEqual({
      registry: 'https://harbor.local',
      charts: [{ url: 'https://charts.local' }],
    });
  });
});

describe('targets import', () => {
  async function file(name: string, text: string): Promise<string> {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  }
  const env = { PATH: '/nowhere' };

  it("reads the installer's and the charts-syncer's file", async () => {
    const cluster = await file(
      'clusterConfig.yaml',
      'apiVersion: provision.daocloud.io/v1alpha4\nkind: ClusterConfig\nspec:\n  imagesAndCharts:\n    type: external\n' +
        '    externalImageRepo: https://reg.local\n    externalImageRepoUsername: u\n    externalImageRepoPassword: secret-1\n',
    );
    const syncer = await file(
      'charts-syncer.yaml',
      'target:\n  containerRegistry: sync.local\n  repo: {kind: CHARTMUSEUM, url: "http://c.local"}\n',
    );
    await targets(['import', cluster, '--name', 'site', '--default'], { env });
    const { saved, stderr } = await targets(['import', syncer], { env });
    expect(saved.map(({ name, registry, username }) => [name, registry, username])).toEqual([
      ['site', 'https://reg.local', 'u'],
      ['sync.local', 'https://sync.local', null],
    ]);
    expect(stderr).not.toContain('secret-1');
  });

  it("reads docker's config.json: one target for each registry", async () => {
    const auth = Buffer.from('bob:pa:ss').toString('base64');
    const config = await file(
      'config.json',
      JSON.stringify({ auths: { 'a.local': { auth }, 'http://b.local/v1/': {} } }),
    );
    const { saved } = await targets(['import', config], { env });
    expect(saved.map(({ name, registry, username }) => [name, registry, username])).toEqual([
      ['a.local', 'https://a.local', 'bob'],
      ['b.local', 'http://b.local', null],
    ]);
    expect(await targets(['import', config, '--name', 'x'], { env })).toMatchObject({
      code: 2,
      problems: ['cli.several-in-file'],
    });
    const empty = await file('empty.json', '{"credsStore": "pass"}');
    expect(await targets(['import', empty], { env })).toMatchObject({
      code: 2,
      problems: ['cli.no-target-in-file'],
    });
  });

  it('and its siblings say what they need', async () => {
    for (const [words, code] of [
      [['forget', 'x'], 'cli.unknown-action'],
      [['add'], 'cli.action-operands'],
      [['list', 'x'], 'cli.action-operands'],
      [['add', 'x'], 'cli.option-needs'],
      [['remove', 'x'], 'config.target-unknown'],
    ] as const)
      expect(await targets(words)).toMatchObject({ code: 2, problems: [code] });
  });
});
