// The newest lines of the host's log.
import { create } from 'zustand';
import { ask } from '../bridge.js';
import { parseLine, type LogLine } from './log-lines.js';

const KEPT = 500;
const EVERY_MS = 200;

interface LogState {
  readonly lines: readonly LogLine[];
  /** Reads the lines that were written before the window listened. */
  readonly load: () => Promise<void>;
  readonly hear: (line: string) => void;
}

export const useLog = create<LogState>()((set, get) => {
  let nextId = 0;
  let waiting: LogLine[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isLoaded = false;
  const takeIn = (): void => {
    timer = null;
    set({ lines: [...get().lines, ...waiting].slice(-KEPT) });
    waiting = [];
  };
  return {
    lines: [],

    async load() {
      if (isLoaded) return;
      isLoaded = true;
      const answer = await ask('readLog', { lines: KEPT });
      if (!answer.ok) {
        isLoaded = false;
        return;
      }
      // The answer holds lines that were heard while it was made.
      const read = new Set(answer.value);
      const isNew = ({ raw }: LogLine): boolean => !read.has(raw);
      const before = answer.value.map((line) => parseLine(line, nextId++));
      waiting = waiting.filter(isNew);
      set({ lines: [...before, ...get().lines.filter(isNew)].slice(-KEPT) });
    },

    hear(line) {
      waiting.push(parseLine(line, nextId++));
      timer ??= setTimeout(takeIn, EVERY_MS);
    },
  };
});
