// The store of settings: what is changed counts at once, also while another change is being saved, and is taken back where it was refused.
import { afterEach, describe, expect, it } from 'vitest';
import type { AppSettings } from '../../core/contract.js';
import { setBridge } from '../../renderer/bridge.js';
import { useSettings } from '../../renderer/stores/settings.js';
import { problemOf, Refusal, scriptedBridge } from './scripted-bridge.js';

const SETTINGS: AppSettings = {
  ...{ language: 'en', theme: 'system', recentPackages: [], watchedFolders: [], targets: [] },
  ...{ concurrency: 4, limitRate: 0, logLevel: 'info', verifyAfterImport: true },
};

/** A host that saves one change after the other, each when it is told to; `refuse` refuses the next one. */
function slowHost(): { save: () => Promise<void>; refuse: () => Promise<void> } {
  const waiting: ((isRefused: boolean) => void)[] = [];
  let saved = SETTINGS;
  setBridge(
    scriptedBridge({
      saveSettings: async (change) => {
        const isRefused = await new Promise<boolean>((resolve) => waiting.push(resolve));
        if (isRefused) throw new Refusal(problemOf('disk.no-space', 'disk'));
        saved = { ...saved, ...change };
        return saved;
      },
    }),
  );
  useSettings.setState({ settings: SETTINGS, problem: null });
  const next = async (isRefused: boolean): Promise<void> => {
    waiting.shift()?.(isRefused);
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { save: () => next(false), refuse: () => next(true) };
}

afterEach(() => setBridge(null));

const shown = () => useSettings.getState().settings;

describe('a setting', () => {
  it('stays changed while an earlier change is answered', async () => {
    const host = slowHost();
    const both = [
      useSettings.getState().save({ recentPackages: ['/a.tar'] }),
      useSettings.getState().save({ theme: 'dark' }),
    ];
    await host.save();
    expect(shown()).toMatchObject({ recentPackages: ['/a.tar'], theme: 'dark' });
    await host.save();
    await Promise.all(both);
    expect(shown()).toMatchObject({ recentPackages: ['/a.tar'], theme: 'dark' });
  });

  it('that cannot be saved is taken back, and those changed meanwhile are not', async () => {
    const host = slowHost();
    const both = [
      useSettings.getState().save({ theme: 'dark', concurrency: 2 }),
      useSettings.getState().save({ concurrency: 8 }),
    ];
    await host.refuse();
    expect(useSettings.getState()).toMatchObject({
      settings: { theme: 'system', concurrency: 8 },
      problem: { code: 'disk.no-space' },
    });
    await host.save();
    await Promise.all(both);
    expect(shown()).toMatchObject({ theme: 'system', concurrency: 8 });
  });
});
