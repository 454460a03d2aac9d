// Undoing in real registries, with the genuine packages: every tag gets its former digest and is complete to its last blob.
import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { Report, TargetSpec } from '../../core/contract.js';
import { publishedChart } from '../support/chart-archive.js';
import { requireProgram } from '../support/programs.js';
import {
  startRegistry,
  type RegistryOptions,
  type RunningRegistry,
  versionsFor,
} from '../support/registries.js';
import { readTag } from '../support/registry-reader.js';
import { openBench, packagePath, SEED, type Bench, type SeedPackage } from '../support/seed.js';
import { planUndo, refusalOf, registryState, tagReasons, undo } from '../support/undoing.js';

const exec = promisify(execFile);
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function site(options: RegistryOptions): Promise<{
  bench: Bench;
  registry: RunningRegistry;
  target: TargetSpec;
  imported: (...names: SeedPackage[]) => Promise<string>;
}> {
  const registry = await startRegistry(options);
  const bench = await openBench();
  endings.push(
    () => registry.stop(),
    () => bench.close(),
  );
  const target = { registry: registry.url };
  const imported = async (...names: SeedPackage[]) => (await bench.seed(names, target)).run;
  return { bench, registry, target, imported };
}

/** Every image tag is readable to its last blob. */
async function expectWhole(url: string, state: Readonly<Record<string, string>>): Promise<void> {
  for (const name of Object.keys(state)) {
    const [repository = '', tag = ''] = name.split(':');
    if (/^(addon|community)\//.test(repository)) continue;
    expect(await readTag(url, repository, tag), name).not.toBeNull();
  }
}

describe.each([
  ...versionsFor(2).map((version) => ({ version, deleteEnabled: true })),
  { version: 3, deleteEnabled: false } as const,
])('distribution $version with deletes $deleteEnabled', (options) => {
  it('undoes one run, two runs, and all', { timeout: 120_000 }, async () => {
    const { bench, registry, target, imported } = await site(options);
    const runs: string[] = [];
    const states = [];
    for (const name of SEED) {
      runs.push(await imported(name));
      states.push(await registryState(registry.url));
    }
    const one = await undo(bench, { runs: ['latest'], target });
    expect(one).toMatchObject({ undoes: [runs[3]], result: 'done', problems: [] });
    expect(await registryState(registry.url)).toEqual(states[2]);
    await expectWhole(registry.url, states[2]!);
    const two = await undo(bench, { runs: [runs[1]!, runs[2]!], target });
    expect(two).toMatchObject({ undoes: [runs[2], runs[1]], result: 'done', problems: [] });
    expect(await registryState(registry.url)).toEqual(states[0]);
    await expectWhole(registry.url, states[0]!);
    await undo(bench, { runs: [runs[0]!], target });
    expect(await registryState(registry.url)).toEqual({});
  });

  it('restores everything when the undo is undone', async () => {
    const { bench, registry, target, imported } = await site(options);
    await imported('v0.9.0-amd64');
    const run = await imported('v0.9.0-arm64');
    const state = await registryState(registry.url);
    await undo(bench, { runs: [run], target });
    const redone = await undo(bench, { runs: ['latest'], target });
    expect(redone).toMatchObject({ result: 'done', problems: [] });
    expect(await registryState(registry.url)).toEqual(state);
    await expectWhole(registry.url, state);
  });
});

describe('distribution 2 without deletes', () => {
  it('gives every former tag its digest, and lists the tags and charts that cannot be removed', async () => {
    const { bench, registry, target, imported } = await site({ version: 2, deleteEnabled: false });
    await imported('v0.9.0-amd64');
    const before = await registryState(registry.url);
    const run = await imported('v0.9.0-arm64');
    const after = await registryState(registry.url);
    const added = Object.keys(after).filter((name) => !(name in before));
    expect(added.length).toBeGreaterThan(0);
    const plan = await planUndo(bench, { runs: [run], target });
    const stuck = plan.tags.filter(({ reason }) => reason === 'cannot-remove');
    expect(stuck.map((tag) => [tag.action, tag.problem?.code])).toEqual(
      stuck.map(() => ['leave', 'undo.tag-cannot-be-removed']),
    );
    const report = await undo(bench, { runs: [run], target });
    expect(report.result).toBe('partial');
    expect(tagReasons(report)['failed cannot-remove']).toBe(stuck.length);
    const now = await registryState(registry.url);
    expect(Object.keys(now).toSorted()).toEqual(Object.keys(after).toSorted());
    for (const name of Object.keys(now)) {
      expect(now[name], name).toBe(name in before ? before[name] : after[name]);
    }
    const failed = report.charts.filter(({ action }) => action === 'failed');
    expect(failed.map(({ problem }) => problem?.code)).toEqual(
      failed.map(() => 'undo.chart-cannot-be-removed'),
    );
    expect(failed.length + stuck.length).toBe(added.length);
  });
});

describe.each(versionsFor(2))('in distribution %i', (version) => {
  const tagOf = (state: Readonly<Record<string, string>>, name: string) => state[name];

  it('leaves a tag that somebody moved after the run and names it; --force restores it', async () => {
    const { bench, registry, target, imported } = await site({ version });
    await imported('v0.9.0-amd64');
    const before = await registryState(registry.url);
    const run = await imported('v0.9.0-arm64');
    const moved = `${registry.host}/quayside/api:10.2.0`;
    await exec(requireProgram('crane'), ['copy', '--insecure', `${registry.host}/winch/tools:0.1.0`, moved]);
    const theirs = tagOf(await registryState(registry.url), 'quayside/api:10.2.0');
    const plan = await planUndo(bench, { runs: [run], target });
    const left = plan.tags.filter(({ action }) => action === 'leave');
    expect(left).toMatchObject([
      {
        target: moved,
        reason: 'changed-since',
        now: theirs,
        then: theirs,
        problem: { code: 'undo.tag-changed' },
      },
    ]);
    const report = await undo(bench, { runs: [run], target });
    expect(tagReasons(report)['conflict changed-since']).toBe(1);
    expect(await registryState(registry.url)).toEqual({ ...before, 'quayside/api:10.2.0': theirs });
    const forced = await undo(bench, { runs: [run], target, force: true });
    expect(forced).toMatchObject({ result: 'done', weakened: ['--force'] });
    expect(tagReasons(forced)).toMatchObject({ 'replace restored': 1 });
    expect(await registryState(registry.url)).toEqual(before);
  });

  it('undoes an older run alone without what a newer run wrote, and names that run', async () => {
    const { bench, registry, target, imported } = await site({ version });
    const first = await imported('v0.9.0-amd64');
    const second = await imported('v0.9.0-arm64');
    const state = await registryState(registry.url);
    const report = await undo(bench, { runs: [first], target });
    const reasons = tagReasons(report);
    expect(reasons['conflict changed-since']).toBeGreaterThan(20);
    for (const { reason, problem } of report.images) {
      if (reason !== 'changed-since') continue;
      expect(problem).toMatchObject({
        code: 'undo.tag-changed-by-run',
        params: { run: first, later: second },
      });
    }
    // What only the first run brought is removed, and nothing else.
    const now = await registryState(registry.url);
    for (const [name, digest] of Object.entries(now)) expect(digest).toBe(tagOf(state, name));
    const gone = Object.keys(state).filter((name) => !(name in now) && !/^(addon|community)\//.test(name));
    expect(gone.length).toBe(reasons['replace removed'] ?? 0);
  });

  it('finds a layer that was garbage-collected before the first write; its tag stays, and the package is named', async () => {
    const { bench, registry, target, imported } = await site({ version });
    await imported('v0.9.0-amd64');
    const before = await registryState(registry.url);
    const run = await imported('v0.9.0-arm64');
    const after = await registryState(registry.url);
    const name = 'quayside/api:10.2.0';
    const manifest = await fetch(`${registry.url}/v2/quayside/api/manifests/${before[name] ?? ''}`, {
      headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
    });
    const { layers } = (await manifest.json()) as { layers: { digest: string }[] };
    const hex = layers.at(-1)!.digest.slice(7);
    const blobs = join(registry.storageDir, 'docker/registry/v2/blobs/sha256');
    await rm(join(blobs, hex.slice(0, 2), hex), { recursive: true });
    const plan = await planUndo(bench, { runs: [run], target });
    const file = packagePath('v0.9.0-amd64').split('/').at(-1);
    expect(plan.missing).toEqual([
      {
        target: `${registry.host}/${name}`,
        digest: `sha256:${hex}`,
        package: file,
        sha512: expect.stringMatching(/^[0-9a-f]{128}$/) as string,
      },
    ]);
    const report = await undo(bench, { runs: [run], target });
    expect(report.result).toBe('partial');
    expect(tagReasons(report)['blocked parts-missing']).toBe(1);
    expect(await registryState(registry.url)).toEqual({ ...before, [name]: after[name] });
  });

  it('undoes one chart with its tags; what another chart shares stays', async () => {
    const { bench, registry, target, imported } = await site({ version });
    await imported('v0.9.0-amd64');
    const before = await registryState(registry.url);
    const run = await imported('v0.9.0-arm64');
    const after = await registryState(registry.url);
    const report = await undo(bench, { runs: [run], target, only: ['addon/quayside'] });
    expect(report.result).toBe('done');
    const back = ['quayside/api:10.2.0', 'quayside/web:10.2.0'];
    const now = await registryState(registry.url);
    for (const name of Object.keys(after)) {
      expect(now[name], name).toBe(back.includes(name) ? before[name] : after[name]);
    }
    expect(back.filter((name) => before[name] === after[name])).toEqual([]);
    // The rest is undone afterwards.
    await undo(bench, { runs: [run], target });
    expect(await registryState(registry.url)).toEqual(before);
  });
});

describe('a run that did not end', () => {
  it.each(['cancelled', 'killed'])('(%s) can be undone, too', async (how) => {
    const { bench, registry, target, imported } = await site({ version: 3 });
    await imported('v0.9.0-amd64');
    const before = await registryState(registry.url);
    const cancel = new AbortController();
    let images = 0;
    const answer = await bench.engine.import(
      { packages: [packagePath('v0.9.0-arm64')], target },
      {
        signal: cancel.signal,
        onEvent: (event) => {
          if (event.type === 'image' && (images += 1) === 6) cancel.abort();
        },
      },
    );
    const report = answer.ok ? answer.value : null;
    expect(report?.result).toBe('cancelled');
    const during = await registryState(registry.url);
    expect(during).not.toEqual(before);
    if (how === 'killed') {
      // The journal of a killed process ends with the lines that were written before each tag.
      const path = join(bench.directory, 'state/runs', report!.run, 'journal.jsonl');
      const lines = (await readFile(path, 'utf8')).split('\n');
      await writeFile(path, lines.filter((line) => !/"type":"(image|run-ended)"/.test(line)).join('\n'));
    }
    const undone = await undo(bench, { runs: [report!.run], target });
    expect(undone.result).toBe('done');
    expect(await registryState(registry.url)).toEqual(before);
  });

  it('cannot be undone while it is active', async () => {
    const { bench, target, imported } = await site({ version: 3 });
    await imported('v0.9.0-amd64');
    const refused: Promise<unknown>[] = [];
    await bench.engine.import(
      { packages: [packagePath('v0.9.0-arm64')], target },
      {
        signal: new AbortController().signal,
        onEvent: (event) => {
          if (event.type === 'image' && refused.length === 0)
            refused.push(refusalOf(bench, { runs: ['latest'], target }));
        },
      },
    );
    expect(await Promise.all(refused)).toMatchObject([{ code: 'undo.run-going-on' }]);
  });
});

describe('an undo', () => {
  it('is possible from another computer when the run left a receipt in the target', async () => {
    const { bench, registry, target } = await site({ version: 3 });
    await bench.seed(['v0.9.0-amd64'], target);
    const before = await registryState(registry.url);
    const packages = [packagePath('v0.9.0-arm64')];
    const { run } = await bench.import({ packages, target, receipt: true });
    const colleague = await openBench();
    endings.push(() => colleague.close());
    const report = await undo(colleague, { runs: [run], target });
    expect(report).toMatchObject({ result: 'done', undoes: [run], problems: [] });
    const now = Object.entries(await registryState(registry.url));
    const receipts = now.filter(([name]) => !(name in before));
    expect(receipts).toHaveLength(1);
    expect(Object.fromEntries(now.filter(([name]) => name in before))).toEqual(before);
  });

  it('into another registry is refused', async () => {
    const { bench, registry, imported } = await site({ version: 3 });
    const run = await imported('v0.9.0-amd64');
    const other = 'http://127.0.0.1:1';
    expect(await refusalOf(bench, { runs: [run], target: { registry: other } })).toMatchObject({
      code: 'undo.other-target',
      params: { there: registry.url, here: other },
    });
  });

  it('restores a chart that helm pushed under its very digest', async () => {
    const { bench, registry, target } = await site({ version: 3 });
    const { archive } = publishedChart({ name: 'quayside', version: '10.2.0+738' });
    const file = join(bench.directory, 'quayside-10.2.0+738.tgz');
    await writeFile(file, archive);
    await exec(requireProgram('helm'), ['push', file, `oci://${registry.host}/addon`, '--plain-http']);
    const before = await registryState(registry.url);
    const { run, charts }: Report = await bench.import({
      packages: [packagePath('v0.9.0-amd64')],
      target,
      onChartChange: 'replace',
    });
    expect(charts.find(({ name }) => name === 'quayside')?.action).toBe('replace');
    expect((await registryState(registry.url))['addon/quayside:10.2.0_738']).not.toBe(
      before['addon/quayside:10.2.0_738'],
    );
    await undo(bench, { runs: [run], target });
    expect(await registryState(registry.url)).toEqual(before);
  });

  it('can be paused and cancelled, and what it did until then can be undone', async () => {
    const { bench, registry, target, imported } = await site({ version: 3 });
    const run = await imported('v0.9.0-amd64');
    const state = await registryState(registry.url);
    const cancel = new AbortController();
    const seen: string[] = [];
    const answer = await bench.engine.undo(
      { runs: [run], target },
      {
        signal: cancel.signal,
        onEvent: (event) => {
          seen.push(event.type);
          if (event.type === 'run-started') {
            expect(bench.engine.pause(event.run)).toBe(true);
            setTimeout(() => bench.engine.resume(event.run), 20);
          }
          if (event.type === 'image') cancel.abort();
        },
      },
    );
    expect(answer.ok && answer.value.result).toBe('cancelled');
    expect(seen).toEqual(expect.arrayContaining(['paused', 'resumed', 'run-ended']));
    expect(await registryState(registry.url)).not.toEqual(state);
    await undo(bench, { runs: ['latest'], target });
    expect(await registryState(registry.url)).toEqual(state);
    const runs = await readdir(join(bench.directory, 'state/runs'));
    expect(runs).toHaveLength(3);
  });
});
