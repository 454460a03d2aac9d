// The import or undo that is active or ended last: its request, its progress, and its answer.
import { create } from 'zustand';
import type {
  ActiveRun,
  AppEvent,
  ImportRequest,
  Problem,
  Report,
  Result,
  RunProgress,
  TimedEvent,
  UndoRequest,
} from '../../../core/contract.js';
import { ask, getBridge } from '../../bridge.js';
import {
  afterEvents,
  NO_PROGRESS,
  progressAtEnd,
  progressAtStart,
  progressOf,
} from '../../../core/contract.js';
import { decisionsIn, withDecisions } from '../plan/plan-decisions.js';

/** Milliseconds. A run may send hundreds of events a second; the window applies them in batches. */
const EVERY_MS = 100;

type RunAppEvent = Extract<AppEvent, { readonly type: 'run' | 'run-ended' }>;

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
  /** Starts the same run again, with the same decisions on a plan that is made anew; it sends only what is missing. */
  readonly again: () => Promise<void>;
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
  /** Cancels the run; resolves when it has ended. */
  readonly stop: () => Promise<void>;
  /** Shows a run that the host is carrying out, in a window that opened later. */
  readonly adopt: (active: ActiveRun) => void;
  /** Asks the host for the run that it is carrying out, and shows it. */
  readonly follow: () => Promise<void>;
  readonly hear: (event: AppEvent) => void;
}

export const useRun = create<RunState>()((set, get) => {
  /** Events that are not folded in yet. */
  let waiting: TimedEvent[] = [];
  /** Events of the run up to this one are known. */
  let told = 0;
  /** Events of a run that another window started, until the host has told all that came before them. */
  let early: { readonly call: string; readonly events: RunAppEvent[] } | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const takeIn = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    set({ progress: afterEvents(get().progress, events) });
  };
  const begin = (call: string, method: ActiveRun['method'], request: ActiveRun['request']): void => {
    waiting = [];
    told = 0;
    const progress = progressAtStart(request, Date.now());
    set({ call, method, request, progress, result: null, stopping: false, problem: null });
  };
  const end = (call: string, result: Result<Report>): void => {
    takeIn();
    if (get().call !== call || get().result !== null) return;
    const ended = result.ok ? result.value.result : 'failed';
    set({ result, stopping: false, progress: progressAtEnd(get().progress, ended, Date.now()) });
  };
  const switchTo = async (method: 'pause' | 'resume'): Promise<void> => {
    const { run } = get().progress;
    if (run === null) return;
    const answer = await ask(method, run);
    set({ problem: answer.ok ? null : answer.problem });
  };
  /** An event of a run that this window did not start: the host is asked for all of it, and events meanwhile are kept. */
  const hearOther = (event: RunAppEvent): void => {
    if (event.type === 'run' && event.told === undefined) return;
    if (early?.call === event.call) {
      early.events.push(event);
      return;
    }
    early = { call: event.call, events: [event] };
    void get().follow();
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
      // the person sees that a drive was removed and can bring it back
      end(call, await ask('import', { ...request, waitForPackage: true }, { call }));
    },

    async undo(request) {
      const call = crypto.randomUUID();
      begin(call, 'undo', request);
      end(call, await ask('undo', request, { call }));
    },

    async again() {
      const { request } = get();
      if (request === null) return;
      if ('runs' in request) return get().undo(request);
      const { plan, verify, receipt: _, ...asked } = request;
      if (!plan) return get().start(request);
      // The tags that the former run wrote are not as its plan found them.
      const made = await ask('plan', asked);
      if (!made.ok) return set({ problem: made.problem });
      const again = withDecisions(made.value, decisionsIn(plan));
      await get().start({ ...asked, plan: again, ...(verify === undefined ? {} : { verify }) });
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

    adopt(active) {
      const { call, method, request, result } = active;
      waiting = [];
      told = active.told;
      set({
        call,
        method,
        request,
        result,
        progress: progressOf(active.progress),
        stopping: false,
        problem: null,
      });
      const missed = early?.call === call ? early.events : [];
      early = null;
      for (const event of missed) get().hear(event);
    },

    async follow() {
      const active = await ask('activeRun', null);
      if (active.ok && active.value !== null) get().adopt(active.value);
      early = null;
    },

    hear(event) {
      if (event.type !== 'run' && event.type !== 'run-ended') return;
      if (event.call !== get().call) return hearOther(event);
      if (event.type === 'run-ended') return end(event.call, event.result);
      const at = event.told ?? told + 1;
      if (at <= told) return;
      told = at;
      waiting.push({ event: event.event, at: Date.now() });
      timer ??= setTimeout(takeIn, EVERY_MS);
    },
  };
});
