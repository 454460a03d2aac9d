// Comparison and plan have an age: they are dropped when a run or undo of their target ends, and one survey serves both.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { progressAtStart, snapshotOf } from '../../core/contract.js';
import type { AppSettings, Plan, Report } from '../../core/contract.js';
import { setBridge } from '../../renderer/bridge.js';
import { start } from '../../renderer/start.js';
import { usePackages } from '../../renderer/stores/packages/packages.js';
import { usePlan } from '../../renderer/stores/plan/plan.js';
import { useRun } from '../../renderer/stores/run/run.js';
import { useSettings } from '../../renderer/stores/settings.js';
import { remember } from '../../renderer/stores/target/target-spec.js';
import { useTarget } from '../../renderer/stores/target/target.js';
import { planOf } from '../cli/plan-values.js';
import { reportOf } from '../cli/values.js';
import { scriptedBridge, type ScriptedBridge } from './scripted-bridge.js';

const SETTINGS: AppSettings = {
  ...{ language: 'en', theme: 'system', recentPackages: [], watchedFolders: [], targets: [] },
  ...{ concurrency: 4, limitRate: 0, logLevel: 'info', verifyAfterImport: true },
};
const STORE = { store: '/srv/store' };
let bridge: ScriptedBridge;

function endRun(store: string): void {
  const request = { runs: ['r1'], target: { store } };
  const progress = progressAtStart(request, 0);
  useRun.getState().adopt({
    ...{ call: 'c', method: 'undo', request, run: 'r2', paused: false, away: null, told: 0, result: null },
    progress: snapshotOf(progress),
    others: [],
  });
  const value: Report = reportOf({ kind: 'undo' });
  bridge.tell({ type: 'run-ended', call: 'c', result: { ok: true, value } });
}

beforeAll(async () => {
  vi.stubGlobal('document', { documentElement: { lang: 'en' } });
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('sessionStorage', { getItem: () => null, setItem: () => undefined });
  const used = { ...remember({ store: '/srv/used' }, ''), lastUsed: '2026-01-01' };
  bridge = scriptedBridge({
    settings: () => ({ ...SETTINGS, targets: [used] }),
    plan: () => planOf(),
    runs: () => [],
    activeRun: () => null,
  });
  setBridge(bridge);
  useSettings.setState({ settings: SETTINGS });
  useTarget.setState({ current: remember(STORE, '') });
  usePackages.setState({ chosen: ['/usb/a.tar.gz'] });
  await start();
});

// The stubs stay: what the stores keep for a reload is written a moment later.
afterAll(() => setBridge(null));

it('begins with the target that was used last, unless the person has chosen another one meanwhile', () => {
  expect(useTarget.getState().current?.id).toBe('/srv/store');
});

describe('a plan', () => {
  const plan: Plan = planOf();

  it('is dropped when an undo of its target ends, and kept when one of another target does', () => {
    usePlan.setState({ plan });
    endRun('/srv/other');
    expect(usePlan.getState().plan).toBe(plan);
    endRun('/srv/store');
    expect(usePlan.getState().plan).toBeNull();
  });

  it('is kept while another target of the import is looked at, and dropped when a run of that target ends', () => {
    const { look } = useTarget.getState();
    const here = remember(STORE, '');
    const there = remember({ store: '/srv/there' }, '');
    useSettings.setState({ settings: { ...SETTINGS, targets: [here, there] } });
    useTarget.setState({ current: here, also: [there.id] });
    usePlan.setState({ plan });
    look(there);
    expect([usePlan.getState().plan, useTarget.getState().also]).toEqual([null, [here.id]]);
    look(here);
    expect(usePlan.getState().plan).toBe(plan);
    endRun('/srv/there');
    expect(usePlan.getState()).toMatchObject({ plan: null, beside: {} });
    useTarget.setState({ also: [] });
  });

  it('uses the tags that the comparison has read, unless the person asks for a refresh', async () => {
    await usePlan.getState().load();
    await usePlan.getState().load({ fresh: true });
    const asked = bridge.asked.filter(({ method }) => method === 'plan').map(({ input }) => input);
    expect(asked).toMatchObject([{ reuseSurvey: true }, { reuseSurvey: false }]);
  });
});
