// The folder that a dialog lists, what is typed above it, and what is marked in it. One such dialog is open at a time.
import { create } from 'zustand';
import type { FolderListing, Problem } from '../../core/contract.js';
import { ask } from '../bridge.js';

interface FolderListState {
  /** Null until the host has answered for the first time. */
  readonly listing: FolderListing | null;
  readonly problem: Problem | null;
  readonly typed: string;
  /** Paths. */
  readonly marked: readonly string[];
  /**
   * Empties the list and opens the first of these folders that can be listed; null is the list of the roots. Opens nothing more once the
   * person has opened a folder.
   */
  readonly begin: (...folders: readonly (string | null)[]) => Promise<void>;
  /** Opens a folder. Its path takes the place of what was typed before that. */
  readonly open: (path: string | null) => Promise<void>;
  readonly type: (text: string) => void;
  readonly mark: (paths: readonly string[]) => void;
}

const EMPTY = { listing: null, problem: null, typed: '', marked: [] } as const;

export const useFolderList = create<FolderListState>()((set, get) => {
  /** Number of folders that were asked for; the answer about the last one counts. */
  let asked = 0;
  /** False where the folder cannot be listed, and nothing else was asked for meanwhile. */
  const show = async (path: string | null): Promise<boolean> => {
    const mine = (asked += 1);
    const { typed } = get();
    const answer = await ask('listFolder', path);
    if (mine !== asked) return true;
    if (!answer.ok) {
      set({ problem: answer.problem, marked: [] });
      return false;
    }
    const isTyping = get().typed !== typed;
    const listing = answer.value;
    set({ listing, problem: null, marked: [], ...(isTyping ? {} : { typed: listing.path ?? '' }) });
    return true;
  };
  return {
    ...EMPTY,

    async begin(...folders) {
      set(EMPTY);
      for (const folder of folders) if (await show(folder)) return;
    },

    open: async (path) => void (await show(path)),
    type: (typed) => set({ typed }),
    mark: (marked) => set({ marked }),
  };
});
