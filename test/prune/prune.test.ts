// Pruning after an upgrade, in a folder and in a real registry: superseded versions go, and nothing that anything else uses.
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {
  ImportRequest,
  PrunePlan,
  PruneRequest,
  Report,
  TargetSpec,
  UndoRequest,
} from '../../core/contract.js';
import { openFolderCharts } from '../../core/chart-repo/folder.js';
import { openFolderTarget } from '../../core/folder/folder-target.js';
import { publishedChart } from '../support/chart-archive.js';
import { openKillableImports, type KillableCommand, type KillableImports } from '../support/killed-import.js';
import { makeBundle, makeDockerArchive, makeImage, makeLayer, makePackage } from '../support/packages.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { openBench, type Bench } from '../support/seed.js';
import { pushImages, tinyImage } from '../support/tiny-image.js';
import { treeOf } from '../support/tree.js';
import { registryState, undo } from '../support/undoing.js';

const options = { signal: new AbortController().signal };
let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await bench.close();
});

/** A package with chart `web`, whose image `app` has the version as its tag and whose image `base` has the tag 1 in each version. */
async function packageOf(version: string, architecture: string, base = 'base'): Promise<string> {
  const image = (name: string, tag: string, text: string) =>
    makeImage(`ghcr.io/web/${name}:${tag}`, architecture, [makeLayer(`${architecture} ${text}`)]);
  const bundle = makeBundle({
    hints: '- "{{ .app.image }}:{{ .app.tag }}"\n- "{{ .base.image }}:{{ .base.tag }}"\n',
    chart: {
      'Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`,
      'values.yaml': `app:\n  image: ghcr.io/web/app\n  tag: "${version}"\nbase:\n  image: ghcr.io/web/base\n  tag: "1"\n`,
    },
    images: makeDockerArchive([image('app', version, version), image('base', '1', base)]),
  });
  const path = join(bench.directory, `addon-offline-full-package-v${version}-${architecture}.tar.gz`);
  await writeFile(path, makePackage([{ path: `addon/web_${version}.bundle.tar`, body: bundle }]));
  return path;
}

async function imported(target: TargetSpec, version: string, arch: string, base = 'base'): Promise<string> {
  const packages = [await packageOf(version, arch, base)];
  const report = await bench.import({ packages, target, onChange: 'replace' });
  expect(report.result).toBe('done');
  return report.run;
}

async function list(target: TargetSpec, request: Partial<PruneRequest> = {}): Promise<PrunePlan> {
  const answer = await bench.engine.planPrune({ target, ...request }, options);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

async function prune(target: TargetSpec, request: Partial<PruneRequest> = {}): Promise<Report> {
  const answer = await bench.engine.prune({ target, ...request }, options);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

function told({ charts, tags }: PrunePlan): readonly string[] {
  return [
    ...charts.map((row) => `${row.action} ${row.name} ${row.version}: ${row.reason}, newest ${row.newest}`),
    ...tags.map((row) => `${row.action} ${row.target}: ${row.reason}, ${row.charts.join()}`),
  ];
}

describe('a prune of a folder', () => {
  let target: TargetSpec;
  let store: string;
  beforeEach(() => {
    store = join(bench.directory, 'store');
    target = { store };
  });

  it('leaves what an import of the newest version alone would have left, to the last byte', async () => {
    for (const version of ['1.0.0', '1.1.0'])
      for (const arch of ['amd64', 'arm64']) await imported(target, version, arch);
    const before = await treeOf(store);
    const plan = await list(target);
    expect(await treeOf(store)).toEqual(before);
    expect(told(plan)).toEqual([
      'remove web 1.0.0: superseded, newest 1.1.0',
      'remove ghcr.io/web/app:1.0.0: superseded, web 1.0.0',
      'leave ghcr.io/web/base:1: chart-stays, web 1.1.0',
    ]);
    const report = await prune(target);
    expect(report).toMatchObject({ kind: 'prune', result: 'done', problems: [] });
    expect(report.images.map((row) => [row.target, row.platform, row.after])).toEqual([
      ['ghcr.io/web/app:1.0.0', 'linux/amd64', null],
      ['ghcr.io/web/app:1.0.0', 'linux/arm64', null],
    ]);
    const fresh = join(bench.directory, 'fresh');
    for (const arch of ['amd64', 'arm64']) await imported({ store: fresh }, '1.1.0', arch);
    expect(await treeOf(store)).toEqual(await treeOf(fresh));
    expect(told(await list(target))).toEqual([]);
    // its layers are gone, which the preview of an undo says before it changes anything
    const back = await bench.engine.planUndo({ runs: [report.run], target }, options);
    expect(back).toMatchObject({ ok: true, value: { tags: [{ action: 'leave', reason: 'parts-missing' }] } });
  });

  it('keeps as many versions as asked, and the charts that are left out', async () => {
    for (const version of ['1.0.0', '1.1.0', '1.10.0']) await imported(target, version, 'amd64');
    expect(told(await list(target, { keep: 2 })).slice(0, 1)).toEqual([
      'remove web 1.0.0: superseded, newest 1.10.0',
    ]);
    expect(told(await list(target, { skip: ['web@1.0.0'] }))).toEqual([
      'leave web 1.0.0: skipped, newest 1.10.0',
      'remove web 1.1.0: superseded, newest 1.10.0',
      'remove ghcr.io/web/app:1.1.0: superseded, web 1.1.0',
      'leave ghcr.io/web/base:1: chart-stays, web 1.10.0,web 1.0.0',
    ]);
  });

  it('takes away nothing that others published or wrote, nothing that a digest pins, and nothing unsure', async () => {
    await imported(target, '1.0.0', 'amd64');
    await imported(target, '1.1.0', 'amd64');
    const charts = await openFolderCharts(join(store, 'charts'), options);
    await charts.putChart(publishedChart({ name: 'web', version: '9.0.0' }), options);
    await charts.putChart(publishedChart({ name: 'web', version: '0.1.0' }), options);
    await charts.close();
    // neither the newer nor the older chart of somebody else counts
    expect(told(await list(target)).slice(0, 1)).toEqual(['remove web 1.0.0: superseded, newest 1.1.0']);

    const images = await openFolderTarget(store, options);
    const now = await images.getManifest('ghcr.io/web/app', '1.0.0', options);
    await images.close();
    const pin = `image: ghcr.io/web/app@${now?.digest ?? ''}\n`;
    const pinning = publishedChart({ name: 'other', version: '1.0.0', files: { 'templates/app.yaml': pin } });
    const again = await openFolderCharts(join(store, 'charts'), options);
    await again.putChart(pinning, options);
    await again.flush(options);
    expect(told(await list(target))).toContain('leave ghcr.io/web/app:1.0.0: pinned, other 1.0.0');
    await again.deleteChart('other', '1.0.0', options);
    await again.close();

    await writeFile(join(store, 'charts', 'web-0.1.0.tgz'), 'no archive');
    const unsure = await list(target);
    expect(told(unsure)).toContain('leave ghcr.io/web/app:1.0.0: use-unknown, web 1.0.0');
    expect(unsure.problems).toHaveLength(1);
  });

  it('leaves a tag that somebody else wrote since, and says so', async () => {
    await imported(target, '1.0.0', 'amd64');
    await imported(target, '1.1.0', 'amd64');
    const images = await openFolderTarget(store, options);
    await pushImages(images, 'ghcr.io/web/app', '1.0.0', [tinyImage('amd64', 'other')], options);
    await images.close();
    const report = await prune(target);
    expect(report.charts.map((row) => [row.version, row.digest])).toEqual([['1.0.0', null]]);
    expect(report.images).toEqual([]);
    const left = await openFolderTarget(store, options);
    expect(await left.listTags('ghcr.io/web/app', options)).toEqual(['1.0.0', '1.1.0']);
    await left.close();
  });

  it('keeps what an undo of an earlier run restores', async () => {
    await imported(target, '1.0.0', 'amd64');
    const upgrade = await imported(target, '1.1.0', 'amd64', 'another base');
    await imported(target, '1.2.0', 'amd64', 'another base');
    await prune(target);
    const undone = await undo(bench, { runs: [upgrade], target });
    const base = undone.images.find((row) => row.target === 'ghcr.io/web/base:1');
    expect(base).toMatchObject({ action: 'replace', reason: 'restored', problem: null });
  });
});

describe('a run on a folder that is killed right after the new list of names', () => {
  let killable: KillableImports;
  beforeAll(async () => {
    killable = await openKillableImports();
  });
  afterAll(() => killable.close());

  const kill = async (
    request: ImportRequest | PruneRequest | UndoRequest,
    command: KillableCommand,
    at = 'oci/index.json',
  ) => {
    const state = join(bench.directory, 'state');
    expect(await killable.run(state, request, at, command)).toBeNull();
  };
  const blobsIn = async (store: string): Promise<readonly string[]> =>
    Object.keys(await treeOf(join(store, 'oci', 'blobs')));

  it.each(['import', 'prune', 'undo'] as const)(
    '(%s) leaves no blob without a name after the next run',
    async (command) => {
      const [target, fresh] = [{ store: join(bench.directory, 'store') }, join(bench.directory, 'fresh')];
      await imported(target, '1.0.0', 'amd64');
      if (command === 'import') {
        await kill({ packages: [await packageOf('1.0.0', 'arm64')], target }, command);
        await imported({ store: fresh }, '1.0.0', 'amd64');
        await imported({ store: fresh }, '1.0.0', 'arm64');
      } else {
        const run = await imported(target, '1.1.0', 'amd64');
        await kill(command === 'prune' ? { target } : { runs: [run], target }, command);
        await imported({ store: fresh }, command === 'prune' ? '1.1.0' : '1.0.0', 'amd64');
      }
      expect((await blobsIn(target.store)).length).toBeGreaterThan((await blobsIn(fresh)).length);
      // finds nothing to prune and writes no name
      expect(await prune(target)).toMatchObject({ result: 'done', problems: [] });
      expect(await blobsIn(target.store)).toEqual(await blobsIn(fresh));
      expect(readdirSync(target.store)).toEqual(['charts', 'oci']);
    },
  );

  it('leaves no file of a chart without an entry after the next run', async () => {
    const target = { store: join(bench.directory, 'store') };
    for (const version of ['1.0.0', '1.1.0']) await imported(target, version, 'amd64');
    await kill({ target }, 'prune', 'charts/index.yaml');
    const charts = () => readdirSync(join(target.store, 'charts'));
    expect(charts()).toContain('web-1.0.0.tgz');
    await prune(target);
    expect(charts()).toEqual(['index.yaml', 'web-1.1.0.tgz']);
    expect(readdirSync(target.store)).toEqual(['charts', 'oci']);
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
      for (const arch of ['amd64', 'arm64']) await imported(target, one, arch);
    const before = await registryState(registry.url);
    expect(Object.keys(before).sort()).toEqual([
      'addon/web:1.0.0',
      'addon/web:1.1.0',
      'web/app:1.0.0',
      'web/app:1.1.0',
      'web/base:1',
    ]);
    const old = before['web/app:1.0.0'] ?? '';
    expect(told(await list(target))).toEqual([
      'remove web 1.0.0: superseded, newest 1.1.0',
      `remove ${registry.host}/web/app:1.0.0: superseded, web 1.0.0`,
      `leave ${registry.host}/web/base:1: chart-stays, web 1.1.0`,
    ]);
    const report = await prune(target);
    expect(report).toMatchObject({ result: 'done', problems: [] });
    const { 'addon/web:1.0.0': _chart, 'web/app:1.0.0': _app, ...rest } = before;
    expect(await registryState(registry.url)).toEqual(rest);
    expect(await status('web/app', old)).toBe(404);
    const undone = await undo(bench, { runs: [report.run], target });
    expect(undone).toMatchObject({ result: 'done', problems: [] });
    expect(await registryState(registry.url)).toEqual(before);
  });

  it('keeps a manifest that another tag leads to', async () => {
    await imported(target, '1.0.0', 'amd64');
    await imported(target, '1.1.0', 'amd64');
    const { 'web/app:1.0.0': old = '' } = await registryState(registry.url);
    const path = `${registry.url}/v2/web/app/manifests`;
    const found = await fetch(`${path}/${old}`, { headers: { accept: '*/*' } });
    const type = found.headers.get('content-type') ?? '';
    await fetch(`${path}/mine`, {
      method: 'PUT',
      headers: { 'content-type': type },
      body: await found.arrayBuffer(),
    });
    expect((await prune(target)).result).toBe('done');
    expect(await registryState(registry.url)).toMatchObject({ 'web/app:mine': old });
    expect(await registryState(registry.url)).not.toHaveProperty('web/app:1.0.0');
  });
});

it('a registry without deletes keeps the tags, and the list says so', async () => {
  const registry = await startRegistry({ version: 2, deleteEnabled: false });
  try {
    const target = { registry: registry.url, charts: [{ url: join(bench.directory, 'charts') }] };
    await imported(target, '1.0.0', 'amd64');
    await imported(target, '1.1.0', 'amd64');
    expect(told(await list(target))).toContain(
      `leave ${registry.host}/web/app:1.0.0: cannot-remove, web 1.0.0`,
    );
    const report = await prune(target);
    expect(report).toMatchObject({ result: 'partial' });
    expect(report.images).toMatchObject([{ problem: { code: 'prune.tag-cannot-be-removed' } }]);
  } finally {
    await registry.stop();
  }
});
