// Checks of a target description: addresses, naming rules, chart repositories per folder.
import fc from 'fast-check';
import { namingNotes } from '../../core/target/naming-rules.js';
import { describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../core/contract.js';
import { AppError, toProblem } from '../../core/errors.js';
import { chartUrlsFor, fixedChartUrls, folderChartServers, normalizeTarget } from '../../core/target/spec.js';

function failure(spec: TargetSpec, folder?: string): AppError {
  try {
    const target = normalizeTarget(spec);
    if (folder !== undefined) chartUrlsFor(target, folder);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('no error');
}

function urls(spec: TargetSpec, folder: string): readonly string[] {
  return chartUrlsFor(normalizeTarget(spec), folder).map((one) => one.url);
}

const login = { username: 'u', password: 'Secret1' };

describe('registry addresses', () => {
  it.each([
    ['reg.local', 'https://reg.local', 'reg.local'],
    ['reg.local:5000', 'https://reg.local:5000', 'reg.local:5000'],
    ['http://reg.local:5000/', 'http://reg.local:5000', 'reg.local:5000'],
    ['HTTPS://Reg.Local:443', 'https://reg.local', 'reg.local'],
    ['127.0.0.1:5000', 'https://127.0.0.1:5000', '127.0.0.1:5000'],
    ['http://[::1]:5000', 'http://[::1]:5000', '[::1]:5000'],
  ])('%s', (registry, url, host) => {
    expect(normalizeTarget({ registry }).images).toEqual({ kind: 'registry', url, host });
  });

  it.each([
    ['https://reg.local/project', 'config.registry-with-path'],
    ['ftp://reg.local', 'config.bad-url'],
    ['oci://reg.local', 'config.bad-url'],
    ['https://reg.local?token=Secret1', 'config.bad-url'],
    ['https://', 'config.bad-url'],
    ['reg local', 'config.bad-url'],
    ['https://user:Secret1@reg.local', 'config.url-with-password'],
    ['user:Secret1@reg.local:5000/x', 'config.url-with-password'],
    ['ftp://user:Secret1@reg.local', 'config.bad-url'],
    ['https://user:Secret1@reg local', 'config.bad-url'],
  ])('%s: %s', (registry, code) => {
    const error = failure({ registry });
    expect(error).toMatchObject({ code, origin: 'config' });
    expect(JSON.stringify(toProblem(error))).not.toContain('Secret1');
  });

  it('never show a password, whatever is written', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        try {
          normalizeTarget({ registry: `${before}:Secret1@${after}` });
        } catch (error) {
          expect(JSON.stringify(toProblem(error))).not.toContain('Secret1');
        }
      }),
    );
  });
});

describe('the target', () => {
  it('is a folder or a registry', () => {
    expect(normalizeTarget({ store: './s' }).images).toEqual({ kind: 'folder', directory: './s' });
    expect(failure({}).code).toBe('config.no-target');
    expect(failure({ noImages: true }).code).toBe('config.no-target');
    expect(failure({ store: 'a', registry: 'b' }).code).toBe('config.several-targets');
  });

  it('may take charts alone', () => {
    const target = normalizeTarget({ noImages: true, charts: [{ url: 'https://c.local' }] });
    expect(target).toMatchObject({ images: null, noImages: true, rules: {} });
  });

  it('may be contacted at further hosts', () => {
    expect(
      normalizeTarget({ registry: 'r', allowHosts: ['auth.local', 'minio:9000'] }).allowHosts,
    ).toHaveLength(2);
    expect(failure({ registry: 'r', allowHosts: ['https://auth.local'] }).code).toBe(
      'config.bad-allowed-host',
    );
  });
});

describe('naming', () => {
  it.each<[string, TargetSpec['naming'], object]>([
    ['nothing', undefined, { containerRegistry: 'r:5000' }],
    ['a registry', { containerRegistry: 'public.local' }, { containerRegistry: 'public.local' }],
    ['a prefix registry', { containerPrefixRegistry: 'r:5000/m' }, { containerPrefixRegistry: 'r:5000/m' }],
    [
      'a repository',
      { containerRepository: 'proj/x' },
      { containerRegistry: 'r:5000', containerRepository: 'proj/x' },
    ],
    [
      'a prefix repository',
      { containerPrefixRepository: 'm', appendOriginRegistry: false },
      { containerRegistry: 'r:5000', containerPrefixRepository: 'm' },
    ],
    ['empty texts', { containerRegistry: '', containerRepository: '' }, { containerRegistry: 'r:5000' }],
    ['mirror', { mirror: true }, { mirror: true }],
  ])('%s', (_, naming, rules) => {
    expect(normalizeTarget({ registry: 'r:5000', ...(naming ? { naming } : {}) }).rules).toEqual(rules);
  });

  it('leaves names in a folder as they are, unless asked', () => {
    expect(normalizeTarget({ store: 's' }).rules).toEqual({});
    expect(normalizeTarget({ store: 's', naming: { containerRegistry: 'r' } }).rules).toEqual({
      containerRegistry: 'r',
    });
  });

  it.each<[NonNullable<TargetSpec['naming']>, string]>([
    [{ containerRegistry: 'https://r' }, 'config.bad-naming'],
    [{ containerRegistry: 'r/x' }, 'config.bad-naming'],
    [{ containerPrefixRegistry: 'r/X' }, 'config.bad-naming'],
    [{ containerRepository: 'a//b' }, 'config.bad-naming'],
    [{ containerPrefixRepository: '/a' }, 'config.bad-naming'],
    [{ mirror: true, containerRegistry: 'r' }, 'config.naming-conflict'],
  ])('%j: %s', (naming, code) => {
    expect(failure({ registry: 'r', naming }).code).toBe(code);
  });
});

describe('an IPv6 address as the host of values', () => {
  it.each<[string, TargetSpec['naming'], number]>([
    ['http://[::1]:5000', undefined, 1],
    ['http://[::1]:5000', { containerPrefixRegistry: '[fd00::1]:5000/m' }, 1],
    ['http://[::1]:5000', { containerRegistry: 'reg.local' }, 0],
    ['http://[::1]:5000', { mirror: true }, 0],
    ['http://127.0.0.1:5000', undefined, 0],
  ])('%s, %j', (registry, naming, count) => {
    const { rules } = normalizeTarget({ registry, ...(naming ? { naming } : {}) });
    expect(namingNotes(rules).map(({ code }) => code)).toEqual(
      Array.from({ length: count }, () => 'config.ipv6-in-values'),
    );
  });
});

describe('chart repositories', () => {
  it('are OCI repositories beside the images by default', () => {
    const target = normalizeTarget({ registry: 'http://r:5000', credentials: login });
    expect(chartUrlsFor(target, 'addon')).toEqual([
      {
        kind: 'oci',
        url: 'oci://r:5000/addon',
        registry: { url: 'http://r:5000', host: 'r:5000' },
        credentials: login,
      },
    ]);
    expect(chartUrlsFor(target, '').map((one) => one.url)).toEqual(['oci://r:5000/charts']);
    expect(fixedChartUrls(target)).toEqual([]);
  });

  it('are the chart folder of a folder target', () => {
    const target = normalizeTarget({ store: 's' });
    expect(chartUrlsFor(target, 'addon')).toEqual([{ kind: 'store', url: 's/charts' }]);
    expect(fixedChartUrls(target)).toHaveLength(1);
  });

  it('have servers that can be asked before the folders are known', () => {
    const charts = [
      { url: 'https://c.local:8443/{repo}' },
      { url: 'https://c.local:8443/other/{repo}' },
      { url: 'https://fixed.local/charts' },
      { url: 'oci://r/{repo}' },
      { url: './charts/{repo}' },
    ];
    expect(folderChartServers(normalizeTarget({ registry: 'r', charts }))).toEqual(['https://c.local:8443']);
  });

  it('are none with noCharts', () => {
    expect(urls({ registry: 'r', noCharts: true, charts: [{ url: 'oci://r/x' }] }, 'addon')).toEqual([]);
  });

  it('take the folder at {repo}, all folders without it, and mapped ones only theirs', () => {
    const charts = [
      { url: 'https://c.local/{repo}/x' },
      { url: 'https://flat.local/' },
      { folder: 'addon', url: 'oci://o.local/{repo}' },
      { folder: 'community', url: './out' },
      { folder: 'addon', url: 'https://c.local/addon/x' },
    ];
    expect(urls({ registry: 'r', charts }, 'addon')).toEqual([
      'https://c.local/addon/x',
      'https://flat.local',
      'oci://o.local/addon',
    ]);
    expect(urls({ registry: 'r', charts }, 'community')).toEqual([
      'https://c.local/community/x',
      'https://flat.local',
      './out',
    ]);
    expect(urls({ registry: 'r', charts: [{ folder: 'addon', url: './a' }] }, 'community')).toEqual([]);
  });

  it('get the credentials of the images at the same origin only', () => {
    const charts = [
      { url: 'https://r/chartrepo/x' },
      { url: 'https://r:8443/x' },
      { url: 'http://r/x' },
      { url: 'oci://other/x' },
      { url: 'oci://R:443/x' },
    ];
    const spec: TargetSpec = { registry: 'https://r', credentials: login, charts };
    const given = (target: TargetSpec): readonly boolean[] =>
      chartUrlsFor(normalizeTarget(target), 'addon').map((one) => 'credentials' in one);
    expect(given(spec)).toEqual([true, false, false, false, true]);
    expect(given({ ...spec, chartCredentials: login })).toEqual([true, true, true, true, true]);
  });

  it('keep their kind', () => {
    const charts = [{ url: 'https://c.local', kind: 'harbor' as const }];
    expect(chartUrlsFor(normalizeTarget({ registry: 'r', charts }), '')).toEqual([
      { kind: 'http', url: 'https://c.local', product: 'harbor' },
    ]);
  });

  it.each(['..', '.', 'a/b', 'a\\b', 'A b', 'é'])('refuse the folder name %j in a URL', (folder) => {
    for (const url of ['oci://r/{repo}', 'https://c.local/{repo}', './charts/{repo}']) {
      expect(failure({ registry: 'r', charts: [{ url }] }, folder).code).toBe('config.bad-folder');
    }
    expect(urls({ registry: 'r', charts: [{ url: './charts' }] }, folder)).toEqual(['./charts']);
  });

  it.each([
    ['', 'config.bad-url'],
    ['https://c.local?x=Secret1', 'config.bad-url'],
    ['https://u:Secret1@c.local', 'config.url-with-password'],
    ['oci://u:Secret1@c.local/x', 'config.url-with-password'],
    ['s3://bucket', 'config.bad-url'],
    ['oci://', 'config.bad-url'],
  ])('refuse the address %j', (url, code) => {
    const error = failure({ registry: 'r', charts: [{ url }] });
    expect(error.code).toBe(code);
    expect(JSON.stringify(toProblem(error))).not.toContain('Secret1');
  });
});
