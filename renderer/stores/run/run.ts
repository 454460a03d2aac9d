// The import or undo that is active or ended last: its request, its progress, and its answer.
import { create } from 'zustand';
import type {
  ActiveRun,
  AppEvent,
  ImportRequest,
  Problem,
  Report,
  Result,
  RunEvent,
  UndoRequest,
} from '../../../core/contract.js';
import { ask, getBridge } from '../../bridge.js';
import { afterEvents, NO_PROGRESS, type RunProgress } from './run-events.js';

/** Milliseconds. A run may send hundreds of events a second; the window applies them in batches. */
const EVERY_MS = 100;

interface RunState {
  /** Id of the call that started it; null when none was started since the window opened. */
  readonly call: string | null;
  readonly method: ActiveRun['method'];
  readonly request: ActiveRun['request'] | null;
  readonly progress: RunProgress;
  readonly result: Result<Report> | null;
  /** True after the person cancelled, until the run has ended. */
  readonly stopping: boolean;
  /** Why pausing or resuming was refused. */
  readonly problem: Problem | null;
  readonly start: (request: ImportRequest) => Promise<void>;
  /** Undoes runs. An undo is itself a run and shown as one. */
  readonly undo: (request: UndoRequest) => Promise<void>;
  /** Starts the same run again; it sends only what is missing. */
  readonly again: () => Promise<void>;
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
  /** Cancels the run; resolves when it has ended. */
  readonly stop: () => Promise<void>;
  /** Shows a run that the host is carrying out, in a window that opened later. */
  readonly adopt: (active: ActiveRun) => void;
  readonly hear: (event: AppEvent) => void;
}

export const useRun = create<RunState>()((set, get) => {
  let waiting: RunEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  const takeIn = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    set({ progress: afterEvents(get().progress, events, Date.now()) });
  };
  const begin = (call: string, method: ActiveRun['method'], request: ActiveRun['request']): void => {
    waiting = [];
    set({ call, method, request, progress: NO_PROGRESS, result: null, stopping: false, problem: null });
  };
  const end = (call: string, result: Result<Report>): void => {
    takeIn();
    if (get().call === call && get().result === null) set({ result, stopping: false });
  };
  const switchTo = async (method: 'pause' | 'resume'): Promise<void> => {
    const { run } = get().progress;
    if (run === null) return;
    const answer = await ask(method, run);
    set({ problem: answer.ok ? null : answer.problem });
  };
  return {
    call: null,
    method: 'import',
    request: null,
    progress: NO_PROGRESS,
    result: null,
    stopping: false,
    problem: null,

    async start(request) {
      const call = crypto.randomUUID();
      begin(call, 'import', request);
      end(call, await ask('import', request, { call }));
    },

    async undo(request) {
      const call = crypto.randomUUID();
      begin(call, 'undo', request);
      end(call, await ask('undo', request, { call }));
    },

    async again() {
      const { request } = get();
      if (request === null) return;
      await ('runs' in request ? get().undo(request) : get().start(request));
    },

    pause: () => switchTo('pause'),
    resume: () => switchTo('resume'),

    async stop() {
      const { call, result } = get();
      if (call === null || result !== null) return;
      set({ stopping: true });
      getBridge().cancel(call);
      await new Promise<void>((resolve) => {
        const leave = useRun.subscribe(({ result: ended }) => {
          if (ended === null) return;
          leave();
          resolve();
        });
      });
    },

    adopt({ call, method, request, events, paused, result }) {
      waiting = [];
      const progress = afterEvents(NO_PROGRESS, events, Date.now());
      set({
        call,
        method,
        request,
        result,
        progress: { ...progress, paused },
        stopping: false,
        problem: null,
      });
    },

    hear(event) {
      if (event.type === 'run-ended') end(event.call, event.result);
      if (event.type !== 'run' || event.call !== get().call) return;
      waiting.push(event.event);
      timer ??= setTimeout(takeIn, EVERY_MS);
    },
  };
});
