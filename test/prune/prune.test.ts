// Pruning after an upgrade, in a folder and in a real registry: superseded versions go, and nothing that anything else uses.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../core/contract.js';
import { openFolderCharts } from '../../core/chart-repo/folder.js';
import { openFolderTarget } from '../../core/folder/folder-target.js';
import { publishedChart } from '../support/chart-archive.js';
import { openPruneDesk, told, type PruneDesk } from '../support/pruning.js';
import { startFront } from '../support/registry-front.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { pushImages, tinyImage } from '../support/tiny-image.js';
import { treeOf } from '../support/tree.js';
import { registryState, undo } from '../support/undoing.js';

const options = { signal: new AbortController().signal };
let desk: PruneDesk;

beforeEach(async () => {
  desk = await openPruneDesk();
});
afterEach(() => desk.bench.close());

describe('a prune of a folder', () => {
  let target: TargetSpec;
  let store: string;
  beforeEach(() => {
    store = join(desk.bench.directory, 'store');
    target = { store };
  });

  it('leaves what an import of the newest version alone would have left, to the last byte', async () => {
    for (const version of ['1.0.0', '1.1.0'])
      for (const arch of ['amd64', 'arm64']) await desk.imported(target, version, arch);
    const before = await treeOf(store);
    const plan = await desk.list(target);
    expect(await treeOf(store)).toEqual(before);
    expect(told(plan)).toEqual([
      'remove web 1.0.0: superseded, newest 1.1.0',
      'remove ghcr.io/web/app:1.0.0: superseded, web 1.0.0',
      'leave ghcr.io/web/base:1: chart-stays, web 1.1.0',
    ]);
    const report = await desk.prune(target);
    expect(report).toMatchObject({ kind: 'prune', result: 'done', problems: [] });
    expect(report.images.map((row) => [row.target, row.platform, row.after])).toEqual([
      ['ghcr.io/web/app:1.0.0', 'linux/amd64', null],
      ['ghcr.io/web/app:1.0.0', 'linux/arm64', null],
    ]);
    const fresh = join(desk.bench.directory, 'fresh');
    for (const arch of ['amd64', 'arm64']) await desk.imported({ store: fresh }, '1.1.0', arch);
    expect(await treeOf(store)).toEqual(await treeOf(fresh));
    expect(told(await desk.list(target))).toEqual([]);
    // its layers are gone, which the preview of an undo says before it changes anything
    const back = await desk.bench.engine.planUndo({ runs: [report.run], target }, options);
    expect(back).toMatchObject({ ok: true, value: { tags: [{ action: 'leave', reason: 'parts-missing' }] } });
  });

  it('keeps as many versions as asked, and the charts that are left out', async () => {
    for (const version of ['1.0.0', '1.1.0', '1.10.0']) await desk.imported(target, version, 'amd64');
    expect(told(await desk.list(target, { keep: 2 })).slice(0, 1)).toEqual([
      'remove web 1.0.0: superseded, newest 1.10.0',
    ]);
    expect(told(await desk.list(target, { skip: ['web@1.0.0'] }))).toEqual([
      'leave web 1.0.0: skipped, newest 1.10.0',
      'remove web 1.1.0: superseded, newest 1.10.0',
      'remove ghcr.io/web/app:1.1.0: superseded, web 1.1.0',
      'leave ghcr.io/web/base:1: chart-stays, web 1.10.0,web 1.0.0',
    ]);
  });

  it('takes away nothing that others published or wrote, nothing that a digest pins, and nothing unsure', async () => {
    await desk.imported(target, '1.0.0', 'amd64');
    await desk.imported(target, '1.1.0', 'amd64');
    const charts = await openFolderCharts(join(store, 'charts'), options);
    await charts.putChart(publishedChart({ name: 'web', version: '9.0.0' }), options);
    await charts.putChart(publishedChart({ name: 'web', version: '0.1.0' }), options);
    await charts.close();
    // neither the newer nor the older chart of somebody else counts
    expect(told(await desk.list(target)).slice(0, 1)).toEqual(['remove web 1.0.0: superseded, newest 1.1.0']);

    const images = await openFolderTarget(store, options);
    const now = await images.getManifest('ghcr.io/web/app', '1.0.0', options);
    await images.close();
    const pin = `image: ghcr.io/web/app@${now?.digest ?? ''}\n`;
    const pinning = publishedChart({ name: 'other', version: '1.0.0', files: { 'templates/app.yaml': pin } });
    const again = await openFolderCharts(join(store, 'charts'), options);
    await again.putChart(pinning, options);
    await again.flush(options);
    expect(told(await desk.list(target))).toContain('leave ghcr.io/web/app:1.0.0: pinned, other 1.0.0');
    await again.deleteChart('other', '1.0.0', options);
    await again.close();

    await writeFile(join(store, 'charts', 'web-0.1.0.tgz'), 'no archive');
    const unsure = await desk.list(target);
    expect(told(unsure)).toContain('leave ghcr.io/web/app:1.0.0: use-unknown, web 1.0.0');
    expect(unsure.problems).toHaveLength(1);
  });

  it('leaves a tag that somebody else wrote since, and says so', async () => {
    await desk.imported(target, '1.0.0', 'amd64');
    await desk.imported(target, '1.1.0', 'amd64');
    const images = await openFolderTarget(store, options);
    await pushImages(images, 'ghcr.io/web/app', '1.0.0', [tinyImage('amd64', 'other')], options);
    await images.close();
    const report = await desk.prune(target);
    expect(report.charts.map((row) => [row.version, row.digest])).toEqual([['1.0.0', null]]);
    expect(report.images).toEqual([]);
    const left = await openFolderTarget(store, options);
    expect(await left.listTags('ghcr.io/web/app', options)).toEqual(['1.0.0', '1.1.0']);
    await left.close();
  });

  it('keeps what an undo of an earlier run restores', async () => {
    await desk.imported(target, '1.0.0', 'amd64');
    const upgrade = await desk.imported(target, '1.1.0', 'amd64', 'another base');
    await desk.imported(target, '1.2.0', 'amd64', 'another base');
    await desk.prune(target);
    const undone = await undo(desk.bench, { runs: [upgrade], target });
    const base = undone.images.find((row) => row.target === 'ghcr.io/web/base:1');
    expect(base).toMatchObject({ action: 'replace', reason: 'restored', problem: null });
  });
});

describe.each([2, 3] as const)('a prune of a registry (distribution %s)', (version) => {
  let registry: RunningRegistry;
  let target: TargetSpec;
  beforeEach(async () => {
    registry = await startRegistry({ version, deleteEnabled: true });
    target = { registry: registry.url };
  });
  afterEach(async () => {
    await registry.stop();
  });

  async function status(repository: string, digest: string): Promise<number> {
    const accept =
      'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json';
    const url = `${registry.url}/v2/${repository}/manifests/${digest}`;
    return (await fetch(url, { method: 'HEAD', headers: { accept } })).status;
  }

  it('removes the tag and what only it led to, and an undo puts it back', async () => {
    for (const one of ['1.0.0', '1.1.0'])
      for (const arch of ['amd64', 'arm64']) await desk.imported(target, one, arch);
    const before = await registryState(registry.url);
    expect(Object.keys(before).sort()).toEqual([
      'addon/web:1.0.0',
      'addon/web:1.1.0',
      'web/app:1.0.0',
      'web/app:1.1.0',
      'web/base:1',
    ]);
    const old = before['web/app:1.0.0'] ?? '';
    expect(told(await desk.list(target))).toEqual([
      'remove web 1.0.0: superseded, newest 1.1.0',
      `remove ${registry.host}/web/app:1.0.0: superseded, web 1.0.0`,
      `leave ${registry.host}/web/base:1: chart-stays, web 1.1.0`,
    ]);
    const report = await desk.prune(target);
    expect(report).toMatchObject({ result: 'done', problems: [] });
    const { 'addon/web:1.0.0': _chart, 'web/app:1.0.0': _app, ...rest } = before;
    expect(await registryState(registry.url)).toEqual(rest);
    expect(await status('web/app', old)).toBe(404);
    const undone = await undo(desk.bench, { runs: [report.run], target });
    expect(undone).toMatchObject({ result: 'done', problems: [] });
    expect(await registryState(registry.url)).toEqual(before);
  });

  it('that is stopped between a tag and its manifest removes the manifest the next time', async () => {
    let old = '';
    const stop = new AbortController();
    const front = await startFront(registry.url, ({ method, path }, pass) => {
      if (method !== 'DELETE' || old === '' || !path.endsWith(old)) return pass();
      stop.abort();
      return Promise.resolve({ status: 500 });
    });
    try {
      const behind = { registry: front.url };
      for (const one of ['1.0.0', '1.1.0']) await desk.imported(behind, one, 'amd64');
      old = (await registryState(registry.url))['web/app:1.0.0'] ?? '';
      const stopped = await desk.bench.engine.prune({ target: behind }, { signal: stop.signal });
      expect(stopped).toMatchObject({ ok: true, value: { result: 'cancelled' } });
      expect(await registryState(registry.url)).not.toHaveProperty('web/app:1.0.0');
      expect(await status('web/app', old)).toBe(200);
      const digest = old;
      old = '';
      expect(await desk.prune(behind)).toMatchObject({ result: 'done', problems: [] });
      expect(await status('web/app', digest)).toBe(404);
    } finally {
      await front.stop();
    }
  });

  it('keeps a manifest that another tag leads to', async () => {
    await desk.imported(target, '1.0.0', 'amd64');
    await desk.imported(target, '1.1.0', 'amd64');
    const { 'web/app:1.0.0': old = '' } = await registryState(registry.url);
    const path = `${registry.url}/v2/web/app/manifests`;
    const found = await fetch(`${path}/${old}`, { headers: { accept: '*/*' } });
    const type = found.headers.get('content-type') ?? '';
    await fetch(`${path}/mine`, {
      method: 'PUT',
      headers: { 'content-type': type },
      body: await found.arrayBuffer(),
    });
    expect((await desk.prune(target)).result).toBe('done');
    expect(await registryState(registry.url)).toMatchObject({ 'web/app:mine': old });
    expect(await registryState(registry.url)).not.toHaveProperty('web/app:1.0.0');
  });
});

it('a registry without deletes keeps the tags, and the list says so', async () => {
  const registry = await startRegistry({ version: 2, deleteEnabled: false });
  try {
    const target = { registry: registry.url, charts: [{ url: join(desk.bench.directory, 'charts') }] };
    await desk.imported(target, '1.0.0', 'amd64');
    await desk.imported(target, '1.1.0', 'amd64');
    expect(told(await desk.list(target))).toContain(
      `leave ${registry.host}/web/app:1.0.0: cannot-remove, web 1.0.0`,
    );
    const report = await desk.prune(target);
    expect(report).toMatchObject({ result: 'partial' });
    expect(report.images).toMatchObject([{ problem: { code: 'prune.tag-cannot-be-removed' } }]);
  } finally {
    await registry.stop();
  }
});
