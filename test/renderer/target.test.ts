// Targets in the window: hosts, encryption, names, and the conversion between fields and the contract.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relocateName } from '../../core/chart/relocation/relocation.js';
import type { RememberedTarget, TargetSpec } from '../../core/contract.js';
import { namingRulesFor } from '../../core/target/naming-rules.js';
import { EXAMPLE_IMAGE, namingExample } from '../../renderer/stores/target/naming-example.js';
import {
  draftOf,
  draftProblems,
  NO_CHARTS,
  EMPTY_DRAFT,
  fromSpec,
  hostToType,
  specOf,
  type TargetDraft,
} from '../../renderer/stores/target/target-draft.js';
import {
  hostsOf,
  originOf,
  plainHosts,
  remember,
  targetId,
} from '../../renderer/stores/target/target-spec.js';

const harbor: TargetSpec = { registry: 'https://harbor.corp.local' };
const draft = (part: Partial<TargetDraft>): TargetDraft => ({
  ...EMPTY_DRAFT,
  registry: 'registry.example',
  ...part,
});

describe('hosts of a target', () => {
  it('are none for a folder', () => {
    expect(hostsOf({ store: '/srv/store' })).toEqual([]);
    expect(hostsOf(null)).toEqual([]);
  });

  it('say what each is for, with its port', () => {
    expect(hostsOf(harbor)).toEqual([
      { host: 'harbor.corp.local:443', purpose: 'images-and-charts', plain: false },
    ]);
    const split = {
      registry: 'http://10.6.14.20',
      charts: [{ url: 'http://10.6.14.20:8080' }],
      allowHosts: ['s3.corp:9000'],
    };
    expect(hostsOf(split)).toEqual([
      { host: '10.6.14.20:80', purpose: 'images', plain: true },
      { host: '10.6.14.20:8080', purpose: 'charts', plain: true },
      { host: 's3.corp:9000', purpose: 'allowed', plain: false },
    ]);
  });

  it('leave out what is not sent, and folders', () => {
    expect(hostsOf({ ...harbor, noCharts: true })).toMatchObject([{ purpose: 'images' }]);
    expect(hostsOf({ ...harbor, charts: [{ url: '/srv/charts' }] })).toMatchObject([{ purpose: 'images' }]);
  });

  it('without encryption are named', () => {
    expect(plainHosts(harbor)).toEqual([]);
    expect(
      plainHosts({ registry: 'http://a:5000', charts: [{ url: 'http://a:5000/x' }, { url: 'http://b' }] }),
    ).toEqual(['a:5000', 'b']);
  });

  it('have an origin for which passwords are kept', () => {
    expect(originOf('harbor.corp.local')).toBe('https://harbor.corp.local');
    expect(originOf('http://charts:8080/api/x')).toBe('http://charts:8080');
    expect(originOf('oci://harbor.corp.local/addon')).toBe('https://harbor.corp.local');
  });
});

describe('the fields of a target', () => {
  it('report errors', () => {
    const wrong = (part: Partial<TargetDraft>) => Object.keys(draftProblems(draft(part)));
    expect(wrong({})).toEqual([]);
    expect(wrong({ registry: '' })).toEqual(['registry']);
    expect(wrong({ registry: 'ftp://x' })).toEqual(['registry']);
    expect(draftProblems(draft({ registry: 'https://x/path' })).registry).toBe('target.problem.registryPath');
    expect(draftProblems(draft({ registry: 'https://u:p@x' })).registry).toBe(
      'target.problem.registryPassword',
    );
    expect(wrong({ registry: 'localhost:5000' })).toEqual([]);
    expect(wrong({ password: 'x' })).toEqual(['username']);
    expect(wrong({ naming: 'below', namingPath: 'Upper/Case' })).toEqual(['namingPath']);
    expect(wrong({ chartsChoice: 'repository' })).toEqual(['charts']);
    expect(
      wrong({
        chartsChoice: 'repository',
        charts: [{ ...NO_CHARTS, url: 'oci://x/{repo}' }],
      }),
    ).toEqual([]);
  });

  it('require the name of each host that is not encrypted, once', () => {
    const plain = draft({ registry: 'http://10.6.14.20' });
    expect(hostToType(plain)).toBe('10.6.14.20');
    expect(draftProblems(plain)).toEqual({ plainTyped: 'target.problem.plain' });
    expect(draftProblems({ ...plain, plainTyped: '10.6.14.20' })).toEqual({});
    const saved = draftOf(remember({ registry: 'http://10.6.14.20' }, ''));
    expect(draftProblems(saved)).toEqual({});
    expect(Object.keys(draftProblems({ ...saved, registry: 'http://10.6.14.21' }))).toEqual(['plainTyped']);
  });

  it('never hold a password of a saved target', () => {
    expect(draftOf(remember(harbor, 'robot'))).toMatchObject({
      username: 'robot',
      password: '',
      charts: [{ password: '' }],
    });
  });

  it('give each chart repository on a host of its own its own account, and none to the registry', () => {
    const charts = [
      { ...NO_CHARTS, folder: 'addon', url: 'https://a.example', username: 'ann', password: 'x' },
      { ...NO_CHARTS, folder: 'community', url: 'https://c.example', username: 'cy', password: 'y' },
      { ...NO_CHARTS, folder: 'more', url: 'oci://registry.example/more', username: 'left over' },
    ];
    const written = draft({ registry: 'https://registry.example', chartsChoice: 'repository', charts });
    expect(specOf(written).charts).toEqual([
      { folder: 'addon', url: 'https://a.example', username: 'ann' },
      { folder: 'community', url: 'https://c.example', username: 'cy' },
      { folder: 'more', url: 'oci://registry.example/more' },
    ]);
    expect(draftOf(remember(specOf(written), '')).charts.map((one) => one.username)).toEqual([
      'ann',
      'cy',
      '',
    ]);
    const nobody = draft({
      chartsChoice: 'repository',
      charts: [{ ...NO_CHARTS, url: 'https://a', password: 'x' }],
    });
    expect(draftProblems(nobody)).toEqual({ chartsPassword: 'target.problem.username' });
  });

  const names = fc.constantFrom<TargetSpec['naming']>(
    undefined,
    { containerPrefixRepository: 'a/b' },
    { containerRepository: 'p' },
    { containerPrefixRegistry: 'registry.example:5000', appendOriginRegistry: true },
    { mirror: true },
    { containerRegistry: 'other.example', containerRepository: 'p' },
  );
  const charts = fc.constantFrom<Pick<TargetSpec, 'charts' | 'noCharts'>>(
    {},
    { noCharts: true },
    { charts: [{ url: '/srv/charts' }] },
    { charts: [{ url: 'http://charts:8080', kind: 'chartmuseum' }] },
    {
      charts: [
        { folder: 'addon', url: 'oci://h/addon' },
        { folder: 'community', url: 'http://c:1', username: 'cy' },
      ],
    },
  );

  const trust = fc.constantFrom<Pick<TargetSpec, 'tls' | 'resolve' | 'proxy' | 'noImages' | 'convertToOci'>>(
    {},
    { tls: { caFiles: ['/ca.pem'], fingerprints: ['ab'] } },
    { tls: { certFile: '/c.pem', keyFile: '/k.pem' }, resolve: ['h:443:10.0.0.1'] },
    { noImages: true, convertToOci: true },
    { proxy: { url: 'http://proxy:3128', except: ['a.local'] } },
  );

  it('keep the name of a cluster and what the command line knows of it', () => {
    const saved: RememberedTarget = {
      ...remember(harbor, 'robot', undefined, 'site-1'),
      chartsUsername: 'charts',
      isDefault: true,
      platforms: ['linux/arm64'],
    };
    expect(draftOf(saved)).toMatchObject({ name: 'site-1', charts: [{ username: 'charts' }] });
    expect(remember(harbor, 'robot', saved)).toEqual(saved);
    expect(remember(harbor, 'robot', saved, '')).toMatchObject({
      label: 'harbor.corp.local',
      isDefault: true,
    });
    // Two clusters on one registry
    expect(remember(harbor, '', undefined, 'site-2').id).not.toBe(saved.id);
  });

  it('give the same target again from which they were filled', () => {
    fc.assert(
      fc.property(names, charts, trust, fc.boolean(), (naming, chartsPart, trusted, allows) => {
        const spec: TargetSpec = {
          registry: 'http://registry.example:5000',
          ...chartsPart,
          ...(naming === undefined ? {} : { naming }),
          ...trusted,
          ...(allows ? { allowHosts: ['s3:9000', 'auth'] } : {}),
        };
        expect(specOf(fromSpec(spec))).toEqual(spec);
      }),
    );
  });

  it('give a target the same id whenever images and charts go to the same places', () => {
    expect(targetId(harbor)).toBe(targetId({ ...harbor, naming: { mirror: true } }));
    expect(targetId(harbor)).not.toBe(targetId({ ...harbor, charts: [{ url: 'http://c' }] }));
  });
});

describe('the example of a name', () => {
  it('is what the engine makes of it, for all naming rules', () => {
    const rule = fc.option(fc.constantFrom('p', 'a/b'), { nil: undefined });
    const arbitrary = fc.record({
      containerRegistry: fc.option(fc.constantFrom('nodes.example', 'nodes.example:5000'), {
        nil: undefined,
      }),
      containerPrefixRegistry: fc.option(fc.constantFrom('cache.example/x', 'cache.example'), {
        nil: undefined,
      }),
      containerRepository: rule,
      containerPrefixRepository: rule,
      appendOriginRegistry: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.oneof(arbitrary, fc.constant({ mirror: true })), (some) => {
        const naming = Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined));
        const rules = namingRulesFor(naming, 'registry.example');
        const { registry, repository } = relocateName(
          { ...EXAMPLE_IMAGE, tag: 'v1' },
          'mirror' in naming ? { ...rules, containerRegistry: 'registry.example' } : rules,
        );
        expect(namingExample({ registry: 'https://registry.example', naming })).toBe(
          `${registry}/${repository}`,
        );
      }),
    );
  });
});
