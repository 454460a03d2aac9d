// The rows of the run screen: one for each image, with a state that follows from the run's events.
import { describe, expect, it } from 'vitest';
import { afterEvents as afterTimed, NO_PROGRESS } from '../../core/contract.js';
import type { BlobEnd, Plan, RunEvent, RunProgress } from '../../core/contract.js';
import { filterOf, planRows, rowsAfter } from '../../renderer/stores/run/run-rows.js';
import { plannedImage, planOf } from '../cli/plan-values.js';

const afterEvents = (before: RunProgress, events: readonly RunEvent[], at: number): RunProgress =>
  afterTimed(
    before,
    events.map((event) => ({ event, at })),
  );

const BLOBS = ['base', 'l1', 'base2', 'l2'].map((digest) => ({ digest, bytes: 10 }));
const PLAN: Plan = planOf({
  blobs: BLOBS,
  images: [
    plannedImage({ source: 'nginx:1', digest: 'm1', blobs: [0, 1] }),
    plannedImage({ source: 'nginx:1', platform: 'linux/arm64', digest: 'm2', blobs: [2, 3] }),
    plannedImage({ source: 'redis:7', platform: 'linux/arm64', digest: 'm3', blobs: [2] }),
  ],
});
const ended = (digest: string, state: BlobEnd['state'] = 'sent'): BlobEnd => ({ digest, bytes: 10, state });
const states = (progress: RunProgress): Record<string, string> =>
  Object.fromEntries(
    rowsAfter(planRows({ plan: PLAN, offered: [], ends: progress.images.values() }), progress).map((row) => [
      row.source,
      row.state,
    ]),
  );

describe('rows of a run', () => {
  it('are one for each image, with the layers of all its platforms', () => {
    const rows = rowsAfter(planRows({ plan: PLAN, offered: [], ends: [] }), NO_PROGRESS);
    expect(rows.map(({ source, parts, bytes }) => [source, parts.length, bytes])).toEqual([
      ['nginx:1', 2, 40],
      ['redis:7', 1, 10],
    ]);
  });

  it('change from waiting over sending and joining to verified', () => {
    let progress = afterEvents(NO_PROGRESS, [{ type: 'stage', stage: 'read' }], 0);
    expect(states(progress)).toEqual({ 'nginx:1': 'waiting', 'redis:7': 'waiting' });
    progress = afterEvents(
      progress,
      [
        {
          type: 'blobs',
          ended: [ended('base', 'there')],
          uploads: [{ digest: 'l1', sent: 5, bytes: 10 }],
        },
      ],
      0,
    );
    expect(states(progress)).toEqual({ 'nginx:1': 'sending', 'redis:7': 'waiting' });
    expect(states(afterEvents(progress, [{ type: 'paused', run: 'r' }], 0))['nginx:1']).toBe('paused');
    progress = afterEvents(
      progress,
      [
        { type: 'blobs', ended: ['l1', 'l2', 'base2'].map((digest) => ended(digest)), uploads: [] },
        { type: 'stage', stage: 'tags' },
      ],
      0,
    );
    expect(states(progress)).toEqual({ 'nginx:1': 'joining', 'redis:7': 'joining' });
    const told = { source: 'nginx:1', digest: 'm1', target: 'r/nginx:1', reason: '' };
    progress = afterEvents(
      progress,
      [{ type: 'image', ...told, platform: 'linux/amd64', action: 'push' }],
      0,
    );
    expect(states(progress)['nginx:1']).toBe('joining');
    progress = afterEvents(
      progress,
      [
        { type: 'image', ...told, digest: 'm2', platform: 'linux/arm64', action: 'add' },
        {
          type: 'image',
          ...told,
          source: 'redis:7',
          target: 'r/redis:7',
          platform: 'linux/arm64',
          action: 'skip',
        },
      ],
      0,
    );
    expect(states(progress)).toEqual({ 'nginx:1': 'verified', 'redis:7': 'skipped' });
  });

  it('show a failed blob as being tried again, and a failed image as failed', () => {
    const retried = afterEvents(
      NO_PROGRESS,
      [{ type: 'blobs', ended: [ended('base2', 'failed')], uploads: [] }],
      0,
    );
    expect(states(retried)['redis:7']).toBe('retrying');
    const failed = afterEvents(
      retried,
      [
        {
          type: 'image',
          source: 'redis:7',
          digest: 'm3',
          target: 'r/redis:7',
          platform: 'linux/arm64',
          action: 'blocked',
          reason: '',
        },
      ],
      0,
    );
    expect(states(failed)['redis:7']).toBe('failed');
    expect(filterOf('failed')).toBe('problems');
  });

  it("are made from the run's events where neither plan nor packages are known", () => {
    const progress = afterEvents(
      NO_PROGRESS,
      [
        {
          type: 'image',
          source: 'busybox:1',
          digest: 'm9',
          target: 'r/busybox:1',
          platform: 'linux/amd64',
          action: 'replace',
          reason: 'restored',
        },
      ],
      0,
    );
    const sources = { plan: null, offered: progress.offered, ends: progress.images.values() };
    expect(rowsAfter(planRows(sources), progress)).toMatchObject([
      { source: 'busybox:1', state: 'verified', layers: [] },
    ]);
  });

  it('are made from the images of the packages where an import has no plan', () => {
    const offered = PLAN.images.map(({ source, digest, platform, blobs }) => ({
      ...{ source, digest, platform, package: 'a.tar.gz' },
      layers: blobs.flatMap((at) => BLOBS[at] ?? []),
    }));
    const progress = afterEvents(NO_PROGRESS, [{ type: 'offered', images: offered }], 0);
    const rows = rowsAfter(planRows({ plan: null, offered: progress.offered, ends: [] }), progress);
    expect(rows.map(({ source, bytes }) => [source, bytes])).toEqual([
      ['nginx:1', 40],
      ['redis:7', 10],
    ]);
  });

  it('show what the repository holds as there, and a mislabelled image as left out, not as failed', () => {
    const odd = { source: 'odd:1', action: 'blocked' as const, reason: 'mislabelled' };
    const plan = planOf({
      blobs: BLOBS,
      images: [plannedImage({ source: 'a:1', blobs: [0, 1], held: [0] }), plannedImage(odd)],
    });
    const told = { digest: 'm', target: 'r/odd:1', platform: 'linux/amd64' };
    const progress = afterEvents(NO_PROGRESS, [{ type: 'image', ...odd, ...told }], 0);
    for (const at of [NO_PROGRESS, progress]) {
      const rows = rowsAfter(planRows({ plan, offered: [], ends: at.images.values() }), at);
      const of = new Map(rows.map((one) => [one.source, one]));
      expect(of.get('odd:1')?.state).toBe('left-out');
      expect(of.get('a:1')?.layers).toEqual([
        { bytes: 10, state: 'present' },
        { bytes: 10, state: 'waiting' },
      ]);
    }
  });

  it('are left out at the end where one platform of the image is mislabelled, whatever became of the others', () => {
    const source = 'odd:1';
    const told = { source, target: 'r/odd:1' };
    const progress = afterEvents(
      NO_PROGRESS,
      [
        { type: 'image', ...told, digest: 'm1', platform: 'linux/amd64', action: 'push', reason: 'absent' },
        {
          type: 'image',
          ...told,
          digest: 'm2',
          platform: 'linux/arm64',
          action: 'blocked',
          reason: 'mislabelled',
        },
      ],
      0,
    );
    const plans = planRows({ plan: null, offered: [], ends: progress.images.values() });
    expect(rowsAfter(plans, progress)[0]?.state).toBe('left-out');
  });

  it('say that they are sent only while a layer of theirs is on its way', () => {
    const sent = afterEvents(NO_PROGRESS, [{ type: 'blobs', ended: [ended('l1')], uploads: [] }], 0);
    expect(states(sent)['nginx:1']).toBe('waiting');
    const stopped = afterEvents(sent, [{ type: 'run-ended', run: 'r', result: 'failed' }], 0);
    expect(states(stopped)['nginx:1']).toBe('not-begun');
    expect(filterOf('not-begun')).toBe('problems');
  });
});
