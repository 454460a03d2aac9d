// charts-syncer's configuration as a target.
import { describe, expect, it } from 'vitest';
import { AppError, toProblem } from '../../core/errors.js';
import { parseSyncerConfig, type Environment, type SyncerConfig } from '../../core/target/syncer-config.js';

const FILE = 'charts-syncer.yaml';

function parse(text: string, env: Environment = {}): SyncerConfig {
  return parseSyncerConfig(text, FILE, env);
}

function failure(text: string): AppError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('no error');
}

const FULL = `source:
  intermediateBundlesPath: ./addon
target:
  containerRegistry: reg.local
  appendOriginRegistry: false
  repoName: myrepo
  repo:
    kind: HARBOR
    url: "https://reg.local/chartrepo/lib"
    auth: {username: cu, password: cp}
  containers:
    kind: HARBOR
    auth: {username: u, password: p, registry: ignored.local}
charts:
  - {name: nginx, versions: ["1.0.0", 1.20], skipImages: false}
  - name: redis
    skipImages: true
  - plain
relocateContainerImages: true
`;

describe('a charts-syncer file', () => {
  it('becomes a target and a selection', () => {
    expect(parse(FULL)).toEqual({
      target: {
        registry: 'https://reg.local',
        charts: [{ url: 'https://reg.local/chartrepo/lib', kind: 'harbor' }],
        naming: { containerRegistry: 'reg.local' },
        credentials: { username: 'u', password: 'p' },
        chartCredentials: { username: 'cu', password: 'cp' },
      },
      selection: { only: ['nginx@1.0.0', 'nginx@1.20', 'redis', 'plain'] },
      skipImages: ['redis'],
      bundles: './addon',
      notes: [],
    });
  });

  it('as the original was run with', () => {
    const text =
      'source:\n  intermediateBundlesPath: addon\ntarget:\n  containerRegistry: localhost:5100\n  repo:\n    kind: CHARTMUSEUM\n    url: http://localhost:5180\n';
    expect(parse(text)).toMatchObject({
      target: {
        registry: 'http://localhost:5100',
        charts: [{ url: 'http://localhost:5180', kind: 'chartmuseum' }],
      },
      selection: {},
    });
  });

  it('with a prefix registry that has a path; the container registry does not count then', () => {
    const text =
      'target: {containerRegistry: a.local, containerPrefixRegistry: b.local/proxy, containerPrefixRepository: m, appendOriginRegistry: true}';
    expect(parse(text).target).toEqual({
      registry: 'https://b.local',
      naming: {
        containerRegistry: 'a.local',
        containerPrefixRegistry: 'b.local/proxy',
        containerPrefixRepository: 'm',
        appendOriginRegistry: true,
      },
    });
  });

  it.each([
    ['{kind: CHARTMUSEUM, url: "http://c.local/a"}', { url: 'http://c.local/a', kind: 'chartmuseum' }],
    [
      '{kind: jfrog, url: "https://j.local/artifactory/x"}',
      { url: 'https://j.local/artifactory/x', kind: 'jfrog' },
    ],
    ['{kind: OCI, url: "https://o.local/charts/"}', { url: 'oci://o.local/charts' }],
    ['{kind: OCI, url: "oci://o.local/charts"}', { url: 'oci://o.local/charts' }],
    ['{kind: LOCAL, path: ./out}', { url: './out' }],
  ])('repository %s', (repo, expected) => {
    expect(parse(`target: {containerRegistry: r.local, repo: ${repo}}`).target.charts).toEqual([expected]);
  });

  it.each([
    ['http://c.local/x', 'c.local', 'http'],
    ['http://c.local/x', 'c.local:5000', 'https'],
    ['https://127.0.0.1:5000', '127.0.0.1:5000', 'https'],
    ['https://c.local', '127.0.0.1:5000', 'http'],
    ['http://c.local', 'https://c.local', 'https'],
  ])('charts at %s, images at %s: %s', (url, registry, scheme) => {
    const { target } = parse(
      `target: {containerRegistry: "${registry}", repo: {kind: CHARTMUSEUM, url: "${url}"}}`,
    );
    expect(target.registry?.split(':')[0]).toBe(scheme);
  });

  it('leaves charts out with skipCharts', () => {
    expect(parse('target: {containerRegistry: r}\nskipCharts: [a, b]').selection).toEqual({
      skip: ['a', 'b'],
    });
    expect(failure('target: {containerRegistry: r}\nskipCharts: [a]\ncharts: [b]').code).toBe(
      'config.several-charts-lists',
    );
  });

  it('takes logins beside auth, and from the environment first', () => {
    const text =
      'target: {containerRegistry: r, containers: {username: u, password: p}, repo: {kind: OCI, url: "oci://r/x", auth: {username: cu, password: cp}}}';
    expect(parse(text).target.credentials).toEqual({ username: 'u', password: 'p' });
    const env = {
      TARGET_CONTAINERS_AUTH_USERNAME: 'eu',
      TARGET_CONTAINERS_AUTH_PASSWORD: 'ep',
      TARGET_REPO_AUTH_PASSWORD: 'new',
      TARGET_AUTH_PASSWORD: 'legacy',
      TARGET_AUTH_USERNAME: 'lu',
      TARGET_REPO_AUTH_USERNAME: '',
    };
    expect(parse(text, env).target).toMatchObject({
      credentials: { username: 'eu', password: 'ep' },
      chartCredentials: { username: 'lu', password: 'new' },
    });
  });
});

describe('unknown keys', () => {
  it('are notes with line and column, and the rest of the file is used', () => {
    const text =
      'target: {containerRegistry: r, containerRegistri: x}\ncharts:\n  - {name: a, version: 1}\nwho: {password: Secret1}\n';
    const { target, selection, notes } = parse(text);
    expect(target.registry).toBe('https://r');
    expect(selection).toEqual({ only: ['a'] });
    expect(notes.map(({ code, params }) => [code, params['key'], params['line'], params['column']])).toEqual([
      ['config.unknown-key', 'target.containerRegistri', 1, 32],
      ['config.unknown-key', 'charts.0.version', 3, 15],
      ['config.unknown-key', 'who', 4, 1],
    ]);
    expect(JSON.stringify(notes.map((note) => toProblem(note)))).not.toContain('Secret1');
  });
});

describe('errors', () => {
  it.each([
    ['target: {containerRegistry: r}\ntarget: {}', 'config.yaml-unreadable', { line: 2, column: 1 }],
    ['target: {containerRegistry: r}\ncharts:\n  - {versions: [a]}', 'config.bad-value', { line: 3 }],
    [
      'target: {containerRegistry: r, appendOriginRegistry: si}',
      'config.bad-value',
      { key: 'target.appendOriginRegistry' },
    ],
    ['target: {containerRepository: x}', 'config.no-registry', {}],
    ['source: {intermediateBundlesPath: a}', 'config.no-registry', {}],
    ['target: {intermediateBundlesPath: out}', 'config.save-mode', { line: 1, column: 10 }],
    [
      'target: {containerRegistry: r, repo: {kind: HELM, url: "http://x"}}',
      'config.read-only-kind',
      { line: 1, column: 39, kind: 'HELM' },
    ],
    [
      'target: {containerRegistry: r, repo: {kind: FTP, url: "http://x"}}',
      'config.bad-value',
      { key: 'target.repo.kind' },
    ],
    [
      'target: {containerRegistry: r, repo: {kind: HARBOR}}',
      'config.missing-value',
      { key: 'target.repo.url', line: 1, column: 32 },
    ],
    [
      'target: {containerRegistry: r, repo: {kind: OCI, url: "http://o.local/x"}}',
      'config.bad-value',
      { key: 'target.repo.url' },
    ],
    [
      'target: {containerRegistry: r, containers: {auth: {password: Secret1}}}',
      'config.incomplete-credentials',
      { missing: 'target.containers.auth.username', line: 1, column: 32 },
    ],
    ['target: {containerRegistry: r, containers: {auth: Secret1}}', 'config.bad-value', {}],
  ])('%s: %s', (text, code, params) => {
    const error = failure(text);
    expect(error).toMatchObject({ code, origin: 'config', params });
    expect(JSON.stringify(toProblem(error))).not.toContain('Secret1');
  });
});
