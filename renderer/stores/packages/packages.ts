// The packages that were found and chosen, and the queue that reads them one at a time, because they share a drive.
import { create } from 'zustand';
import type { Problem } from '../../../core/contract.js';
import { ask } from '../../bridge.js';
import {
  EMPTY_LIST,
  mayChoose,
  parseHashes,
  withAdded,
  withDrives,
  withEntries,
  withListing,
  withPackage,
  type PackageList,
} from './package-list.js';
import { folderOf } from './package-name.js';
import { useSettings } from '../settings.js';

export interface WatchedFolder {
  readonly path: string;
  readonly problem: Problem | null;
  /** Files that are no packages, to be shown dimmed. */
  readonly others: readonly string[];
  readonly packages: readonly string[];
}

interface PackagesState extends PackageList {
  readonly watched: readonly WatchedFolder[];
  readonly drivesProblem: Problem | null;
  readonly lookForDrives: () => Promise<void>;
  readonly takeDrives: (drives: NonNullable<PackageList['drives']>) => void;
  readonly lookIntoFolders: (folders: readonly string[]) => Promise<void>;
  /** Adds files to the list, chooses them and reads them. */
  readonly add: (paths: readonly string[]) => void;
  /** Lists files that exist without choosing them; `added` are files of the person, the others are examples. */
  readonly list: (paths: readonly string[], kind: 'added' | 'examples') => Promise<void>;
  /** Empties the list of added files; chosen packages stay. */
  readonly forgetAdded: () => void;
  readonly choose: (path: string, chosen: boolean) => void;
  /** Keeps a file chosen that is not there now: it counts again once it is back. */
  readonly keep: (path: string) => void;
  /** Chooses what of a damaged package was read whole. */
  readonly takeRest: (path: string) => void;
  readonly clearChoice: () => void;
  readonly focus: (path: string | null) => void;
  readonly read: (path: string, reread?: boolean) => void;
  readonly stopReading: () => void;
  /** Looks whether the chosen packages are still there and unchanged; a changed one is read again. */
  readonly lookAgain: () => Promise<void>;
  /** Returns how many of the pasted hashes belong to a package of the list. */
  readonly checkHashes: (text: string) => number;
}

const RECENT_LIMIT = 12;
let reader: AbortController | null = null;
const waiting: { readonly path: string; readonly reread: boolean }[] = [];

export const usePackages = create<PackagesState>()((set, get) => {
  const change = (path: string, part: Parameters<typeof withPackage>[2]): void =>
    set((state) => withPackage(state, path, part));

  async function readNext(): Promise<void> {
    const next = waiting.shift();
    if (next === undefined) return;
    const { path, reread } = next;
    reader = new AbortController();
    const { signal } = reader;
    const startedAt = Date.now();
    const { pasted, bytes } = get().known[path] ?? { pasted: null, bytes: 0 };
    change(path, {
      queued: false,
      problem: null,
      takesRest: false,
      isOutdated: false,
      reading: { bytesRead: 0, bytesTotal: bytes, startedAt },
    });
    const answer = await ask(
      'inspect',
      { packages: [path], reread, ...(pasted === null ? {} : { sha512: pasted }) },
      {
        signal,
        onEvent(event) {
          if (event.type !== 'progress') return;
          change(path, {
            reading: { bytesRead: event.bytesRead, bytesTotal: event.bytesTotal, startedAt },
          });
        },
      },
    );
    reader = null;
    if (get().known[path]?.isOutdated === true && !signal.aborted) {
      waiting.push({ path, reread: false });
      change(path, { reading: null, queued: true });
    } else if (answer.ok) {
      const inventory = answer.value.packages[0] ?? null;
      change(path, { reading: null, inventory, bytes: inventory?.bytes ?? bytes });
    } else {
      change(path, { reading: null, problem: signal.aborted ? null : answer.problem });
    }
    const after = get().known[path];
    if (after && !mayChoose(after)) get().choose(path, false);
    await readNext();
  }

  return {
    ...EMPTY_LIST,
    watched: [],
    drivesProblem: null,

    async lookForDrives() {
      const answer = await ask('drives', null);
      if (answer.ok) get().takeDrives(answer.value);
      set(answer.ok ? { drivesProblem: null } : { drives: [], drivesProblem: answer.problem });
    },

    takeDrives: (drives) => set((state) => withDrives(state, drives)),

    async lookIntoFolders(folders) {
      const found: WatchedFolder[] = [];
      for (const path of folders) {
        const answer = await ask('listFolder', path);
        if (!answer.ok) {
          found.push({ path, problem: answer.problem, packages: [], others: [] });
          continue;
        }
        const { entries } = answer.value;
        set((state) => withEntries(state, entries));
        const packages = entries.filter(({ kind }) => kind === 'package').map((entry) => entry.path);
        const others = entries
          .filter(({ kind, name }) => kind === 'other' && /\.(tar|gz|tgz|zst)$/.test(name))
          .map((entry) => entry.path);
        found.push({ path, problem: null, packages, others });
      }
      set({ watched: found });
    },

    add(paths) {
      set((state) => withAdded(state, paths));
      for (const path of paths) get().choose(path, true);
      // The time of a file from the system's dialog is asked for at once, so that a later change is seen.
      void get().lookAgain();
      const recent = useSettings.getState().settings?.recentPackages ?? [];
      const recentPackages = [...paths, ...recent.filter((path) => !paths.includes(path))];
      void useSettings.getState().save({ recentPackages: recentPackages.slice(0, RECENT_LIMIT) });
    },

    async list(paths, kind) {
      const there: string[] = [];
      for (const folder of new Set(paths.map(folderOf))) {
        const answer = await ask('listFolder', folder);
        const entries = answer.ok ? answer.value.entries : [];
        const wanted = entries.filter(({ path }) => paths.includes(path));
        set((state) => withEntries(state, wanted));
        there.push(...wanted.map(({ path }) => path));
      }
      if (kind === 'added')
        set((state) =>
          withAdded(
            state,
            paths.filter((path) => there.includes(path)),
          ),
        );
    },

    forgetAdded() {
      set(({ added, chosen }) => ({ added: added.filter((path) => chosen.includes(path)) }));
      void useSettings.getState().save({ recentPackages: get().added });
    },

    choose(path, chosen) {
      const { known } = get();
      const one = known[path];
      if (chosen && one && !mayChoose(one)) return set({ focused: path });
      set(({ chosen: before }) => ({
        focused: path,
        chosen: chosen
          ? [...before.filter((each) => each !== path), path]
          : before.filter((each) => each !== path),
      }));
      if (chosen && one?.inventory == null) get().read(path);
    },

    keep(path) {
      set((state) => ({
        ...withPackage(withAdded(state, [path]), path, { gone: true }),
        chosen: [...state.chosen.filter((each) => each !== path), path],
      }));
    },

    takeRest(path) {
      change(path, { takesRest: true });
      get().choose(path, true);
    },

    clearChoice: () => set({ chosen: [] }),

    focus: (focused) => set({ focused }),

    read(path, reread = false) {
      const one = get().known[path];
      if (one?.reading != null || one?.queued === true) return;
      waiting.push({ path, reread });
      change(path, { queued: true });
      if (reader === null) void readNext();
    },

    stopReading() {
      for (const { path } of waiting.splice(0)) change(path, { queued: false });
      reader?.abort();
    },

    async lookAgain() {
      for (const folder of new Set(get().chosen.map(folderOf))) {
        const answer = await ask('listFolder', folder);
        set((state) => withListing(state, folder, answer.ok ? answer.value.entries : null));
      }
      const { chosen, known } = get();
      for (const path of chosen) {
        const one = known[path];
        if (one && !one.gone && one.inventory === null && one.problem === null) get().read(path);
      }
    },

    checkHashes(text) {
      const hashes = parseHashes(text);
      let found = 0;
      for (const { hash, name } of hashes) {
        const { known, chosen, focused } = get();
        const bare = focused ?? (chosen.length === 1 ? chosen[0] : undefined);
        const path = name === null ? bare : Object.keys(known).find((each) => known[each]?.name === name);
        if (path === undefined) continue;
        found += 1;
        change(path, { pasted: hash });
        if (known[path]?.inventory == null) get().read(path);
        const after = get().known[path];
        if (after && !mayChoose(after)) get().choose(path, false);
      }
      return found;
    },
  };
});
