// The import or undo that is going on or ended last.
import { create } from 'zustand';
import type { ActiveRun, AppEvent, ImportRequest, Report, Result } from '../../core/contract.js';
import { ask } from '../bridge.js';

interface RunState {
  /** Call that started it; null when there was none since the window opened. */
  readonly call: string | null;
  readonly method: ActiveRun['method'];
  readonly result: Result<Report> | null;
  readonly start: (request: ImportRequest) => Promise<void>;
  /** Shows what the host is carrying out, for a window that opened later. */
  readonly adopt: (active: ActiveRun) => void;
  readonly hear: (event: AppEvent) => void;
}

export const useRun = create<RunState>()((set, get) => ({
  call: null,
  method: 'import',
  result: null,

  async start(request) {
    const call = crypto.randomUUID();
    set({ call, method: 'import', result: null });
    const result = await ask('import', request, { call });
    if (get().call === call) set({ result });
  },

  adopt: ({ call, method, result }) => set({ call, method, result }),

  hear(event) {
    if (event.type === 'run-ended' && event.call === get().call) set({ result: event.result });
  },
}));
