// The reducer of run events: any split of the events into batches gives the same value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem, RunEvent } from '../../core/contract.js';
import {
  afterEvents,
  doneOf,
  NO_PROGRESS,
  rateOf,
  secondsLeft,
  type RunProgress,
} from '../../renderer/stores/run/run-events.js';

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

  it('give the progress: reading, then names, and 1 at the end', () => {
    const reading = fold(EVENTS, []);
    expect(doneOf(reading, 2)).toBeCloseTo(0.9 * (160 / 400));
    const naming = afterEvents(
      reading,
      [
        { type: 'stage', stage: 'tags' },
        {
          type: 'image',
          source: 's',
          digest: 'd',
          target: 't',
          platform: 'linux/amd64',
          action: 'push',
          reason: 'absent',
        },
      ],
      0,
    );
    expect(doneOf(naming, 2)).toBeCloseTo(0.95);
    expect(doneOf(afterEvents(naming, [{ type: 'run-ended', run: 'r1', result: 'done' }], 0), 2)).toBe(1);
  });

  it('give no remaining time in the first twenty seconds, nor while paused', () => {
    const running = afterEvents(fold(EVENTS, []), [{ type: 'resumed', run: 'r1' }], 0);
    expect(secondsLeft(running, 2, 1_000_000 + 19_000)).toBeNull();
    const left = secondsLeft(running, 2, 1_000_000 + 36_000);
    expect(left).toBeCloseTo((36 / 0.36) * 0.64);
    expect(secondsLeft(fold(EVENTS, []), 2, 1_000_000 + 36_000)).toBeNull();
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
  });
});
