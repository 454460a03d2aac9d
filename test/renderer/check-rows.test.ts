// The rows of a check; a row has a tick only for an answer.
import { describe, expect, it } from 'vitest';
import type { Check, Problem, TargetSpec } from '../../core/contract.js';
import { checkRows, checkSummary, isAboutCredentials } from '../../renderer/stores/target/check-rows.js';
import type { TargetCheck } from '../../renderer/stores/target/target.js';

const harbor: TargetSpec = { registry: 'https://harbor.corp.local' };

function problem(code: string, origin: Problem['origin'] = 'registry'): Problem {
  return { code, params: {}, message: code, hint: '', origin, retryable: false };
}

type Part = Partial<Omit<Check, 'registry'>> & { readonly registry?: Partial<Check['registry']> };

function done(check: Part): TargetCheck {
  const problems = check.problems ?? [];
  return {
    state: 'done',
    problem: null,
    at: '',
    seconds: 1,
    check: {
      schema: 'archbridge.check/1',
      ok: problems.length === 0,
      charts: [
        {
          url: 'oci://harbor.corp.local/addon',
          kind: 'oci',
          reachable: problems.length === 0,
          mayPublish: true,
        },
      ],
      problems,
      ...check,
      registry: {
        url: 'https://harbor.corp.local',
        reachable: true,
        product: 'harbor',
        auth: 'token',
        free: null,
        certificate: null,
        ...check.registry,
      },
    },
  };
}

const states = (spec: TargetSpec, state: TargetCheck | null) =>
  Object.fromEntries(checkRows(spec, state).map((row) => [row.topic, row.state]));

describe('rows of a check', () => {
  it('are all open before the check, and all waiting during it', () => {
    expect(new Set(Object.values(states(harbor, null)))).toEqual(new Set(['not-checked']));
    const checking: TargetCheck = { state: 'checking', check: null, problem: null, at: '', seconds: 0 };
    expect(new Set(Object.values(states(harbor, checking)))).toEqual(new Set(['checking']));
    expect(checkSummary(null)).toBe('not-checked');
    expect(checkSummary(checking)).toBe('checking');
  });

  it('are all fine when everything answered', () => {
    const state = done({});
    expect(new Set(Object.values(states(harbor, state)))).toEqual(new Set(['fine']));
    expect(checkSummary(state)).toBe('ready');
  });

  it('distinguish a refused login from a host that does not answer', () => {
    const refused = done({ problems: [problem('registry.credentials-refused')] });
    expect(states(harbor, refused)).toMatchObject({
      reachable: 'fine',
      credentials: 'failed',
      charts: 'failed',
    });
    expect(checkSummary(refused)).toBe('credentials');
    const away = done({
      problems: [problem('registry.unreachable')],
      registry: { reachable: false, product: 'unknown' },
    });
    expect(states(harbor, away)).toMatchObject({
      reachable: 'failed',
      product: 'not-checked',
      encryption: 'not-checked',
      credentials: 'not-checked',
    });
    expect(checkSummary(away)).toBe('failed');
  });

  it('put a certificate that is not trusted into the row about encryption', () => {
    const tls = done({
      problems: [problem('registry.tls-unknown-authority')],
      registry: { reachable: false },
    });
    expect(states(harbor, tls)).toMatchObject({ encryption: 'failed' });
  });

  it('say what is not encrypted, whatever was answered', () => {
    expect(states({ registry: 'http://10.6.14.20' }, null)).toMatchObject({ encryption: 'to-know' });
    expect(states({ registry: 'http://10.6.14.20' }, done({}))).toMatchObject({ encryption: 'to-know' });
  });

  it('have a row for each chart repository, with its own problem', () => {
    const spec = { ...harbor, charts: [{ url: 'http://a' }, { url: 'http://b' }] };
    const charts = [
      { url: 'http://a', kind: 'chartmuseum', reachable: true, mayPublish: true },
      { url: 'http://b', kind: 'unknown', reachable: false, mayPublish: null },
    ];
    const rows = checkRows(
      spec,
      done({ charts, problems: [problem('chart-repo.unauthorized', 'chart-repo')] }),
    );
    const chartRows = rows.filter(({ topic }) => topic === 'charts');
    expect(chartRows.map(({ state, problem: found }) => [state, found?.code])).toEqual([
      ['fine', undefined],
      ['failed', 'chart-repo.unauthorized'],
    ]);
  });

  it('answer rights, quota, clock and further hosts, or say who could', () => {
    const state = done({
      registry: {
        ...{ mayPull: true, mayPush: true, mayDelete: false, mayCreateProjects: null },
        ...{ quota: { project: 'addon', free: null }, clockSkewSeconds: 90 },
        hosts: [{ host: 'auth.corp.local:443', use: 'token-service', isAllowed: false }],
        unanswered: [{ question: 'mayCreateProjects', by: 'administrator' }],
      },
    });
    const rows = checkRows(harbor, state);
    const of = (topic: string) => rows.find((one) => one.topic === topic);
    expect(states(harbor, state)).toMatchObject({
      ...{ mayPull: 'fine', mayPush: 'fine', mayDelete: 'to-know', mayCreateProjects: 'not-checked' },
      ...{ quota: 'fine', clock: 'to-know', host: 'to-know' },
    });
    expect(of('mayCreateProjects')).toMatchObject({ by: 'administrator' });
    expect(of('quota')).toMatchObject({ value: 'addon', bytes: null });
    expect(of('clock')).toMatchObject({ bytes: 90 });
    expect(checkSummary(state)).toBe('ready');
    expect(checkSummary(done({ registry: { mayPush: false } }))).toBe('failed');
  });

  it('leave out no problem', () => {
    const one = problem('config.bad-url', 'config');
    const rows = checkRows(harbor, { ...done({}), check: null, problem: one });
    expect(rows.some(({ problem: found, state }) => found === one && state === 'failed')).toBe(true);
  });

  it('show the free space of a folder target', () => {
    const state = done({ registry: { url: '/srv', product: 'folder', auth: 'none', free: 61e9 } });
    expect(checkRows({ store: '/srv' }, state)).toMatchObject([
      { topic: 'folder', state: 'fine' },
      { topic: 'space', state: 'fine', bytes: 61e9 },
    ]);
  });

  it('say that a product has no quotas instead of sending to an administrator', () => {
    const unanswered = [
      { question: 'quota', by: 'administrator' },
      { question: 'mayDelete', by: 'administrator' },
    ] as const;
    const by = (product: Check['registry']['product']) =>
      checkRows(harbor, done({ registry: { product, unanswered } })).flatMap((row) =>
        row.by === undefined ? [] : [`${row.topic} ${row.by}`],
      );
    expect(by('distribution')).toEqual(['quota nobody', 'mayDelete administrator']);
    expect(by('jfrog')).toEqual(['quota administrator', 'mayDelete administrator']);
  });

  it('do not tick a chart repository that this account may only read, and say where nothing tells it', () => {
    const charts = [
      { url: 'http://a', kind: 'chartmuseum', reachable: true, mayPublish: false },
      { url: 'http://b', kind: 'jfrog', reachable: true, mayPublish: null },
    ];
    const readOnly = problem('chart-repo.read-only-anonymous', 'chart-repo');
    const rows = checkRows(harbor, done({ charts, problems: [readOnly] }));
    expect(rows.filter(({ topic }) => topic === 'charts')).toMatchObject([
      { state: 'failed', value: 'http://a', problem: readOnly },
      { state: 'not-checked', value: 'http://b', problem: null, mayPublish: null },
    ]);
    expect(isAboutCredentials(readOnly.code)).toBe(true);
  });
});
