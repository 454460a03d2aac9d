// The two commands of the platform installer, with its configuration files.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { session } from './cli-session.js';

let folder: string;
let config: string;
let manifest: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-cli-'));
  config = join(folder, 'clusterConfig.yaml');
  manifest = join(folder, 'manifest.yaml');
  await writeFile(
    config,
    `apiVersion: provision.daocloud.io/v1alpha4
kind: ClusterConfig
spec:
  imagesAndCharts:
    type: external
    externalImageRepo: https://reg.local
    externalImageRepoUsername: u
    externalImageRepoPassword: p
    externalChartRepoType: chartmuseum
    externalChartRepo: https://charts.local
  addonPackage:
    path: /data/pkg.tar.gz
`,
  );
  await writeFile(manifest, 'apiVersion: manifest.daocloud.io/v1alpha1\nkind: DCEManifest\nglobal: {}\n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('import-addon', () => {
  it('imports the package into the target of the configuration', async () => {
    const { code, imports } = await session(['import-addon', '-c', config, '--addon-path=x.tar.gz', '-d']);
    expect(code).toBe(0);
    expect(imports[0]?.packages).toEqual(['x.tar.gz']);
    expect(imports[0]?.target.registry).toBe('https://reg.local');
    expect(imports[0]?.target.credentials).toEqual({ username: 'u', password: 'p' });
  });

  it('prefers the environment to the file, and accepts further options', async () => {
    const env = { ARCHBRIDGE_USERNAME: 'robot', ARCHBRIDGE_PASSWORD: 'pw-of-robot' };
    const words = ['import-addon', '-c', config, '--addon-path', 'x', '--no-charts'];
    const { imports } = await session(words, { env });
    expect(imports[0]?.target.credentials).toEqual({ username: 'robot', password: 'pw-of-robot' });
    expect(imports[0]?.target.noCharts).toBe(true);
  });

  it('takes the package of the configuration when none is named', async () => {
    const { imports } = await session(['import-addon', '-c', config]);
    expect(imports[0]?.packages).toEqual(['/data/pkg.tar.gz']);
  });

  it('needs a configuration, and one that can be read', async () => {
    expect((await session(['import-addon', '--addon-path=x'])).code).toBe(2);
    expect((await session(['import-addon', '-c', join(folder, 'none'), '--addon-path=x'])).code).toBe(2);
  });
});

describe('cluster-create', () => {
  it.each([['-j13'], ['-j', '13'], ['-j', '13,13'], ['-j13-13'], ['-dj13']])(
    'does step 13: %s %s',
    async (...step) => {
      const { code, imports } = await session([
        'cluster-create',
        '-c',
        config,
        '-m',
        manifest,
        ...step.filter(Boolean),
      ]);
      expect(code).toBe(0);
      expect(imports[0]?.packages).toEqual(['/data/pkg.tar.gz']);
    },
  );

  it.each([['-j', '11,12'], ['-j1-15'], ['-j', '12,13'], ['-j', '1-5,13']])(
    'refuses other steps: %s %s',
    async (...step) => {
      const words = ['cluster-create', '-c', config, '-m', manifest, ...step.filter(Boolean)];
      const { code, imports, stderr } = await session(words);
      expect([code, imports]).toEqual([2, []]);
      expect(stderr).toContain('Only step 13');
    },
  );

  it.each([
    ['-j', 'all'],
    ['-j', '15-1'],
    ['-j', ''],
  ])('refuses what is no list of steps: %s %j', async (...step) => {
    expect((await session(['cluster-create', '-c', config, '-m', manifest, ...step])).code).toBe(2);
  });

  it('refuses to do without the step, the configuration or the manifest', async () => {
    expect((await session(['cluster-create', '-c', config, '-m', manifest])).code).toBe(2);
    expect((await session(['cluster-create', '-c', config, '-j13'])).code).toBe(2);
    expect((await session(['cluster-create', '-m', manifest, '-j13'])).code).toBe(2);
    expect((await session(['cluster-create', '-c', config, '-m', join(folder, 'none'), '-j13'])).code).toBe(
      2,
    );
  });

  it('accepts options that have no effect here, and says so', async () => {
    const words = [
      'cluster-create',
      '-c',
      config,
      '-m',
      manifest,
      '-z',
      '-u',
      '--serial',
      '--multi-arch',
      '-j13',
      '-p',
    ];
    const { code, stderr } = await session(words);
    expect(code).toBe(0);
    expect(stderr).toContain('-p -z -u --serial --multi-arch');
  });
});
