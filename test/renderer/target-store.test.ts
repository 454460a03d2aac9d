// The store of targets: the list keeps its order, passwords go to the host only, a check can be stopped.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppSettings, Check, RememberedTarget } from '../../core/contract.js';
import { setBridge } from '../../renderer/bridge.js';
import { importRequest } from '../../renderer/stores/plan/import-request.js';
import { useSettings } from '../../renderer/stores/settings.js';
import { remember } from '../../renderer/stores/target/target-spec.js';
import { useTarget } from '../../renderer/stores/target/target.js';
import { problemOf, Refusal, scriptedBridge, type Answers, type ScriptedBridge } from './scripted-bridge.js';

const first = remember({ registry: 'https://a.example' }, 'robot');
const second = remember({ registry: 'https://b.example', charts: [{ url: 'http://charts:8080' }] }, '');

let saved: AppSettings;

function host(answers: Answers = {}): ScriptedBridge {
  const bridge = scriptedBridge({
    saveSettings: (change) => (saved = { ...saved, ...change }),
    setCredentials: () => null,
    ...answers,
  });
  setBridge(bridge);
  return bridge;
}

beforeEach(() => {
  saved = {
    language: 'en',
    theme: 'light',
    recentPackages: [],
    watchedFolders: [],
    targets: [first, second],
    concurrency: 4,
    limitRate: 0,
    logLevel: 'info',
    verifyAfterImport: true,
  };
  useSettings.setState({ settings: saved });
  useTarget.setState({ current: null, checks: {}, passwords: new Set() });
});
afterEach(() => setBridge(null));

const ids = () => saved.targets.map(({ id }) => id);

describe('remembered targets', () => {
  it('keep their place when one is changed, also when its address changes', async () => {
    host();
    await useTarget.getState().remember({ ...first, username: 'other' });
    expect(ids()).toEqual([first.id, second.id]);
    const moved = remember({ registry: 'https://c.example' }, '', first);
    await useTarget.getState().remember(moved, first.id);
    expect(ids()).toEqual([moved.id, second.id]);
  });

  it('are added at the end, and never listed twice', async () => {
    host();
    const third = remember({ store: '/srv/store' }, '');
    await useTarget.getState().remember(third);
    expect(ids()).toEqual([first.id, second.id, third.id]);
    // The first one gets the address of the second.
    await useTarget.getState().remember({ ...second, username: 'x' }, first.id);
    expect(ids()).toEqual([second.id, third.id]);
  });

  it('change in the import when they are the chosen one', async () => {
    host();
    useTarget.getState().choose(first);
    await useTarget.getState().remember({ ...first, platforms: ['linux/arm64'] });
    expect(useTarget.getState().current?.platforms).toEqual(['linux/arm64']);
    await useTarget.getState().forget(first.id);
    expect(useTarget.getState().current).toBeNull();
  });
});

describe('passwords', () => {
  it('go to the host for the origin, and into no setting', async () => {
    const bridge = host();
    const credentials = { username: 'robot', password: 'top secret' };
    expect(await useTarget.getState().login('https://a.example/', credentials, true)).toBeNull();
    expect(bridge.asked).toMatchObject([
      { method: 'setCredentials', input: { location: 'https://a.example', credentials, keep: true } },
    ]);
    expect(JSON.stringify([useTarget.getState(), saved])).not.toContain('top secret');
  });

  it('are forgotten for registries and chart repositories', async () => {
    const bridge = host();
    await useTarget.getState().forgetPasswords([first.spec, second.spec]);
    expect(bridge.asked.map(({ input }) => input)).toEqual(
      ['https://a.example', 'https://b.example', 'http://charts:8080'].map((location) => ({
        location,
        credentials: null,
        keep: false,
      })),
    );
  });
});

describe('a check', () => {
  const answer: Check = {
    schema: 'archbridge.check/1',
    ok: true,
    registry: {
      url: 'https://a.example',
      reachable: true,
      product: 'zot',
      auth: 'none',
      free: null,
      certificate: null,
    },
    charts: [],
    problems: [],
  };
  const of = (target: RememberedTarget) => useTarget.getState().checks[target.id];

  it('shows the answers of the host', async () => {
    host({ check: () => answer });
    const done = useTarget.getState().check(first);
    expect(of(first)?.state).toBe('checking');
    await done;
    expect(of(first)).toMatchObject({ state: 'done', check: answer, problem: null });
  });

  it('that was stopped leaves no result', async () => {
    let refuse: () => void = () => undefined;
    const bridge = host({
      check: () =>
        new Promise((_, reject) => {
          refuse = () => reject(new Refusal(problemOf('run.cancelled')));
        }),
    });
    const done = useTarget.getState().check(first);
    useTarget.getState().stopCheck();
    refuse();
    await done;
    expect(bridge.cancelled.length).toBe(1);
    expect(of(first)).toBeUndefined();
  });

  it('that is asked for again while it is made shows that it goes on, and then the later answer', async () => {
    const answers: ((found: Check | Refusal) => void)[] = [];
    host({
      check: async () => {
        const found = await new Promise<Check | Refusal>((resolve) => answers.push(resolve));
        if (found instanceof Refusal) throw found;
        return found;
      },
    });
    const former = useTarget.getState().check(first);
    const later = useTarget.getState().check(first);
    answers[0]?.(new Refusal(problemOf('run.cancelled')));
    await former;
    expect(of(first)?.state).toBe('checking');
    answers[1]?.(answer);
    await later;
    expect(of(first)).toMatchObject({ state: 'done', check: answer });
  });

  it('that the host refuses is a problem of the target', async () => {
    host({
      check: () => {
        throw new Refusal(problemOf('config.bad-url', 'config'));
      },
    });
    await useTarget.getState().check(first);
    expect(of(first)).toMatchObject({ check: null, problem: { code: 'config.bad-url' } });
  });
});

describe('the request of an import', () => {
  it('contains what was chosen, and leaves out what was not', () => {
    const request = importRequest({
      packages: ['/a'],
      target: { ...first, platforms: ['linux/arm64'], skippedCharts: ['addon/x'] },
      settings: { ...saved, limitRate: 5_000_000 },
      pasted: { '/a': 'f'.repeat(128) },
    });
    expect(request).toEqual({
      packages: ['/a'],
      target: first.spec,
      selection: { skip: ['addon/x'] },
      requirePlatforms: ['linux/arm64'],
      sha512: 'f'.repeat(128),
      concurrency: 4,
      limitRate: 5_000_000,
    });
    // One hash cannot be for two packages, and no limit means no field.
    const two = importRequest({
      packages: ['/a', '/b'],
      target: second,
      settings: saved,
      pasted: { '/a': 'f'.repeat(128) },
    });
    expect(two).toEqual({ packages: ['/a', '/b'], target: second.spec, concurrency: 4 });
  });
});
