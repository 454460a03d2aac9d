// Undoing where charts lie in a ChartMuseum, or in several repositories.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../core/content/digest.js';
import type { TargetSpec } from '../../core/contract.js';
import { publishedChart } from '../support/chart-archive.js';
import { startChartMuseum, type Museum, type MuseumSettings } from '../support/chartmuseum.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';
import { planUndo, refusalOf, undo } from '../support/undoing.js';

const LOGIN = { username: 'curator', password: 'chart-room-key' };

let bench: Bench;
const museums: Museum[] = [];
beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  for (const museum of museums.splice(0)) await museum.close();
  await bench.close();
});

async function site(settings: MuseumSettings = {}): Promise<{ museum: Museum; target: TargetSpec }> {
  const museum = await startChartMuseum({ basicAuth: LOGIN, indexLagMs: 20, ...settings });
  museums.push(museum);
  const store = join(bench.directory, 'store');
  return { museum, target: { store, charts: [{ url: museum.url }], chartCredentials: LOGIN } };
}

/** Files with their digests, and the entries of the index. */
function stateOf(museum: Museum): unknown {
  const { files, entries } = museum.storage();
  return {
    files: [...files].map(([name, bytes]) => `${name} ${digestOf(bytes)}`).sort(),
    entries: entries.map(({ name, version, digest }) => `${name} ${version} ${digest}`).sort(),
  };
}

describe('charts in a ChartMuseum', () => {
  it('are restored, run by run; a replaced one has its archive and signature again', async () => {
    const { museum, target } = await site();
    const chart = publishedChart({ name: 'winch-tools', version: '0.1.0' });
    await fetch(`${museum.url}/api/charts`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('curator:chart-room-key').toString('base64')}` },
      body: new Uint8Array(chart.archive),
    });
    await expect.poll(() => museum.storage().entries.length).toBe(1);
    const empty = stateOf(museum);
    const first = await bench.import({
      packages: [packagePath('v0.9.0-amd64')],
      target,
      onChartChange: 'replace',
    });
    const before = stateOf(museum);
    expect(before).not.toEqual(empty);
    const second = await bench.seed(['v0.9.0-arm64'], target);
    expect(stateOf(museum)).not.toEqual(before);
    const plan = await planUndo(bench, { runs: [second.run], target });
    const replaced = plan.charts.filter(({ action }) => action === 'restore').map(({ name }) => name);
    expect(replaced).toEqual(['mooring']);
    expect((await undo(bench, { runs: [second.run], target })).result).toBe('done');
    expect(stateOf(museum)).toEqual(before);
    const report = await undo(bench, { runs: [first.run], target });
    expect(report).toMatchObject({ result: 'done', problems: [] });
    expect(stateOf(museum)).toEqual(empty);
  });

  it('stay and are named where the repository deletes nothing, or somebody published again', async () => {
    const { museum, target } = await site({ disableDelete: true });
    const { run } = await bench.seed(['v0.9.0-amd64'], target);
    const theirs = publishedChart({ name: 'quayside', version: '10.2.0+738' });
    await fetch(`${museum.url}/api/charts?force`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('curator:chart-room-key').toString('base64')}` },
      body: new Uint8Array(theirs.archive),
    });
    const digest = () => museum.storage().entries.find(({ name }) => name === 'quayside')?.digest;
    await expect.poll(digest).toBe(hexOf(digestOf(theirs.archive)));
    const state = stateOf(museum);
    const report = await undo(bench, { runs: [run], target });
    expect(report.result).toBe('partial');
    const codes = report.charts.map(({ name, action, problem }) => [name, action, problem?.code]);
    for (const row of codes) {
      expect(row).toEqual(
        row[0] === 'quayside'
          ? ['quayside', 'conflict', 'undo.chart-changed']
          : [row[0], 'failed', 'undo.chart-cannot-be-removed'],
      );
    }
    expect(codes).toHaveLength(16);
    expect(stateOf(museum)).toEqual(state);
  });

  it('need a repository that is named, or have to be left out', async () => {
    const { target } = await site();
    const { run } = await bench.seed(['v0.9.0-amd64'], target);
    const { store } = target;
    const elsewhere = await site();
    for (const wrong of [{ store: store! }, elsewhere.target]) {
      expect(await refusalOf(bench, { runs: [run], target: wrong })).toMatchObject({
        code: 'undo.other-charts',
      });
    }
    const report = await undo(bench, { runs: [run], target: { store: store!, noCharts: true } });
    expect(report).toMatchObject({ result: 'done', charts: [] });
    expect(report.images.length).toBeGreaterThan(20);
  });
});
