// The store of packages: reading one at a time, choosing, pasted hashes, files that are gone.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppSettings, InventoryPackage } from '../../core/contract.js';
import { setBridge } from '../../renderer/bridge.js';
import { EMPTY_LIST } from '../../renderer/stores/packages/package-list.js';
import { fileName } from '../../renderer/stores/packages/package-name.js';
import { usePackages } from '../../renderer/stores/packages/packages.js';
import { useSettings } from '../../renderer/stores/settings.js';
import { problemOf, Refusal, scriptedBridge, type Answers, type ScriptedBridge } from './scripted-bridge.js';

const HASH = 'a'.repeat(128);
const settings: AppSettings = {
  language: 'en',
  theme: 'light',
  recentPackages: [],
  watchedFolders: [],
  targets: [],
  concurrency: 4,
  limitRate: 0,
  logLevel: 'info',
  verifyAfterImport: true,
};

function inventory(path: string, part: Partial<InventoryPackage> = {}): InventoryPackage {
  return {
    path,
    name: fileName(path),
    family: 'full',
    version: '',
    arch: '',
    bytes: 100,
    sha512: HASH,
    checksum: 'unknown',
    charts: [{ repo: '', name: 'c', version: '1', images: [], lacking: [], skipImages: false, problems: [] }],
    images: [],
    blobBytes: 0,
    sharedBytes: 0,
    cached: false,
    problems: [],
    ...part,
  };
}

/** Waits until everything that is pending has ended. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

function host(answers: Answers): ScriptedBridge {
  const bridge = scriptedBridge({ saveSettings: (change) => ({ ...settings, ...change }), ...answers });
  setBridge(bridge);
  return bridge;
}

function reading(): {
  answers: Answers;
  release: (path: string, part?: Partial<InventoryPackage>) => Promise<void>;
} {
  const waiting = new Map<string, (found: InventoryPackage) => void>();
  return {
    answers: {
      inspect: async ({ packages: [path = ''] }) => {
        const found = await new Promise<InventoryPackage>((resolve) => waiting.set(path, resolve));
        return { schema: 'archbridge.inventory/1', packages: [found], problems: [] };
      },
    },
    async release(path, part) {
      waiting.get(path)?.(inventory(path, part));
      await settle();
    },
  };
}

beforeEach(() => {
  usePackages.setState({ ...EMPTY_LIST, watched: [], drivesProblem: null });
  useSettings.setState({ settings });
});
afterEach(() => setBridge(null));

const store = () => usePackages.getState();

describe('reading packages', () => {
  it('happens one after the other, in the order in which packages were chosen', async () => {
    const { answers, release } = reading();
    const bridge = host(answers);
    store().add(['/usb/a.tar', '/usb/b.tar']);
    const inspected = () =>
      bridge.asked.filter(({ method }) => method === 'inspect').map(({ input }) => input);
    expect(inspected()).toEqual([{ packages: ['/usb/a.tar'], reread: false }]);
    expect(store().known['/usb/b.tar']?.queued).toBe(true);
    await release('/usb/a.tar');
    expect(store().known['/usb/a.tar']?.inventory).not.toBeNull();
    expect(inspected()[1]).toEqual({ packages: ['/usb/b.tar'], reread: false });
    await release('/usb/b.tar');
    expect(store().chosen).toEqual(['/usb/a.tar', '/usb/b.tar']);
  });

  it('shows its progress from the events of its own call only', async () => {
    const { answers, release } = reading();
    const bridge = host(answers);
    store().read('/usb/a.tar');
    const call = bridge.asked[0]?.call ?? '';
    const progress = (of: string, bytesRead: number) =>
      bridge.tell({
        type: 'run',
        call: of,
        event: {
          type: 'progress',
          pass: 1,
          bytesRead,
          bytesTotal: 100,
          bytesSent: 0,
          bytesSkipped: 0,
          current: '',
        },
      });
    progress(call, 42);
    progress('another', 99);
    expect(store().known['/usb/a.tar']?.reading).toMatchObject({ bytesRead: 42, bytesTotal: 100 });
    await release('/usb/a.tar');
    progress(call, 50);
    expect(store().known['/usb/a.tar']?.reading).toBeNull();
  });

  it('can be stopped, which is no problem of the package', async () => {
    let refuse: () => void = () => undefined;
    const bridge = host({
      inspect: () =>
        new Promise((_, reject) => {
          refuse = () => reject(new Refusal(problemOf('run.cancelled')));
        }),
    });
    store().add(['/usb/a.tar', '/usb/b.tar']);
    store().stopReading();
    refuse();
    await settle();
    expect(bridge.cancelled).toEqual([bridge.asked.find(({ method }) => method === 'inspect')?.call]);
    expect(store().known['/usb/a.tar']).toMatchObject({ problem: null, reading: null });
    expect(store().known['/usb/b.tar']).toMatchObject({ queued: false, reading: null });
  });

  it('removes a package that does not match, and a damaged one, from the choice', async () => {
    const { answers, release } = reading();
    host(answers);
    store().add(['/usb/a.tar']);
    await release('/usb/a.tar', { checksum: 'mismatch' });
    expect(store().chosen).toEqual([]);
    store().choose('/usb/a.tar', true);
    expect(store().chosen).toEqual([]);
    host({
      inspect: () => {
        throw new Refusal(problemOf('package.damaged', 'package'));
      },
    });
    store().add(['/usb/b.tar']);
    await settle();
    expect(store().chosen).toEqual([]);
    expect(store().known['/usb/b.tar']?.problem?.code).toBe('package.damaged');
  });
});

describe('pasted hashes', () => {
  it('are for the package of that name, and without a name for the focused package', async () => {
    const { answers, release } = reading();
    host(answers);
    store().add(['/usb/a.tar']);
    await release('/usb/a.tar');
    expect(store().checkHashes(`${HASH}  a.tar`)).toBe(1);
    expect(store().known['/usb/a.tar']?.pasted).toBe(HASH);
    expect(store().checkHashes(`${HASH}  other.tar`)).toBe(0);
    expect(store().checkHashes('b'.repeat(128))).toBe(1);
    expect(store().chosen).toEqual([]);
  });

  it('are passed on when a package is read for the first time', async () => {
    const { answers, release } = reading();
    const bridge = host(answers);
    usePackages.setState({ known: {}, focused: '/usb/c.tar' });
    store().checkHashes(HASH);
    expect(bridge.asked.find(({ method }) => method === 'inspect')?.input).toMatchObject({ sha512: HASH });
    await release('/usb/c.tar');
  });
});

describe('files of an earlier session', () => {
  it('are listed only when they still exist', async () => {
    host({
      listFolder: (path) => ({
        path,
        parent: null,
        entries: [{ name: 'a.tar', path: '/usb/a.tar', kind: 'package', bytes: 7, modified: '' }],
      }),
    });
    await store().list(['/usb/a.tar', '/usb/gone.tar'], 'added');
    expect(store().added).toEqual(['/usb/a.tar']);
    expect(store().known['/usb/a.tar']?.bytes).toBe(7);
  });
});

describe('a chosen package', () => {
  const listing = (bytes: number, modified: string) => ({
    path: '/usb',
    parent: null,
    entries: [{ name: 'a.tar', path: '/usb/a.tar', kind: 'package' as const, bytes, modified }],
  });

  it('that is gone after a reload stays chosen and marked, is not read, and is read once it is back', async () => {
    const { answers, release } = reading();
    let isThere = false;
    const bridge = host({
      ...answers,
      listFolder: () => (isThere ? listing(100, '1') : { path: '/usb', parent: null, entries: [] }),
    });
    store().keep('/usb/a.tar');
    await store().lookAgain();
    expect([store().chosen, store().known['/usb/a.tar']?.gone]).toEqual([['/usb/a.tar'], true]);
    expect(bridge.asked.map(({ method }) => method)).not.toContain('inspect');
    isThere = true;
    await store().lookAgain();
    await release('/usb/a.tar');
    expect(store().known['/usb/a.tar']).toMatchObject({ gone: false, problem: null });
    expect(store().chosen).toEqual(['/usb/a.tar']);
  });

  it('that was deleted is marked, and counts again once it is back', async () => {
    const { answers, release } = reading();
    let isThere = true;
    host({
      ...answers,
      listFolder: () => (isThere ? listing(100, '1') : { path: '/usb', parent: null, entries: [] }),
    });
    store().add(['/usb/a.tar']);
    await release('/usb/a.tar');
    isThere = false;
    await store().lookAgain();
    expect(store()).toMatchObject({ chosen: ['/usb/a.tar'], known: { '/usb/a.tar': { gone: true } } });
    isThere = true;
    await store().lookAgain();
    expect(store().known['/usb/a.tar']).toMatchObject({ gone: false, inventory: { bytes: 100 } });
  });

  it('that is changed while it is read is read once more', async () => {
    const { answers, release } = reading();
    let modified = '1';
    const bridge = host({ ...answers, listFolder: () => listing(100, modified) });
    const inspected = () => bridge.asked.filter(({ method }) => method === 'inspect').length;
    store().add(['/usb/a.tar']);
    await settle();
    modified = '2';
    await store().lookAgain();
    await release('/usb/a.tar');
    expect([inspected(), store().known['/usb/a.tar']?.inventory]).toEqual([2, null]);
    await release('/usb/a.tar');
    expect([inspected(), store().known['/usb/a.tar']?.inventory?.bytes]).toEqual([2, 100]);
  });

  it.each([
    ['its time', 100, '2'],
    ['its size', 90, '1'],
  ])('that was changed, as %s tells, is read again', async (_what, bytes, modified) => {
    const { answers, release } = reading();
    let now = listing(100, '1');
    const bridge = host({ ...answers, listFolder: () => now });
    store().add(['/usb/a.tar']);
    await release('/usb/a.tar');
    expect(store().known['/usb/a.tar']?.inventory).not.toBeNull();
    now = listing(bytes, modified);
    await store().lookAgain();
    expect(store().known['/usb/a.tar']?.inventory).toBeNull();
    await release('/usb/a.tar', { bytes, checksum: 'mismatch' });
    expect(bridge.asked.filter(({ method }) => method === 'inspect')).toHaveLength(2);
    expect(store().chosen).toEqual([]);
  });

  it('that holds neither a chart nor an image is no package: it is taken out of the choice', async () => {
    const { answers, release } = reading();
    host({ ...answers, listFolder: () => listing(100, '1') });
    store().add(['/usb/a.tar']);
    expect(store().chosen).toEqual(['/usb/a.tar']);
    await release('/usb/a.tar', { charts: [], images: [] });
    expect(store().chosen).toEqual([]);
    store().choose('/usb/a.tar', true);
    expect(store().chosen).toEqual([]);
  });
});
