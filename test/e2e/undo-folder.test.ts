// Undoing in a folder, with the genuine packages: afterwards it is byte for byte as before.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../core/contract.js';
import { publishedChart } from '../support/chart-archive.js';
import { requireProgram } from '../support/programs.js';
import { openBench, packagePath, SEED, type Bench } from '../support/seed.js';
import { treeOf } from '../support/tree.js';
import { planUndo, refusalOf, tagReasons, undo } from '../support/undoing.js';

const exec = promisify(execFile);

let bench: Bench;
let store: string;
let target: TargetSpec;

beforeEach(async () => {
  bench = await openBench();
  store = join(bench.directory, 'store');
  target = { store };
});
afterEach(async () => {
  await bench.close();
});

async function imported(...names: (typeof SEED)[number][]): Promise<string> {
  return (await bench.seed(names, target)).run;
}

describe('an undo', () => {
  it('of one run, of two, of the first: the folder is as before, to its last byte', async () => {
    const runs: string[] = [];
    const states = [];
    for (const name of SEED) {
      runs.push(await imported(name));
      states.push(await treeOf(store));
    }
    const one = await undo(bench, { runs: [runs[3]!], target });
    expect(one).toMatchObject({ kind: 'undo', undoes: [runs[3]], result: 'done', problems: [] });
    expect(await treeOf(store)).toEqual(states[2]);
    const two = await undo(bench, { runs: [runs[1]!, runs[2]!], target });
    expect(two).toMatchObject({ undoes: [runs[2], runs[1]], result: 'done', problems: [] });
    expect(await treeOf(store)).toEqual(states[0]);
    expect(await undo(bench, { runs: [runs[0]!], target })).toMatchObject({ result: 'done' });
    expect(await treeOf(store)).toEqual({});
  });

  it.each(['quayside', 'community/harbourlight', 'mooring@2.0.0'])(
    'of %s alone: the folder is as if that chart had not been imported',
    async (only) => {
      const run = await imported('v0.9.0-amd64');
      const report = await undo(bench, { runs: [run], target, only: [only] });
      expect(report.result).toBe('done');
      expect(report.charts).toHaveLength(1);
      const without = join(bench.directory, 'without');
      await bench.import({
        packages: [packagePath('v0.9.0-amd64')],
        target: { store: without },
        selection: { skip: [only] },
      });
      expect(await treeOf(store)).toEqual(await treeOf(without));
    },
  );

  it('of an upgrade for one chart removes that version, and leaves the rest of the upgrade', async () => {
    await imported('v0.9.0-amd64');
    const before = await treeOf(join(store, 'charts'));
    const run = await imported('v0.11.0-amd64');
    const after = await treeOf(join(store, 'charts'));
    const added = Object.keys(after).find((file) => file.startsWith('quayside-') && !(file in before));
    await undo(bench, { runs: [run], target, only: ['quayside'] });
    const { [added!]: _gone, 'index.yaml': _old, ...others } = after;
    const { 'index.yaml': _new, ...left } = await treeOf(join(store, 'charts'));
    expect(added).toBeDefined();
    expect(left).toEqual(others);
  });

  it.each(['image', 'progress', 'chart'] as const)(
    'of a run that was cancelled at its first %s leaves nothing of it',
    async (type) => {
      await imported('v0.9.0-amd64');
      const before = await treeOf(store);
      const cancel = new AbortController();
      const answer = await bench.engine.import(
        { packages: [packagePath('v0.9.0-arm64')], target },
        { signal: cancel.signal, onEvent: (event) => (event.type === type ? cancel.abort() : undefined) },
      );
      expect(answer.ok && answer.value.result).toBe('cancelled');
      await undo(bench, { runs: ['latest'], target });
      expect(await treeOf(store)).toEqual(before);
    },
  );

  it('does what the preview says, and the preview changes nothing', async () => {
    await imported('v0.9.0-amd64');
    const run = await imported('v0.9.0-arm64');
    const before = await treeOf(store);
    const plan = await planUndo(bench, { runs: [run], target });
    expect(await treeOf(store)).toEqual(before);
    const report = await undo(bench, { runs: [run], target });
    const count = (action: string) => plan.tags.filter((tag) => tag.action === action).length;
    expect(tagReasons(report)).toEqual({
      'replace restored': count('restore'),
      'replace removed': count('remove'),
    });
    for (const { target: name, then } of plan.tags) {
      const rows = report.images.filter((row) => row.target === name);
      expect(rows.length).toBeGreaterThan(0);
      for (const { after } of rows)
        expect(after === null || after === 'unreadable' ? null : after.digest).toBe(then);
    }
  });

  it('gives files of other programs their former bytes back', async () => {
    // A layout as skopeo writes it, an index as helm writes it.
    await imported('v0.9.0-amd64');
    const name = 'docker.m.daocloud.io/quayside/api:10.2.0';
    const foreign = join(bench.directory, 'foreign');
    await mkdir(join(foreign, 'charts'), { recursive: true });
    const skopeo = requireProgram('skopeo');
    await exec(skopeo, ['copy', '-q', `oci:${store}/oci:${name}`, `oci:${foreign}/oci:${name}`]);
    const chart = publishedChart({ name: 'quayside', version: '10.2.0+738', time: new Date('2020-01-01') });
    await writeFile(join(foreign, 'charts/quayside-10.2.0+738.tgz'), chart.archive);
    await exec(requireProgram('helm'), ['repo', 'index', join(foreign, 'charts')]);
    const before = await treeOf(foreign);
    expect(JSON.parse(await readFile(join(foreign, 'oci/index.json'), 'utf8'))).toMatchObject({
      manifests: [{ mediaType: expect.stringContaining('manifest.v1') as string }],
    });
    const elsewhere: TargetSpec = { store: foreign };
    const { run } = await bench.import({
      packages: [packagePath('v0.9.0-arm64')],
      target: elsewhere,
      onChartChange: 'replace',
    });
    expect((await treeOf(foreign))['oci/index.json']).not.toBe(before['oci/index.json']);
    const report = await undo(bench, { runs: [run], target: elsewhere });
    expect(report).toMatchObject({ result: 'done', problems: [] });
    expect(await treeOf(foreign)).toEqual(before);
  });

  it('that is undone itself needs the package for what was removed from the folder, and names it', async () => {
    await imported('v0.9.0-amd64');
    const before = await treeOf(store);
    const run = await imported('v0.9.0-arm64');
    const undone = await undo(bench, { runs: [run], target });
    const plan = await planUndo(bench, { runs: [undone.run], target });
    const file = packagePath('v0.9.0-arm64').split('/').at(-1) ?? '';
    expect(plan.missing.length).toBeGreaterThan(20);
    for (const part of plan.missing) {
      expect(part.package).toBe(file);
      expect(part.sha512).toMatch(/^[0-9a-f]{128}$/);
    }
    const again = await undo(bench, { runs: [undone.run], target });
    expect(Object.keys(tagReasons(again))).toEqual(['blocked parts-missing']);
    expect(again.images[0]?.problem).toMatchObject({
      code: 'undo.part-missing-in-package',
      params: { package: file },
    });
    // No chart is restored without its image, and the content is as before.
    expect(again.charts.filter(({ action }) => action === 'replace').length).toBeLessThan(2);
    const tags = async () => Object.entries(await treeOf(store)).filter(([path]) => path.startsWith('oci/'));
    expect(Object.fromEntries(await tags())).toEqual(
      Object.fromEntries(Object.entries(before).filter(([path]) => path.startsWith('oci/'))),
    );
  });

  it('into another folder is refused before that one is touched', async () => {
    const run = await imported('v0.9.0-amd64');
    const other = join(bench.directory, 'other');
    expect(await refusalOf(bench, { runs: [run], target: { store: other } })).toMatchObject({
      code: 'undo.other-target',
      params: { run, there: store, here: other },
    });
    expect(existsSync(other)).toBe(false);
    expect((await bench.engine.runs({}, { signal: new AbortController().signal })).ok).toBe(true);
  });

  it('of an unknown run, or of one with a damaged journal, is refused', async () => {
    expect(await refusalOf(bench, { runs: ['nothing'], target })).toMatchObject({ code: 'run.unknown' });
    const run = await imported('v0.9.0-amd64');
    const kept = join(bench.directory, 'state/runs', run);
    const second = await imported('v0.9.0-arm64');
    await rm(join(bench.directory, 'state/runs', second, 'manifests'), { recursive: true });
    const report = await undo(bench, { runs: [second], target });
    expect(report.result).toBe('partial');
    expect(tagReasons(report)).toMatchObject({ 'failed not-kept': 22 });
    await writeFile(join(kept, 'journal.jsonl'), '');
    expect(await refusalOf(bench, { runs: [run], target })).toMatchObject({ code: 'run.unknown' });
  });
});
