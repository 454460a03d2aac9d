// The installer's clusterConfig.yaml in all its versions.
import { describe, expect, it } from 'vitest';
import { AppError, toProblem } from '../../core/errors.js';
import { parseClusterConfig } from '../../core/target/cluster-config.js';

const FILE = 'clusterConfig.yaml';

function config(spec: string, { version = 'v1alpha4', root = '' } = {}): string {
  const indented = spec.replace(/^(?=.)/gm, '  ');
  return `apiVersion: provision.daocloud.io/${version}\nkind: ClusterConfig\nmetadata:\nspec:\n${indented}\n${root}`;
}

function failure(text: string, options?: { readonly bootstrapHost?: string }): AppError {
  try {
    parseClusterConfig(text, FILE, options);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('no error');
}

const EXTERNAL = `imagesAndCharts:
  type: external
  externalImageRepo: https://reg.local
  externalImageRepoUsername: admin
  externalImageRepoPassword: Harbor12345
  externalChartRepoType: chartmuseum
  externalChartRepo: https://charts.local:8081
  externalChartRepoUsername: rootuser
  externalChartRepoPassword: rootpass
addonPackage:
  path: /data/pkg.tar.gz`;

describe('an external registry', () => {
  it.each(['v1alpha3', 'v1alpha4'])('in %s', (version) => {
    expect(parseClusterConfig(config(EXTERNAL, { version }), FILE)).toEqual({
      target: {
        registry: 'https://reg.local',
        charts: [{ url: 'https://charts.local:8081', kind: 'chartmuseum' }],
        credentials: { username: 'admin', password: 'Harbor12345' },
        chartCredentials: { username: 'rootuser', password: 'rootpass' },
      },
      packages: ['/data/pkg.tar.gz'],
      notes: [],
    });
  });

  it.each([
    ['', 'https://old.local'],
    ['\n  externalScheme: http', 'http://old.local'],
  ])('in v1alpha2%s', (scheme, registry) => {
    const text = config(
      `registry:\n  type: external\n  externalRegistry: old.local\n  externalRegistryUsername: u\n  externalRegistryPassword: 0123${scheme}`,
      { version: 'v1alpha2' },
    );
    const { target, notes } = parseClusterConfig(text, FILE);
    expect(target).toEqual({ registry, credentials: { username: 'u', password: '0123' } });
    expect(notes).toEqual([]);
  });

  it('with the older names of the chart login', () => {
    const text = config(
      `imagesAndCharts: {type: external, externalImageRepo: "http://r", externalChartRepo: "http://c", externalChartUsername: u, externalChartMuseumPassword: true}`,
    );
    expect(parseClusterConfig(text, FILE).target.chartCredentials).toEqual({
      username: 'u',
      password: 'true',
    });
  });

  it('with a ChartMuseum password alone, as a sample of the documentation has it', () => {
    const text = config(EXTERNAL.replace('  externalChartRepoUsername: rootuser\n', ''));
    const { target, notes } = parseClusterConfig(text, FILE);
    expect(target.chartCredentials).toEqual({ username: 'rootuser', password: 'rootpass' });
    expect(notes.map((note) => note.code)).toEqual(['config.assumed-user']);
  });

  it.each(['externalImageRepoUsername: admin', 'externalImageRepoPassword: Harbor12345'])(
    'needs both halves of a login, not without %s',
    (line) => {
      const error = failure(config(EXTERNAL.replace(`  ${line}\n`, '')));
      expect(error.code).toBe('config.incomplete-credentials');
      expect(JSON.stringify(toProblem(error))).not.toContain('Harbor12345');
    },
  );

  it('needs an address', () => {
    expect(failure(config('imagesAndCharts:\n  type: external')).params['key']).toBe(
      'spec.imagesAndCharts.externalImageRepo',
    );
  });

  it('knows three kinds of chart repositories', () => {
    for (const kind of ['harbor', 'jfrog']) {
      const text = config(EXTERNAL.replace('chartmuseum', kind));
      expect(parseClusterConfig(text, FILE).target.charts?.[0]?.kind).toBe(kind);
    }
    const error = failure(config(EXTERNAL.replace('chartmuseum', 'nexus')));
    expect(error).toMatchObject({ code: 'config.bad-value', params: { line: 10, column: 5 } });
  });
});

describe('the builtin registry', () => {
  const login = { username: 'rootuser', password: 'rootpass123' };

  it('lies on the bootstrap node', () => {
    const text = config('bootstrapNode: 10.6.1.1\nimagesAndCharts:\n  type: builtin');
    expect(parseClusterConfig(text, FILE).target).toEqual({
      registry: 'https://10.6.1.1',
      charts: [{ url: 'http://10.6.1.1:8081', kind: 'chartmuseum' }],
      credentials: login,
      chartCredentials: login,
    });
  });

  it.each(['bootstrapNode: auto\n', 'bootstrapNode:\n', ''])('needs --bootstrap with %j', (node) => {
    const text = config(`${node}imagesAndCharts:\n  type: builtin`);
    expect(failure(text).code).toBe('config.needs-bootstrap');
    const { target } = parseClusterConfig(text, FILE, { bootstrapHost: 'fd00::1' });
    expect(target.registry).toBe('https://[fd00::1]');
  });

  it.each(['bootstrap', 'tinderKind'])('has its ports in %s', (section) => {
    const text = config(
      `bootstrapNode: b.local\n${section}:\n  registryPort: 8443\n  chartmuseumPort: "9081"\nimagesAndCharts:\n  type: builtin`,
    );
    const { target } = parseClusterConfig(text, FILE);
    expect(target.registry).toBe('https://b.local:8443');
    expect(target.charts).toEqual([{ url: 'http://b.local:9081', kind: 'chartmuseum' }]);
  });

  it('may have a domain name that only the nodes resolve', () => {
    const text = config('registry:\n  type: built-in\n  builtinRegistryDomainName: builtin.local', {
      version: 'v1alpha2',
    });
    expect(parseClusterConfig(text, FILE).target).toMatchObject({ registry: 'https://builtin.local' });
    expect(parseClusterConfig(text, FILE, { bootstrapHost: '10.6.1.1' }).target).toMatchObject({
      registry: 'https://10.6.1.1',
      naming: { containerRegistry: 'builtin.local' },
    });
  });
});

describe('the online service', () => {
  it.each([
    ['imagesAndCharts:\n  type: official-service', 'official-service'],
    ['registry:\n  type: online', 'online'],
    ['clusterName: x', 'official-service'],
    ['imagesAndCharts:', 'official-service'],
  ])('%j is no target', (spec, type) => {
    expect(failure(config(spec))).toMatchObject({
      code: 'config.official-service',
      origin: 'config',
      params: { file: FILE, type },
    });
  });
});

describe('the add-on package', () => {
  const base = 'imagesAndCharts: {type: external, externalImageRepo: "https://r"}\n';
  it.each([
    ['path', 'addonPackage:\n  path: /a', '', ['/a']],
    ['list', 'addonPackage:\n  path: [/a, /b]', '', ['/a', '/b']],
    ['string itself', 'addonPackage: /a', '', ['/a']],
    ['null', 'addonPackage:', '', []],
    ['commented out path', 'addonPackage:\n  # path: /a', '', []],
    ['null path', 'addonPackage:\n  path: ~', '', []],
    ['empty path', 'addonPackage:\n  path: ""', '', []],
    ['unindented path', 'addonPackage:\npath: /a', '', ['/a']],
    ['unindented section', '', 'addonPackage:\n  path:\n  - /a\n', ['/a']],
    ['old name', 'addonOfflinePackagePath: /a', '', ['/a']],
    ['old name at the top', '', 'addonOfflinePackagePath: /a\n', ['/a']],
    ['both', 'addonOfflinePackagePath: /old', 'addonPackage: {path: /new}\n', ['/new']],
    ['nothing', '', '', []],
  ])('%s', (_, spec, root, packages) => {
    const result = parseClusterConfig(config(base + spec, { root }), FILE);
    expect(result.packages).toEqual(packages);
    expect(result.notes).toEqual([]);
  });
});

describe('an error in the file', () => {
  it('has a line and a column', () => {
    const error = failure(config(EXTERNAL).replace('externalImageRepo:', '\texternalImageRepo:'));
    expect(error.code).toBe('config.yaml-unreadable');
    expect(error.params).toMatchObject({ file: FILE, line: 7 });
  });

  it.each([
    ['externalImageRepoPassword: *Secret1', 'config.yaml-unreadable'],
    ['externalImageRepoPassword: !Secret1', 'config.yaml-unreadable'],
    ['externalImageRepoPassword: "Secret1', 'config.yaml-unreadable'],
    ['externalImageRepoPassword: "\\Secret1"', 'config.yaml-unreadable'],
    ['externalImageRepoPassword: @Secret1', 'config.yaml-unreadable'],
    ['externalImageRepoPassword: Secret1: x', 'config.yaml-unreadable'],
    ['externalImageRepoPassword: [Secret1]', 'config.bad-value'],
    ['externalImageRepoPassword: {Secret1: 1}', 'config.bad-value'],
  ])('is told without the password: %s', (line, code) => {
    const error = failure(config(EXTERNAL.replace('externalImageRepoPassword: Harbor12345', line)));
    expect(error.code).toBe(code);
    expect(JSON.stringify(toProblem(error))).not.toContain('Secret1');
    expect(error.params['line']).toBeGreaterThan(7);
  });

  it('is a repeated key', () => {
    const error = failure(config(`${EXTERNAL}\nimagesAndCharts: {}`));
    expect(error).toMatchObject({ code: 'config.yaml-unreadable', params: { detail: 'duplicate key' } });
  });

  it.each([
    ['kind: Deployment', { kind: 'Deployment', version: '' }],
    ['apiVersion: v1\nkind: ClusterConfig', { kind: 'ClusterConfig', version: 'v1' }],
    ['- 1', { kind: '', version: '' }],
    ['', { kind: '', version: '' }],
  ])('is its kind: %j', (text, params) => {
    expect(failure(text)).toMatchObject({ code: 'config.not-a-cluster-config', params });
  });

  it('is an unknown type', () => {
    const error = failure(config('imagesAndCharts:\n  type: builtn'));
    expect(error).toMatchObject({
      code: 'config.bad-value',
      params: { line: 6, key: 'spec.imagesAndCharts.type' },
    });
  });

  it('is a port that is no number', () => {
    const error = failure(config('bootstrap:\n  registryPort: https\nimagesAndCharts:\n  type: builtin'));
    expect(error).toMatchObject({ code: 'config.bad-value', params: { line: 6 } });
  });

  it('is only a note for an unknown key', () => {
    const text = config(
      `${EXTERNAL}\nunheardOf: 1\nmasterNodes:\n  - {ip: x, ansiblePass: dangerous}`.replace(
        '  type: external',
        '  type: external\n  externalImageRepos: x',
      ),
    );
    const { notes, target } = parseClusterConfig(text, FILE);
    expect(target.registry).toBe('https://reg.local');
    expect(
      notes.map(({ code, params }) => `${code} ${String(params['key'])} ${String(params['line'])}`).sort(),
    ).toEqual([
      'config.unknown-key spec.imagesAndCharts.externalImageRepos 7',
      'config.unknown-key spec.unheardOf 17',
    ]);
  });

  it('is only a note for an unknown version', () => {
    const { notes } = parseClusterConfig(config(EXTERNAL, { version: 'v1' }), FILE);
    expect(notes.map((note) => note.code)).toEqual(['config.cluster-config-version']);
  });

  it('is not a byte order mark, CRLF or a leading comment', () => {
    const text = `\uFEFF# the cluster\r\n---\r\n${config(EXTERNAL).replaceAll('\n', '\r\n')}`;
    expect(parseClusterConfig(text, FILE).packages).toEqual(['/data/pkg.tar.gz']);
  });
});
