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
  const takeIn = (): void => {
    timer = null;
    set({ lines: [...get().lines, ...waiting].slice(-KEPT) });
    waiting = [];
  };
  return {
    lines: [],

    async load() {
      if (get().lines.length > 0) return;
      const answer = await ask('readLog', { lines: KEPT });
      if (answer.ok) set({ lines: answer.value.map((line) => parseLine(line, nextId++)) });
    },

    hear(line) {
      waiting.push(parseLine(line, nextId++));
      timer ??= setTimeout(takeIn, EVERY_MS);
    },
  };
});
