// Compare shows its rows before all tags were read, and keeps what it shows while a new comparison is made.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Coverage, CoverageImage, RunEvent } from '../../core/contract.js';
import { setBridge } from '../../renderer/bridge.js';
import { hasArrived, NOTHING_YET, withArrived } from '../../renderer/stores/compare/arriving-rows.js';
import { useCompare } from '../../renderer/stores/compare/compare.js';
import { compareRows, SHOW_ALL } from '../../renderer/stores/compare/compare-rows.js';
import { usePackages } from '../../renderer/stores/packages/packages.js';
import { useSettings } from '../../renderer/stores/settings.js';
import { useTarget } from '../../renderer/stores/target/target.js';
import { remember } from '../../renderer/stores/target/target-spec.js';
import { scriptedBridge } from './scripted-bridge.js';

const AMD64 = 'linux/amd64';
const CELL = {
  ...({ state: 'same', stale: false, digest: null, from: 'target', version: '' } as const),
  ...{ created: null, bytes: 1, reason: '' },
};

function row(source: string, cells: CoverageImage['cells'] = {}): CoverageImage {
  return {
    ...{ source, sources: [source], target: `host/${source}`, charts: ['addon/web@1.0.0'], cells },
    ...{ before: [], after: [], bytesToSend: 0, problem: null },
  };
}

function event(...images: readonly CoverageImage[]): RunEvent & { readonly type: 'compared' } {
  return { type: 'compared', platforms: [AMD64], images };
}

describe('arriving rows', () => {
  it('stay in their places while their cells come', () => {
    const begun = withArrived(NOTHING_YET, event(row('a'), row('b')));
    expect(begun.images.map(hasArrived)).toEqual([false, false]);
    const further = withArrived(begun, event(row('b', { [AMD64]: CELL })));
    expect(further.images.map(({ source }) => source)).toEqual(['a', 'b']);
    expect(further.images.map(hasArrived)).toEqual([false, true]);
    expect(further.platforms).toEqual([AMD64]);
  });

  it('keep their charts open until the last tag was read', () => {
    const images = [row('a', { [AMD64]: CELL })];
    const view = { ...SHOW_ALL, sort: 'chart', folded: {} } as const;
    expect(compareRows({ images }, { ...view, allOpen: true }, new Map())).toHaveLength(2);
    expect(compareRows({ images }, view, new Map())).toHaveLength(1);
    const folded = { 'addon/web@1.0.0': true };
    expect(compareRows({ images }, { ...view, folded, allOpen: true }, new Map())).toHaveLength(1);
  });
});

describe('the comparison', () => {
  beforeEach(() => {
    useSettings.setState({
      settings: {
        ...{ language: 'en', theme: 'light', recentPackages: [], watchedFolders: [], targets: [] },
        ...{ concurrency: 4, limitRate: 0, logLevel: 'info', verifyAfterImport: false },
      },
    });
    usePackages.setState({ chosen: ['/p.tar.gz'] });
    useTarget.setState({ current: remember({ store: '/s' }, '') });
  });
  afterEach(() => {
    useCompare.getState().drop();
    usePackages.setState({ chosen: [] });
    useTarget.setState({ current: null });
    setBridge(null);
  });

  it('shows what arrived until it is complete, and does not ask for rows while one is shown', async () => {
    const complete: Coverage = { ...NOTHING_YET, platforms: [AMD64], images: [row('a', { [AMD64]: CELL })] };
    const seen: (number | undefined)[] = [];
    const bridge = scriptedBridge({
      compare: (_input, call) => {
        bridge.tell({ type: 'run', call, event: event(row('a'), row('b')) });
        bridge.tell({ type: 'run', call: 'another', event: event(row('c')) });
        seen.push(useCompare.getState().arriving?.images.length);
        return complete;
      },
    });
    setBridge(bridge);
    await useCompare.getState().load();
    expect(seen).toEqual([2]);
    expect(useCompare.getState()).toMatchObject({ coverage: complete, arriving: null, loading: null });
    await useCompare.getState().load({ fresh: true });
    expect(bridge.asked.map(({ input }) => input)).toMatchObject([
      { rowsAsEvents: true, reuseSurvey: true },
      { rowsAsEvents: false, reuseSurvey: false },
    ]);
  });
});
