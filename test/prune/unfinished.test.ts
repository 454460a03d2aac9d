// Runs that were killed while they took names away: the next run removes what they left, in a folder and in a registry.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportRequest, PruneRequest, UndoRequest } from '../../core/contract.js';
import { openKillableImports, type KillableCommand, type KillableImports } from '../support/killed-import.js';
import { openPruneDesk, told, type PruneDesk } from '../support/pruning.js';
import { startRegistry } from '../support/registries.js';
import { treeOf } from '../support/tree.js';
import { registryState } from '../support/undoing.js';

let desk: PruneDesk;
beforeEach(async () => {
  desk = await openPruneDesk();
});
afterEach(() => desk.bench.close());

describe('a run that is killed right after the new list of names of a folder', () => {
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
    const state = join(desk.bench.directory, 'state');
    expect(await killable.run(state, request, at, command)).toBeNull();
  };
  const blobsIn = async (store: string): Promise<readonly string[]> =>
    Object.keys(await treeOf(join(store, 'oci', 'blobs')));

  it.each(['import', 'prune', 'undo'] as const)(
    '(%s) leaves no blob without a name after the next run',
    async (command) => {
      const [target, fresh] = [
        { store: join(desk.bench.directory, 'store') },
        join(desk.bench.directory, 'fresh'),
      ];
      await desk.imported(target, '1.0.0', 'amd64');
      if (command === 'import') {
        await kill({ packages: [await desk.packageOf('1.0.0', 'arm64')], target }, command);
        await desk.imported({ store: fresh }, '1.0.0', 'amd64');
        await desk.imported({ store: fresh }, '1.0.0', 'arm64');
      } else {
        const run = await desk.imported(target, '1.1.0', 'amd64');
        await kill(command === 'prune' ? { target } : { runs: [run], target }, command);
        await desk.imported({ store: fresh }, command === 'prune' ? '1.1.0' : '1.0.0', 'amd64');
      }
      expect((await blobsIn(target.store)).length).toBeGreaterThan((await blobsIn(fresh)).length);
      // finds nothing to prune and writes no name
      expect(await desk.prune(target)).toMatchObject({ result: 'done', problems: [] });
      expect(await blobsIn(target.store)).toEqual(await blobsIn(fresh));
      expect(readdirSync(target.store)).toEqual(['charts', 'oci']);
    },
  );

  it('leaves no file of a chart without an entry after the next run', async () => {
    const target = { store: join(desk.bench.directory, 'store') };
    for (const version of ['1.0.0', '1.1.0']) await desk.imported(target, version, 'amd64');
    await kill({ target }, 'prune', 'charts/index.yaml');
    const charts = () => readdirSync(join(target.store, 'charts'));
    expect(charts()).toContain('web-1.0.0.tgz');
    await desk.prune(target);
    expect(charts()).toEqual(['index.yaml', 'web-1.1.0.tgz']);
    expect(readdirSync(target.store)).toEqual(['charts', 'oci']);
  });

  it('leaves no tag of a chart that it removed after the next prune', async () => {
    const [target, fresh] = [
      { store: join(desk.bench.directory, 'store') },
      join(desk.bench.directory, 'fresh'),
    ];
    for (const version of ['1.0.0', '1.1.0']) await desk.imported(target, version, 'amd64');
    await kill({ target }, 'prune', 'charts/index.yaml');
    expect(told(await desk.list(target, { skip: ['web@1.0.0'] }))).toEqual([]);
    expect(told(await desk.list(target))).toEqual(['remove ghcr.io/web/app:1.0.0: superseded, web 1.0.0']);
    expect(await desk.prune(target)).toMatchObject({ result: 'done', problems: [] });
    await desk.imported({ store: fresh }, '1.1.0', 'amd64');
    expect(await treeOf(target.store)).toEqual(await treeOf(fresh));
    expect(told(await desk.list(target))).toEqual([]);
  });

  it('leaves no tag of it in a registry either', async () => {
    const registry = await startRegistry({ version: 3, deleteEnabled: true });
    try {
      const target = { registry: registry.url, charts: [{ url: join(desk.bench.directory, 'charts') }] };
      for (const version of ['1.0.0', '1.1.0']) await desk.imported(target, version, 'amd64');
      await kill({ target }, 'prune', 'charts/index.yaml');
      expect(Object.keys(await registryState(registry.url))).toContain('web/app:1.0.0');
      expect(await desk.prune(target)).toMatchObject({ result: 'done', problems: [] });
      expect(Object.keys(await registryState(registry.url)).sort()).toEqual(['web/app:1.1.0', 'web/base:1']);
    } finally {
      await registry.stop();
    }
  });

  it('does not take the tag of a removed chart that a package brought again', async () => {
    const target = { store: join(desk.bench.directory, 'store') };
    for (const version of ['1.0.0', '1.1.0']) await desk.imported(target, version, 'amd64');
    await kill({ target }, 'prune', 'charts/index.yaml');
    const packages = [await desk.packageOf('1.0.0', 'amd64')];
    await desk.bench.import({ packages, target: { ...target, noCharts: true } });
    expect(told(await desk.list(target))).toEqual([]);
  });
});
