// The rows of the run screen: one for each image, with a state that follows from the run's events.
import { describe, expect, it } from 'vitest';
import type { BlobEnd, InventoryPackage } from '../../core/contract.js';
import { afterEvents, NO_PROGRESS, type RunProgress } from '../../renderer/stores/run/run-events.js';
import { filterOf, planRows, rowsAfter } from '../../renderer/stores/run/run-rows.js';

const image = (source: string, platform: string, digest: string, layers: readonly string[]) => ({
  source,
  platform,
  digest,
  config: `c-${digest}`,
  mediaType: '',
  created: null,
  programs: 'unknown',
  mislabelled: false,
  bytes: 0,
  layers: layers.map((layer) => ({ digest: layer, bytes: 10 })),
  repo: 'addon',
  chart: 'c',
  named: true,
  problem: null,
});
const inventory = (name: string, images: InventoryPackage['images']): InventoryPackage => ({
  path: `/${name}`,
  name,
  family: 'full',
  version: 'v1',
  arch: '',
  bytes: 1,
  sha512: null,
  checksum: 'ok',
  charts: [],
  images,
  blobBytes: 0,
  sharedBytes: 0,
  cached: false,
  problems: [],
});
const PACKAGES = [
  inventory('amd', [image('nginx:1', 'linux/amd64', 'm1', ['base', 'l1'])]),
  inventory('arm', [
    image('nginx:1', 'linux/arm64', 'm2', ['base2', 'l2']),
    image('redis:7', 'linux/arm64', 'm3', ['base2']),
  ]),
];
const ended = (digest: string, state: BlobEnd['state'] = 'sent'): BlobEnd => ({ digest, bytes: 10, state });
const states = (progress: RunProgress): Record<string, string> =>
  Object.fromEntries(
    rowsAfter(planRows(null, PACKAGES, progress.images.values()), progress).map((row) => [
      row.source,
      row.state,
    ]),
  );

describe('rows of a run', () => {
  it('are one for each image, with the layers of all its platforms', () => {
    const rows = rowsAfter(planRows(null, PACKAGES, []), NO_PROGRESS);
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
    expect(rowsAfter(planRows(null, [], progress.images.values()), progress)).toMatchObject([
      { source: 'busybox:1', state: 'verified', layers: [] },
    ]);
  });
});
