// A saved plan is shown with its decisions where its target is known, and nowhere else.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppSettings, Plan, PlanImage } from '../../core/contract.js';
import { setBridge } from '../../renderer/bridge.js';
import { useApp } from '../../renderer/stores/app.js';
import { openPlan, packagesOf } from '../../renderer/stores/plan/open-plan.js';
import { imageKey } from '../../renderer/stores/plan/plan-decisions.js';
import { usePlan } from '../../renderer/stores/plan/plan.js';
import { EMPTY_LIST, withPackage } from '../../renderer/stores/packages/package-list.js';
import { usePackages } from '../../renderer/stores/packages/packages.js';
import { useSettings } from '../../renderer/stores/settings.js';
import { remember } from '../../renderer/stores/target/target-spec.js';
import { useTarget } from '../../renderer/stores/target/target.js';
import { problemOf, Refusal, scriptedBridge } from './scripted-bridge.js';

const CLUSTER = remember({ registry: 'https://registry.example' }, '', undefined, 'north');
const SETTINGS: AppSettings = {
  ...({ language: 'en', theme: 'light', logLevel: 'info' } as const),
  ...{ recentPackages: [], watchedFolders: [], targets: [CLUSTER] },
  ...{ concurrency: 4, limitRate: 0, verifyAfterImport: false },
};

function planFor(location: string): Plan {
  const image: PlanImage = {
    ...{ source: 'a/b:1', sources: ['a/b:1'], target: 'registry.example/a/b:1', platform: 'linux/amd64' },
    ...({ action: 'conflict', decision: 'replace', reason: 'older' } as const),
    ...{ digest: 'sha256:1', config: 'sha256:2' },
    ...{ package: 'p.tar.gz', version: '', created: null, bytes: 0, blobs: [], held: [], bundles: [] },
    ...{ before: null, after: null, afterPlatforms: [], charts: [], problem: null },
  };
  return {
    ...{ schema: 'archbridge.plan/1', made: '', tagsRead: '', blobs: [], charts: [], coverage: {} },
    packages: [
      { path: '/elsewhere/p.tar.gz', name: 'p.tar.gz', version: '', arch: '', bytes: 1, sha512: null },
    ],
    target: { kind: 'registry', location, charts: [] },
    request: {
      ...{ selection: {}, onChange: 'newer', onChartChange: 'auto', keepCharts: [], requirePlatforms: [] },
      ...{ allowMislabelled: false, acceptUnproven: false },
    },
    images: [image],
    needs: { bytesToSend: 0, bytesPresent: 0, bytesShared: 0, chartBytes: 0, projects: [], space: [] },
    ...{ weakened: [], problems: [] },
  };
}

describe('a saved plan', () => {
  beforeEach(() => {
    useSettings.setState({ settings: SETTINGS });
    usePackages.setState(withPackage(EMPTY_LIST, '/drive/p.tar.gz', {}));
  });
  afterEach(() => {
    usePlan.getState().drop();
    usePackages.setState(EMPTY_LIST);
    useTarget.setState({ current: null });
    useApp.getState().show('packages');
    setBridge(null);
  });

  it('chooses its packages where they are listed now, and its target; its decisions are taken over', async () => {
    const plan = planFor('https://registry.example');
    setBridge(scriptedBridge({ readPlan: () => plan, saveSettings: () => SETTINGS }));
    expect(await openPlan('/plans/a.json')).toBeNull();
    expect(usePackages.getState().chosen).toEqual(['/drive/p.tar.gz']);
    expect(useTarget.getState().current?.label).toBe('north');
    const [image] = plan.images;
    expect(usePlan.getState()).toMatchObject({
      plan,
      decisions: { [image ? imageKey(image) : '']: 'replace' },
    });
    expect(useApp.getState().screen).toBe('plan');
  });

  it('is not shown without its target; its packages are chosen, so that the target can be added', async () => {
    const plan = planFor('https://other.example');
    setBridge(scriptedBridge({ readPlan: () => plan, saveSettings: () => SETTINGS }));
    expect(await openPlan('/plans/a.json')).toEqual({ kind: 'target', target: 'https://other.example' });
    expect(usePlan.getState().plan).toBeNull();
    expect(usePackages.getState().chosen).toEqual(['/drive/p.tar.gz']);
  });

  it('that is no plan changes nothing', async () => {
    const problem = problemOf('run.plan-unusable', 'config');
    const refuse = (): never => {
      throw new Refusal(problem);
    };
    setBridge(scriptedBridge({ readPlan: refuse }));
    expect(await openPlan('/plans/a.json')).toEqual({ kind: 'problem', problem });
    expect(usePackages.getState().chosen).toEqual([]);
  });

  it('names packages that are listed nowhere by their paths of then', () => {
    expect(packagesOf(planFor(''), {})).toEqual(['/elsewhere/p.tar.gz']);
  });
});
