// From the options of a command line to the request that the engine gets.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestOf, session } from './cli-session.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

describe('the target', () => {
  it('is ./archbridge-store when none is named', async () => {
    expect(await requestOf(['import', 'a.tar.gz', 'b.tar.gz'])).toEqual({
      packages: ['a.tar.gz', 'b.tar.gz'],
      target: { store: resolve('archbridge-store') },
    });
  });

  it('is a folder', async () => {
    expect((await requestOf(['import', '--store', 'dir', 'a'])).target).toEqual({ store: resolve('dir') });
  });

  it('is a registry with chart repositories', async () => {
    const words = [
      '--charts',
      'http://charts.local/{repo}',
      '--charts',
      'community=oci://r.local/x',
      '--charts=./charts',
    ];
    const request = await requestOf([
      'import',
      'a',
      '--registry',
      'r.local',
      ...words,
      '--charts-kind',
      'harbor',
    ]);
    expect(request.target).toEqual({
      registry: 'r.local',
      charts: [
        { url: 'http://charts.local/{repo}', kind: 'harbor' },
        { folder: 'community', url: 'oci://r.local/x' },
        { url: './charts' },
      ],
    });
    expect(request.packages).toEqual(['a']);
  });

  it('is chart repositories alone, or a folder with charts elsewhere', async () => {
    const charts = [{ url: 'oci://r.local/x' }];
    const alone = await requestOf(['import', 'a', '--charts', 'oci://r.local/x', '--no-images']);
    expect(alone.target).toEqual({ charts, noImages: true });
    const folder = await requestOf(['import', 'a', '--charts', 'oci://r.local/x', '--store', 's']);
    expect(folder.target).toEqual({ store: resolve('s'), charts });
  });

  it('keeps an equals sign of a URL', async () => {
    const { target } = await requestOf([
      'import',
      'a',
      '--registry',
      'r',
      '--charts',
      'http://c.local/x?a=b',
    ]);
    expect(target.charts).toEqual([{ url: 'http://c.local/x?a=b' }]);
  });

  it('leaves out charts or images', async () => {
    expect((await requestOf(['import', 'a', '--no-charts'])).target.noCharts).toBe(true);
    expect((await requestOf(['import', 'a', '--no-images'])).target.noImages).toBe(true);
    expect((await session(['import', 'a', '--no-images', '--no-charts'])).code).toBe(2);
  });

  it('takes the naming rules of charts-syncer, or mirror', async () => {
    const words = [
      '--container-prefix-registry',
      'r.local/p',
      '--container-repository',
      'x',
      '--append-origin-registry',
    ];
    expect((await requestOf(['import', 'a', ...words])).target.naming).toEqual({
      containerPrefixRegistry: 'r.local/p',
      containerRepository: 'x',
      appendOriginRegistry: true,
    });
    expect((await requestOf(['import', 'a', '--naming', 'mirror'])).target.naming).toEqual({ mirror: true });
    expect((await session(['import', 'a', '--naming', 'mirror', ...words])).code).toBe(2);
  });

  it.each([
    [['--store', 's', '--registry', 'r']],
    [['--registry', 'r', '-c', 'f']],
    [['--charts', 'http://c.local']],
    [['--charts', 'http://c.local', '-c', 'f', '--no-images']],
    [['--bootstrap', 'h']],
    [['--registry', 'r', '--charts', 'oci://r/x', '--charts-kind', 'harbor']],
    [['--registry', 'r', '--charts', 'http://c', '--charts-kind', 'nexus']],
  ])('refuses %j', async (words) => {
    const { code, imports } = await session(['import', 'a', ...words]);
    expect([code, imports]).toEqual([2, []]);
  });
});

describe('credentials', () => {
  it('come from the environment, for charts too', async () => {
    const env = {
      ARCHBRIDGE_USERNAME: 'u',
      ARCHBRIDGE_PASSWORD: 'p',
      ARCHBRIDGE_CHARTS_USERNAME: 'cu',
      ARCHBRIDGE_CHARTS_PASSWORD: 'cp',
    };
    const { target } = await requestOf(['import', 'a', '--registry', 'r'], { env });
    expect(target.credentials).toEqual({ username: 'u', password: 'p' });
    expect(target.chartCredentials).toEqual({ username: 'cu', password: 'cp' });
  });

  it('come from stdin without the line end, before the environment', async () => {
    const words = ['import', 'a', '--username', 'robot$x', '--password-stdin'];
    const { target } = await requestOf(words, { stdin: ' p w \r\n', env: { ARCHBRIDGE_PASSWORD: 'other' } });
    expect(target.credentials).toEqual({ username: 'robot$x', password: ' p w ' });
  });

  it('are refused when one of the two is missing', async () => {
    expect((await session(['import', 'a', '--username', 'u'])).code).toBe(2);
    expect((await session(['import', 'a'], { env: { ARCHBRIDGE_PASSWORD: 'p' } })).code).toBe(2);
  });

  it.each(['http://u:s3cret@r.local', 'u:s3cret@r.local', 'https://u:s3cret@r.local/path'])(
    'are refused in the URL %s and not repeated',
    async (url) => {
      const first = await session(['import', 'a', '--registry', url, '--json']);
      const second = await session(['import', 'a', '--registry', 'r', '--charts', url]);
      for (const { code, stdout, stderr } of [first, second]) {
        expect(code).toBe(2);
        expect(stdout + stderr).not.toContain('s3cret');
      }
    },
  );
});

describe('selection, policies and run', () => {
  it('get everything that was asked for', async () => {
    const list = await file('charts.txt', '\uFEFFaddon/a@1.0\n\n# not this\ncommunity/b  # this\r\n');
    const words = [
      '--only',
      'x',
      '--only',
      'y',
      '--skip',
      'z',
      '--image',
      '*/nginx:*',
      '--platform',
      'linux/amd64,linux/arm64',
    ];
    const policies = [
      '--on-change',
      'keep',
      '--on-chart-change',
      'replace',
      '--allow-mislabelled',
      '--accept-unproven',
    ];
    const more = [
      '--require-platforms',
      'linux/amd64,linux/arm64/v8',
      '--keep-chart',
      'k*',
      '--sha512',
      'f',
      '--reread',
      '--image-name',
      'docks.example/app:1',
    ];
    const run = [
      '--concurrency',
      '4',
      '--limit-rate',
      '20M',
      '--passes',
      '2',
      '--patience',
      '8h',
      '--allow-host',
      'auth.local:8443',
    ];
    const request = await requestOf([
      'import',
      'a',
      ...words,
      '--charts-file',
      list,
      ...policies,
      ...more,
      ...run,
    ]);
    expect(request).toEqual({
      packages: ['a'],
      target: { store: resolve('archbridge-store'), allowHosts: ['auth.local:8443'] },
      selection: {
        only: ['x', 'y', 'addon/a@1.0', 'community/b'],
        skip: ['z'],
        images: ['*/nginx:*'],
        platforms: ['linux/amd64', 'linux/arm64'],
      },
      onChange: 'keep',
      onChartChange: 'replace',
      keepCharts: ['k*'],
      allowMislabelled: true,
      acceptUnproven: true,
      requirePlatforms: ['linux/amd64', 'linux/arm64/v8'],
      sha512: 'f',
      reread: true,
      imageName: 'docks.example/app:1',
      concurrency: 4,
      limitRate: 20 * 1024 * 1024,
      passes: 2,
      patience: 28_800,
    });
  });

  it.each([
    ['800k', 800 * 1024],
    ['1.5G', 1.5 * 1024 ** 3],
    ['1000', 1000],
  ])('read the rate %s', async (text, bytes) => {
    expect((await requestOf(['import', 'a', '--limit-rate', text])).limitRate).toBe(bytes);
  });

  it.each([
    ['0', 0],
    ['90s', 90],
    ['45', 45],
    ['30m', 1_800],
    ['1d', 86_400],
  ])('read the time %s', async (text, seconds) => {
    expect((await requestOf(['import', 'a', '--patience', text])).patience).toBe(seconds);
  });

  it.each([
    ['--patience', 'long'],
    ['--patience', '-1'],
    ['--patience', '8d'],
    ['--limit-rate', 'fast'],
    ['--limit-rate', '0'],
    ['--concurrency', '0'],
    ['--concurrency', '-1'],
    ['--passes', '1.5'],
    ['--on-change', 'never'],
    ['--platform', 'arm64'],
    ['--require-platforms', 'linux'],
    ['--allow-host', 'http://x'],
    ['--use-proxy', 'x'],
    ['--use-proxy', 'http://user:secret@proxy:3128'],
    ['--charts-file', 'missing.txt'],
    ['--log-level', 'loud'],
    ['--lang', 'fr'],
    ['--only', ''],
  ])('refuse %s %s', async (option, value) => {
    const { code, imports } = await session(['import', 'a', option, value]);
    expect([code, imports]).toEqual([2, []]);
  });

  it('refuse an empty list of charts, which would mean all of them', async () => {
    expect((await session(['import', 'a', '--charts-file', await file('none', '# none\n')])).code).toBe(2);
  });
});

describe('a charts-syncer configuration', () => {
  const config = `source:
  intermediateBundlesPath: ./addon
target:
  containerPrefixRegistry: r.local
  repo: {kind: CHARTMUSEUM, url: "http://charts.local", auth: {username: u, password: p}}
charts:
  - {name: nginx, versions: ["1.0.0"]}
  - {name: redis, skipImages: true}
`;

  it('gives target and charts; single rules of the command line change its rules', async () => {
    const path = await file('syncer.yaml', config);
    const words = ['import', 'a', '--syncer-config', path, '--append-origin-registry', '--skip', 'x'];
    const { imports, stderr } = await session(words);
    const [request] = imports;
    expect(request?.target).toMatchObject({
      registry: 'https://r.local',
      naming: { containerPrefixRegistry: 'r.local', appendOriginRegistry: true },
      chartCredentials: { username: 'u', password: 'p' },
    });
    expect(request?.selection).toEqual({ only: ['nginx@1.0.0', 'redis'], skip: ['x'] });
    expect(stderr).toContain('skipImages of redis');
  });

  it('is replaced by charts and mirror naming of the command line', async () => {
    const path = await file('syncer.yaml', config);
    const words = ['import', 'a', '--syncer-config', path, '--only', 'y', '--naming', 'mirror'];
    const { selection, target } = await requestOf(words);
    expect(selection).toEqual({ only: ['y'] });
    expect(target.naming).toEqual({ mirror: true });
  });
});

describe('general options', () => {
  it('are understood at any place', async () => {
    for (const argv of [
      ['--state-dir', folder, 'import', 'a'],
      ['import', 'a', '--state-dir', folder],
      ['import', '--state-dir', folder, 'a'],
      ['runs', `--state-dir=${folder}`],
    ]) {
      expect((await session(argv)).deps.map(({ stateDir }) => stateDir)).toEqual([folder]);
    }
  });

  it('take the state folder from the environment', async () => {
    const { deps } = await session(['runs'], { env: { ARCHBRIDGE_STATE_DIR: folder } });
    expect(deps[0]?.stateDir).toBe(folder);
    expect(deps[0]?.version).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe('inspect', () => {
  it('passes on the packages and what belongs to reading', async () => {
    const reading = ['--sha512', 'f', '--reread', '--image-name', 'docks.example/app'];
    const { inspects } = await session(['inspect', 'a', 'b', ...reading]);
    const imageName = 'docks.example/app';
    expect(inspects).toEqual([{ packages: ['a', 'b'], sha512: 'f', reread: true, imageName }]);
    const without = await session(['inspect', 'a', '--no-programs']);
    expect(without.inspects).toEqual([{ packages: ['a'], programs: false }]);
  });
});
