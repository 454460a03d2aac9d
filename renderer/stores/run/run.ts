// The import or undo that is active or ended last: its request, its progress, and its answer. An import into several targets is a run
// for each of them; one is shown, and the others are beside it.
import { create } from 'zustand';
import type {
  ActiveRun,
  AppEvent,
  ImportRequest,
  Problem,
  Report,
  Result,
  RunProgress,
  TargetSpec,
  TimedEvent,
  UndoRequest,
} from '../../../core/contract.js';
import { ask, getBridge } from '../../bridge.js';
import {
  afterEvents,
  callOfTarget,
  NO_PROGRESS,
  progressAtEnd,
  progressAtStart,
  progressOf,
} from '../../../core/contract.js';
import { isComplete, withPlanAnew } from './run-again.js';

/** Milliseconds. A run may send hundreds of events a second; the window applies them in batches. */
const EVERY_MS = 100;

type RunAppEvent = Extract<AppEvent, { readonly type: 'run' | 'run-ended' }>;

/** A run of an import into several targets. */
export interface OneOfSeveral {
  readonly call: string;
  readonly request: ActiveRun['request'];
  readonly progress: RunProgress;
  readonly result: Result<Report> | null;
}

interface RunState {
  /** Id of the call that started it; null when none was started since the window opened. */
  readonly call: string | null;
  readonly method: ActiveRun['method'];
  readonly request: ActiveRun['request'] | null;
  readonly progress: RunProgress;
  readonly result: Result<Report> | null;
  /** All runs of an import into several targets in the order of the targets, the shown one included; empty for an import into one. */
  readonly several: readonly OneOfSeveral[];
  /** True after the person cancelled, until the run has ended. */
  readonly stopping: boolean;
  /** Why pausing or resuming was refused. */
  readonly problem: Problem | null;
  readonly start: (request: ImportRequest) => Promise<void>;
  /** Imports the same packages into several targets from one reading. */
  readonly startSeveral: (requests: readonly ImportRequest[]) => Promise<void>;
  /** Undoes a run in each of several targets. */
  readonly undoSeveral: (requests: readonly UndoRequest[]) => Promise<void>;
  /** Shows another one of several runs. */
  readonly look: (call: string) => void;
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

/** True while a run is active, for several targets while one of theirs is. */
export function isGoingOn({ call, result, several }: Pick<RunState, 'call' | 'result' | 'several'>): boolean {
  return call !== null && (result === null || several.some((one) => one.result === null));
}

/** The targets of the runs that are active. */
export function targetsOfRuns({
  request,
  result,
  several,
}: Pick<RunState, 'request' | 'result' | 'several'>): readonly TargetSpec[] {
  if (several.length > 0) return several.flatMap((one) => (one.result === null ? [one.request.target] : []));
  return request !== null && result === null ? [request.target] : [];
}

export const useRun = create<RunState>()((set, get) => {
  /** By call: events that are not folded in yet, and up to which one the events are known. */
  const waiting = new Map<string, TimedEvent[]>();
  const told = new Map<string, number>();
  /** Events of a run that another window started, until the host has told all that came before them. */
  let early: { readonly events: RunAppEvent[] } | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const takeIn = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const events = new Map(waiting);
    waiting.clear();
    for (const [call, ofCall] of events)
      change(call, ({ progress }) => ({ progress: afterEvents(progress, ofCall) }));
  };
  /** Changes the run of this call, whether it is the shown one or beside it. */
  const change = (
    call: string,
    to: (
      before: Pick<OneOfSeveral, 'progress' | 'result'>,
    ) => Partial<Pick<OneOfSeveral, 'progress' | 'result'>>,
  ): void => {
    const { call: shown, progress, result, several } = get();
    if (call === shown) set(to({ progress, result }));
    if (several.length > 0)
      set({ several: several.map((one) => (one.call === call ? { ...one, ...to(one) } : one)) });
  };
  const begin = (
    method: ActiveRun['method'],
    runs: readonly { readonly call: string; readonly request: ActiveRun['request'] }[],
  ): void => {
    waiting.clear();
    told.clear();
    const begun = runs.map((one) => ({
      ...one,
      progress: progressAtStart(one.request, Date.now()),
      result: null,
    }));
    const [first] = begun;
    if (first === undefined) return;
    const several = begun.length > 1 ? begun : [];
    set({ ...first, method, several, stopping: false, problem: null });
  };
  const end = (call: string, result: Result<Report>): void => {
    takeIn();
    const ended = result.ok ? result.value.result : 'failed';
    change(call, (before) =>
      before.result === null ? { result, progress: progressAtEnd(before.progress, ended, Date.now()) } : {},
    );
    if (!isGoingOn(get())) set({ stopping: false });
  };
  const carryOutSeveral = async (
    method: ActiveRun['method'],
    requests: readonly ActiveRun['request'][],
    asked: (call: string) => Promise<Result<readonly Result<Report>[]>>,
  ): Promise<void> => {
    const call = crypto.randomUUID();
    begin(
      method,
      requests.map((request, at) => ({ call: callOfTarget(call, at), request })),
    );
    const answer = await asked(call);
    for (const [at] of requests.entries()) {
      const result = answer.ok ? answer.value[at] : answer;
      if (result !== undefined) end(callOfTarget(call, at), result);
    }
  };
  const isKnown = (call: string): boolean =>
    get().call === call || get().several.some((one) => one.call === call);
  const switchTo = async (method: 'pause' | 'resume'): Promise<void> => {
    const { several, progress } = get();
    const all = several.length > 0 ? several.filter(({ result }) => result === null) : [{ progress }];
    for (const { run } of all.map((one) => one.progress)) {
      if (run === null) continue;
      const answer = await ask(method, run);
      set({ problem: answer.ok ? null : answer.problem });
    }
  };
  /** An event of a run that this window did not start: the host is asked for all of it, and events meanwhile are kept. */
  const hearOther = (event: RunAppEvent): void => {
    if (event.type === 'run' && event.told === undefined) return;
    // The runs into several targets are told with calls of their own.
    if (early !== null) {
      early.events.push(event);
      return;
    }
    early = { events: [event] };
    void get().follow();
  };
  return {
    call: null,
    method: 'import',
    request: null,
    progress: NO_PROGRESS,
    result: null,
    several: [],
    stopping: false,
    problem: null,

    async start(request) {
      const call = crypto.randomUUID();
      begin('import', [{ call, request }]);
      // the person sees that a drive was removed and can bring it back
      end(call, await ask('import', { ...request, waitForPackage: true }, { call }));
    },

    async startSeveral(requests) {
      const asked = requests.map((request) => ({ ...request, waitForPackage: true }));
      await carryOutSeveral('import', asked, (call) => ask('importSeveral', { requests: asked }, { call }));
    },

    undoSeveral: (requests) =>
      carryOutSeveral('undo', requests, (call) => ask('undoSeveral', { requests }, { call })),

    look(wanted) {
      takeIn();
      const found = get().several.find(({ call }) => call === wanted);
      if (found) set({ ...found, problem: null });
    },

    async undo(request) {
      const call = crypto.randomUUID();
      begin('undo', [{ call, request }]);
      end(call, await ask('undo', request, { call }));
    },

    async again() {
      const { request, several } = get();
      if (request === null) return;
      const open = several.filter(({ result }) => result?.ok !== true || !isComplete(result.value));
      const wanted = several.length > 0 ? open.map((one) => one.request) : [request];
      const undos = wanted.flatMap((one) => ('runs' in one ? [one] : []));
      if (undos.length > 1) return get().undoSeveral(undos);
      if (undos[0] !== undefined) return get().undo(undos[0]);
      const imports: ImportRequest[] = [];
      for (const one of wanted) {
        if ('runs' in one) continue;
        const anew = await withPlanAnew(one);
        if (!anew.ok) return set({ problem: anew.problem });
        imports.push(anew.value);
      }
      const [only] = imports;
      if (imports.length > 1) return get().startSeveral(imports);
      if (only !== undefined) return get().start(only);
    },

    pause: () => switchTo('pause'),
    resume: () => switchTo('resume'),

    async stop() {
      const { call, several } = get();
      // The runs into several targets are one call.
      const first = several[0]?.call ?? call;
      if (first === null || !isGoingOn(get())) return;
      set({ stopping: true });
      getBridge().cancel(first);
      await new Promise<void>((resolve) => {
        const leave = useRun.subscribe((state) => {
          if (isGoingOn(state)) return;
          leave();
          resolve();
        });
      });
    },

    adopt(active) {
      const all = [active, ...active.others];
      waiting.clear();
      told.clear();
      for (const one of all) told.set(one.call, one.told);
      const runs = all.map(({ call, request, result, progress }) => ({
        ...{ call, request, result },
        progress: progressOf(progress),
      }));
      const [first] = runs;
      if (first === undefined) return;
      const several = runs.length > 1 ? runs : [];
      set({ ...first, method: active.method, several, stopping: false, problem: null });
      const missed = early?.events.filter(({ call }) => isKnown(call)) ?? [];
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
      if (!isKnown(event.call)) return hearOther(event);
      if (event.type === 'run-ended') return end(event.call, event.result);
      const known = told.get(event.call) ?? 0;
      const at = event.told ?? known + 1;
      if (at <= known) return;
      told.set(event.call, at);
      const ofCall = waiting.get(event.call) ?? [];
      waiting.set(event.call, ofCall);
      ofCall.push({ event: event.event, at: Date.now() });
      timer ??= setTimeout(takeIn, EVERY_MS);
    },
  };
});
