// The reducer of run events: any split of the events into batches gives the same value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterEvents as afterTimed,
  NO_PROGRESS,
  progressAtEnd,
  progressAtStart,
  progressOf,
  snapshotOf,
} from '../../core/contract.js';
import type { Problem, RunEvent, RunProgress, RunSnapshot } from '../../core/contract.js';
import { rateOf, secondsLeft } from '../../renderer/stores/run/run-events.js';
import { plannedImage, planOf } from '../cli/plan-values.js';

const afterEvents = (before: RunProgress, events: readonly RunEvent[], at: number): RunProgress =>
  afterTimed(
    before,
    events.map((event) => ({ event, at })),
  );

const pack = (name: string, bytes: number) => ({
  path: `/usb/${name}`,
  name,
  version: 'v1',
  arch: 'amd64',
  bytes,
  sha512: null,
});
const problem = (code: string): Problem => ({
  code,
  params: {},
  message: code,
  hint: '',
  origin: 'registry',
  retryable: true,
});
const EVENTS: readonly RunEvent[] = [
  { type: 'stage', stage: 'connect' },
  { type: 'run-started', run: 'r1', target: 'reg.test', packages: [pack('a', 100), pack('b', 300)] },
  { type: 'stage', stage: 'read' },
  { type: 'pass-started', pass: 1, package: 'a', bytes: 100 },
  {
    type: 'blobs',
    ended: [{ digest: 'd1', bytes: 5, state: 'failed' }],
    uploads: [{ digest: 'd2', sent: 1, bytes: 2 }],
  },
  {
    type: 'progress',
    pass: 1,
    bytesRead: 100,
    bytesTotal: 100,
    bytesSent: 40,
    bytesSkipped: 3,
    current: 'x',
  },
  { type: 'pass-started', pass: 1, package: 'b', bytes: 300 },
  {
    type: 'progress',
    pass: 1,
    bytesRead: 60,
    bytesTotal: 300,
    bytesSent: 80,
    bytesSkipped: 3,
    current: 'y',
  },
  { type: 'blobs', ended: [{ digest: 'd1', bytes: 5, state: 'sent' }], uploads: [] },
  { type: 'problem', problem: problem('registry.failed') },
  { type: 'problem', problem: problem('registry.failed') },
  { type: 'paused', run: 'r1' },
];

function fold(events: readonly RunEvent[], cuts: readonly number[]): RunProgress {
  let progress = NO_PROGRESS;
  const ends = [...new Set([...cuts, events.length])].sort((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    progress = afterEvents(progress, events.slice(from, end), 1_000_000);
    from = end;
  }
  return progress;
}

describe('the events of a run', () => {
  it('give the same value in any batches, and leave the earlier value unchanged', () => {
    const once = fold(EVENTS, []);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: EVENTS.length })), (cuts) => {
        expect(fold(EVENTS, cuts)).toEqual(once);
      }),
    );
    expect(NO_PROGRESS.blobs.size + NO_PROGRESS.images.size).toBe(0);
  });

  it('keep the last end of a blob, count equal causes, and know pauses', () => {
    const { blobs, problems, paused, uploads, reading, read } = fold(EVENTS, []);
    expect(blobs.get('d1')?.state).toBe('sent');
    expect(problems).toEqual([{ problem: problem('registry.failed'), count: 2 }]);
    expect({ paused, uploads, reading }).toEqual({ paused: true, uploads: [], reading: 'b' });
    expect(read).toEqual({ a: { bytes: 100, total: 100 }, b: { bytes: 60, total: 300 } });
  });

  it('are the same for a window that opens late: the snapshot of any moment, then the rest', () => {
    fc.assert(
      fc.property(fc.nat({ max: EVENTS.length }), (cut) => {
        const early = fold(EVENTS.slice(0, cut), []);
        const late = progressOf(JSON.parse(JSON.stringify(snapshotOf(early))) as RunSnapshot);
        expect(late).toEqual(early);
        expect(afterEvents(late, EVENTS.slice(cut), 1_000_000)).toEqual(fold(EVENTS, []));
      }),
    );
  });

  const image = (target: string): RunEvent => ({
    ...{ type: 'image', source: 's', digest: 'd', target, platform: 'linux/amd64' },
    ...{ action: 'push', reason: 'absent' },
  });
  const sent = (bytesSent: number): RunEvent => ({
    ...{ type: 'progress', pass: 1, bytesRead: 0, bytesTotal: 0, bytesSent, bytesSkipped: 0, current: '' },
  });

  it('give the part that is done by bytes and phases, from the plan, and all of it only at the end', () => {
    const plan = planOf({
      blobs: [{ digest: 'sha256:1', bytes: 100 }],
      images: [plannedImage({ blobs: [0] }), plannedImage({ target: 'r/b:1', blobs: [0] })],
    });
    const request = { packages: ['/a'], target: { store: '/s' }, plan, verify: true };
    const steps: readonly RunEvent[] = [
      { type: 'stage', stage: 'survey' },
      { type: 'surveyed', done: 2, total: 2 },
      { type: 'stage', stage: 'read' },
      sent(50),
      sent(100),
      { type: 'stage', stage: 'tags' },
      image('r/a:1'),
      image('r/b:1'),
      { type: 'stage', stage: 'sweep' },
      { type: 'run-ended', run: 'r', result: 'done' },
      { type: 'stage', stage: 'verify' },
      { type: 'surveyed', done: 1, total: 2 },
    ];
    let progress = progressAtStart(request, 0);
    const done = steps.map((event) => {
      progress = afterEvents(progress, [event], 0);
      return Math.round(progress.done * 1000) / 1000;
    });
    expect(done).toEqual([0, 0.1, 0.1, 0.48, 0.86, 0.86, 0.89, 0.92, 0.95, 0.95, 0.95, 0.97]);
    expect(progressAtEnd(progress, 'done', 0).done).toBe(1);
    expect(progressAtEnd(progress, 'failed', 0).done).toBeCloseTo(0.97);
    expect(progressAtEnd(progress, 'partial', 0).done).toBe(1);
    const told = { source: 'c:1', digest: 'm', target: 'r/c:1', platform: 'linux/amd64' };
    const refused: RunEvent = { type: 'image', ...told, action: 'failed', reason: '' };
    expect(progressAtEnd(afterEvents(progress, [refused], 0), 'partial', 0).done).toBeCloseTo(0.97);
  });

  it('never let the part become less, whatever the order of events', () => {
    const some = fc.constantFrom<RunEvent>(
      ...EVENTS,
      ...(['connect', 'survey', 'read', 'tags', 'charts', 'sweep', 'verify', 'done'] as const).map(
        (stage): RunEvent => ({ type: 'stage', stage }),
      ),
      { type: 'surveyed', done: 3, total: 4 },
      sent(7),
      image('t'),
    );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 30 }), (events) => {
        let progress = NO_PROGRESS;
        for (const event of events) {
          const { done } = progress;
          progress = afterEvents(progress, [event], 0);
          expect(progress.done).toBeGreaterThanOrEqual(done);
          expect(progress.done).toBeLessThan(1);
        }
      }),
    );
  });

  it('give no remaining time in the first twenty seconds, nor while paused; pauses do not count', () => {
    const at = { ...NO_PROGRESS, startedAt: 0, done: 0.25 };
    expect(secondsLeft(at, 19_000)).toBeNull();
    expect(secondsLeft(at, 30_000)).toBeCloseTo(90);
    const paused = afterEvents(at, [{ type: 'paused', run: 'r' }], 30_000);
    expect(secondsLeft(paused, 40_000)).toBeNull();
    const resumed = afterEvents(paused, [{ type: 'resumed', run: 'r' }], 3_630_000);
    expect(secondsLeft(resumed, 3_630_000)).toBeCloseTo(90);
  });

  it('give the rate of the last seconds', () => {
    const sent = (at: number, bytes: number): RunEvent => ({
      type: 'progress',
      pass: 1,
      bytesRead: at,
      bytesTotal: 100,
      bytesSent: bytes,
      bytesSkipped: 0,
      current: '',
    });
    let progress = NO_PROGRESS;
    expect(rateOf(progress)).toBeNull();
    for (let second = 0; second <= 20; second += 1)
      progress = afterEvents(progress, [sent(second, second < 10 ? 0 : (second - 10) * 50)], second * 1000);
    expect(rateOf(progress)).toBeCloseTo(50);
    // Nothing is sent while the run waits, and after its end.
    expect(rateOf({ ...progress, pausedSince: 7 })).toBeNull();
    expect(rateOf({ ...progress, ended: 'done' })).toBeNull();
  });
});
