// The run in a window: complete for a window that opens late, and for a run that another window started.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { afterEvents, progressAtStart, snapshotOf } from '../../core/contract.js';
import type { ActiveRun, AppEvent, Report, Result, RunEvent } from '../../core/contract.js';
import { setBridge } from '../../renderer/bridge.js';
import { worstOf } from '../../renderer/stores/run/run-again.js';
import { isGoingOn, targetsOfRuns, useRun } from '../../renderer/stores/run/run.js';
import { plannedImage, planOf } from '../cli/plan-values.js';
import { reportOf } from '../cli/values.js';
import { problemOf, scriptedBridge } from './scripted-bridge.js';

const REQUEST = { packages: ['/usb/a.tar.gz'], target: { store: '/srv/store' } };
const EVENTS: readonly RunEvent[] = [
  { type: 'run-started', run: 'r1', target: '/srv/store', packages: [] },
  { type: 'stage', stage: 'read' },
  { type: 'blobs', ended: [{ digest: 'd1', bytes: 5, state: 'sent' }], uploads: [] },
  {
    ...{ type: 'image', source: 's:1', digest: 'd', target: 't:1', platform: 'linux/amd64' },
    ...{ action: 'push', reason: 'absent' },
  },
];

function active(told: number): ActiveRun {
  const events = EVENTS.slice(0, told).map((event) => ({ event, at: 7 }));
  const progress = snapshotOf(afterEvents(progressAtStart(REQUEST, 3), events));
  const { run, paused, away } = progress;
  return {
    call: 'theirs',
    method: 'import',
    request: REQUEST,
    run,
    paused,
    away,
    progress,
    told,
    result: null,
    others: [],
  };
}

function heard(at: number): AppEvent {
  const event = EVENTS[at - 1];
  if (!event) throw new Error(`no event ${String(at)}`);
  return { type: 'run', call: 'theirs', event, told: at };
}

beforeEach(() => {
  vi.useFakeTimers();
  useRun.setState(useRun.getInitialState());
  return () => {
    vi.useRealTimers();
  };
});

describe('a run that another window started', () => {
  it('is followed from its first event on, and no event counts twice or is lost', async () => {
    // The host answers after its third event; the fourth comes before the answer.
    setBridge(scriptedBridge({ activeRun: () => active(3) }));
    useRun.getState().hear(heard(2));
    useRun.getState().hear(heard(3));
    useRun.getState().hear(heard(4));
    await vi.runAllTimersAsync();
    const { call, request, progress } = useRun.getState();
    expect([call, request]).toEqual(['theirs', REQUEST]);
    expect(progress).toMatchObject({ run: 'r1', startedAt: 3, stage: 'read' });
    expect([progress.blobs.size, progress.images.size]).toEqual([1, 1]);
  });
});

describe('an import into several targets', () => {
  const [one, two] = ['/srv/one', '/srv/two'].map((store) => ({
    packages: ['/usb/a.tar.gz'],
    target: { store },
  }));
  const requests = [one, two].flatMap((request) => request ?? []);
  const sent = (bytesSent: number): RunEvent => ({
    ...{ type: 'progress', pass: 1, bytesRead: 1, bytesTotal: 2, bytesSkipped: 0, current: '' },
    bytesSent,
  });

  it('has the progress, the answer and the report of each target, whichever is shown', async () => {
    const done: Result<Report> = { ok: true, value: reportOf({}) };
    let answer: (value: readonly Result<Report>[]) => void = () => undefined;
    const bridge = scriptedBridge({
      importSeveral: () => new Promise((resolve) => (answer = resolve)),
      pause: () => true,
    });
    setBridge(bridge);
    const whole = useRun.getState().startSeveral(requests);
    const [first = '', second = ''] = useRun.getState().several.map(({ call }) => call);
    expect(second).toBe(`${first}/1`);
    const { hear, look, pause } = useRun.getState();
    hear({
      type: 'run',
      call: first,
      event: { type: 'run-started', run: 'r1', target: '', packages: [] },
      told: 1,
    });
    hear({
      type: 'run',
      call: second,
      event: { type: 'run-started', run: 'r2', target: '', packages: [] },
      told: 1,
    });
    hear({ type: 'run', call: second, event: sent(7), told: 2 });
    await vi.advanceTimersByTimeAsync(200);
    expect(useRun.getState().progress.bytesSent).toBe(0);
    look(second);
    expect(useRun.getState().progress.bytesSent).toBe(7);
    expect(useRun.getState().request?.target).toEqual({ store: '/srv/two' });
    await pause();
    expect(bridge.asked.filter(({ method }) => method === 'pause').map(({ input }) => input)).toEqual([
      'r1',
      'r2',
    ]);

    hear({ type: 'run-ended', call: second, result: done });
    expect(isGoingOn(useRun.getState())).toBe(true);
    expect(targetsOfRuns(useRun.getState())).toEqual([{ store: '/srv/one' }]);
    answer([done, done]);
    await whole;
    expect(isGoingOn(useRun.getState())).toBe(false);
    expect(useRun.getState().several.map(({ result }) => result)).toEqual([done, done]);
  });

  it('is undone in each target, and again only where that failed', async () => {
    const undone: Result<Report> = { ok: true, value: reportOf({ kind: 'undo', images: [], charts: [] }) };
    const failed: Result<Report> = { ok: false, problem: problemOf('registry.unreachable', 'registry') };
    const bridge = scriptedBridge({
      undoSeveral: () => [undone, failed],
      undo: () => reportOf({ kind: 'undo' }),
    });
    setBridge(bridge);
    const undos = requests.map(({ target }, at) => ({ runs: [`r${String(at)}`], target }));
    await useRun.getState().undoSeveral(undos);
    const { several, method } = useRun.getState();
    expect([method, several.map(({ result }) => result)]).toEqual(['undo', [undone, failed]]);
    expect(worstOf(several.map(({ result }) => result))).toBe('failed');
    expect(worstOf([undone])).toBe('undone');
    await useRun.getState().again();
    expect(bridge.asked.at(-1)).toMatchObject({ method: 'undo', input: undos[1] });
  });

  it('is followed by a window that opens late, with all its runs', async () => {
    const other = { ...active(1), call: 'theirs/1', request: requests[1] ?? REQUEST };
    setBridge(scriptedBridge({ activeRun: () => ({ ...active(1), others: [other] }) }));
    await useRun.getState().follow();
    expect(useRun.getState().several.map(({ call }) => call)).toEqual(['theirs', 'theirs/1']);
    useRun.getState().hear({ type: 'run', call: 'theirs/1', event: sent(3), told: 2 });
    await vi.advanceTimersByTimeAsync(200);
    expect(useRun.getState().several.map(({ progress }) => progress.bytesSent)).toEqual([0, 3]);
  });
});

describe('running again', () => {
  it('makes the plan anew and keeps the decisions, because the former run has changed tags', async () => {
    const row = plannedImage({ action: 'conflict', reason: 'older', decision: 'keep' });
    const plan = planOf({ images: [{ ...row, decision: 'replace' }] });
    const bridge = scriptedBridge({
      plan: () => planOf({ made: 'later', images: [row] }),
      import: () => new Promise(() => undefined),
    });
    setBridge(bridge);
    useRun.setState({ request: { ...REQUEST, plan, verify: true } });
    void useRun.getState().again();
    await vi.waitFor(() => expect(bridge.asked.map(({ method }) => method)).toContain('import'), 30_000);
    const request = bridge.asked.find(({ method }) => method === 'import')?.input;
    expect(request).toMatchObject({
      verify: true,
      plan: { made: 'later', images: [{ decision: 'replace' }] },
    });
  });
});
