// Several targets from one reading: the package is read once, each target is as after an import of its own, and no failure spreads.
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine, ImportRequest, Report, Result } from '../../core/contract.js';
import type { ActiveRuns } from '../../core/engine/deps.js';
import { importSeveral } from '../../core/engine/several/import-several.js';
import { createEngine } from '../../core/engine.js';
import { makeBundle, makeImage, makeLayer, makePackage, tinyBundle } from '../support/packages.js';
import { freePort, startRegistry, type RunningRegistry } from '../support/registries.js';
import { registryState } from '../support/undoing.js';
import { treeOf } from '../support/tree.js';

const { signal } = new AbortController();
let folder: string;
let pack: string;
let engine: Engine;
/** Path and bytes of each package that was read for several targets. */
let reads: { readonly path: unknown; readonly bytes: unknown }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-several-'));
  pack = join(folder, 'addon-offline-full-package-v1.0.0-amd64.tar.gz');
  const bundles = ['alpha', 'beta', 'gamma'].map((name) => {
    const image = makeImage(`ghcr.io/${name}/app:1.0.0`, 'amd64', [
      makeLayer(randomBytes(700_000).toString('hex')),
    ]);
    return { path: `addon/${name}_1.0.0.bundle.tar`, body: makeBundle(tinyBundle(name, [image])) };
  });
  await writeFile(pack, makePackage(bundles));
  reads = [];
  engine = createEngine({
    stateDir: join(folder, 'state'),
    version: '0.0.0',
    log: (_level, message, fields = {}) => {
      if (message === 'package read for several targets')
        reads.push({ path: fields['path'], bytes: fields['bytes'] });
    },
  });
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function several(
  requests: readonly Omit<ImportRequest, 'packages'>[],
  onEvent: Parameters<Engine['importSeveral']>[1]['onEvent'] = () => undefined,
): Promise<readonly Result<Report>[]> {
  const asked = requests.map((request) => ({ packages: [pack], ...request }));
  const answer = await engine.importSeveral(asked, { signal, onEvent });
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

/** Without charts, whose values name the host. */
async function imagesOf({ url }: RunningRegistry): Promise<readonly (readonly [string, string])[]> {
  const state = Object.entries(await registryState(url));
  expect(state.filter(([name]) => name.startsWith('addon/'))).toHaveLength(3);
  return state.filter(([name]) => !name.startsWith('addon/'));
}

function results(answers: readonly Result<Report>[]): readonly string[] {
  return answers.map((answer) => (answer.ok ? answer.value.result : answer.problem.code));
}

describe('an import into several targets', () => {
  it('reads the package once, and leaves each target as an import of its own does', async () => {
    const registry = await startRegistry({ version: 3 });
    const alone = await startRegistry({ version: 3 });
    try {
      const stores = ['one', 'two'].map((name) => join(folder, name));
      const [one = '', two = ''] = stores;
      const events: number[] = [];
      const answers = await several(
        [{ target: { store: one } }, { target: { registry: registry.url } }, { target: { store: two } }],
        (at) => events.push(at),
      );
      expect(results(answers)).toEqual(['done', 'done', 'done']);
      const { size } = statSync(pack);
      expect(reads).toEqual([{ path: pack, bytes: size }]);
      expect([...new Set(events)].sort()).toEqual([0, 1, 2]);
      for (const [at, answer] of answers.entries()) {
        if (!answer.ok) continue;
        // each report tells its own target and what its own run read
        expect(answer.value).toMatchObject({ problems: [], totals: { bytesRead: size, passes: 1 } });
        expect(answer.value.target.location).toBe([one, registry.url, two][at]);
      }
      const single = join(folder, 'single');
      for (const target of [{ store: single }, { registry: alone.url }]) {
        const answer = await engine.import({ packages: [pack], target, reread: true }, { signal });
        expect(answer).toMatchObject({ ok: true, value: { result: 'done' } });
      }
      expect(await treeOf(one)).toEqual(await treeOf(single));
      expect(await treeOf(two)).toEqual(await treeOf(single));
      expect(await imagesOf(registry)).toEqual(await imagesOf(alone));
    } finally {
      await registry.stop();
      await alone.stop();
    }
  });

  it('goes on with the others when one cannot be reached, or is gone in the middle', async () => {
    const registry = await startRegistry({ version: 3 });
    try {
      const nobody = `http://127.0.0.1:${String(await freePort())}`;
      const store = join(folder, 'store');
      const stopped: Promise<void>[] = [];
      const answers = await several(
        [
          { target: { registry: nobody }, patience: 0 },
          { target: { registry: registry.url }, patience: 0 },
          { target: { store } },
        ],
        (at, event) => {
          if (at === 1 && event.type === 'run-started') stopped.push(registry.stop());
        },
      );
      await Promise.all(stopped);
      expect(results(answers)).toEqual(['registry.unreachable', 'failed', 'done']);
      expect(existsSync(join(store, 'charts', 'gamma-1.0.0.tgz'))).toBe(true);
    } finally {
      await registry.stop();
    }
  });

  it('does not wait for one that is paused; that one reads by itself afterwards and says so', async () => {
    const [one, paused] = [join(folder, 'one'), join(folder, 'paused')];
    // two pieces of the drive, of which the window holds one
    const layer = makeLayer(randomBytes(1 << 20).toString('hex'), 'plain');
    const bundle = tinyBundle('large', [makeImage('ghcr.io/large/app:1.0.0', 'amd64', [layer])]);
    await writeFile(pack, makePackage([{ path: 'addon/large_1.0.0.bundle.tar', body: makeBundle(bundle) }]));
    const active: ActiveRuns = new Map();
    let held = '';
    let isDone = false;
    const answers = await importSeveral(
      [one, paused].map((store) => ({ packages: [pack], target: { store } })),
      { stateDir: join(folder, 'state'), version: '0.0.0', log: () => undefined },
      active,
      {
        signal,
        sharing: { windowBytes: 1 },
        answer: async (_options, work) => ({ ok: true, value: await work() }),
        onEvent: (at, event) => {
          if (at === 1 && event.type === 'run-started') {
            held = event.run;
            active.get(held)?.pause.pause();
          }
          if (at !== 0 || event.type !== 'run-ended') return;
          isDone = true;
          active.get(held)?.pause.resume();
        },
      },
    );
    expect(isDone).toBe(true);
    expect(results(answers)).toEqual(['done', 'done']);
    const notes = answers.map((answer) => (answer.ok ? answer.value.problems.map(({ code }) => code) : []));
    expect(notes).toEqual([[], ['run.read-alone']]);
    expect(await treeOf(paused)).toEqual(await treeOf(one));
  });

  it('needs the same packages for all', async () => {
    const requests = [
      { packages: [pack], target: { store: join(folder, 'one') } },
      { packages: [], target: { store: join(folder, 'two') } },
    ];
    expect(await engine.importSeveral(requests, { signal })).toMatchObject({
      ok: false,
      problem: { code: 'import.packages-differ' },
    });
  });
});
