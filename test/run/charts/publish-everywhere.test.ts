// Publishing to several chart repositories: each has a row for each chart, whatever becomes of the others.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.js';
import { PauseGate } from '../../../core/flow/pause-gate.js';
import type { ChartRow } from '../../../core/journal/journal.js';
import type { ChartTarget } from '../../../core/ports/chart-target.js';
import type { OfferedChart } from '../../../core/run/base/offered-chart.js';
import { rowOf, type ChartWriter } from '../../../core/run/charts/chart-writer.js';
import { publishCharts } from '../../../core/run/charts/publish-everywhere.js';
import type { Publication } from '../../../core/run/charts/publish-charts.js';
import { MemoryCharts } from '../../support/memory-charts.js';
import { importInMemory } from '../../support/memory-run.js';
import { MemoryTarget } from '../../support/memory-target.js';
import { packagePath } from '../../support/seed.js';

const AWAY = new AppError('registry.stayed-away', {
  origin: 'chart-repo',
  params: { host: 'charts.test', seconds: 60, reason: 'ECONNREFUSED' },
  retryable: true,
});

function chartNamed(name: string): OfferedChart {
  const version = '1.0.0';
  return {
    packageAt: 0,
    folder: 'addon',
    name,
    version,
    plan: { name, version, images: [], problems: [] },
    archive: { kind: 'memory', bytes: Buffer.alloc(0) },
    content: 'sha256:0',
    problems: [],
    absent: [],
    notes: [],
    platforms: [],
    isSelected: true,
  };
}

function publicationsTo(targets: readonly ChartTarget[], names: readonly string[]): readonly Publication[] {
  return names.flatMap((name) =>
    targets.map((target): Publication => ({
      chart: chartNamed(name),
      url: target.url,
      target,
      action: 'publish',
      problem: null,
    })),
  );
}

function repository(url: string, kind: ChartTarget['kind'] = 'oci'): ChartTarget {
  return Object.assign(new MemoryCharts(), { url, kind });
}

/** Publishes with a writer whose work is `publish`; gives the rows as `url name action reason`, sorted, and what was thrown. */
async function published(
  publications: readonly Publication[],
  publish: (chart: OfferedChart, target: ChartTarget) => Promise<void>,
  signal = new AbortController().signal,
) {
  const rows: ChartRow[] = [];
  const writer: Pick<ChartWriter, 'publish'> = {
    publish: async (chart, target) => {
      await publish(chart, target);
      return rowOf(chart, target.url, 'publish', null, null, null);
    },
  };
  const record = {
    chart: (row: ChartRow) => {
      rows.push(row);
      return Promise.resolve();
    },
  };
  const thrown: unknown = await publishCharts(publications, {
    writer,
    record,
    pause: new PauseGate(() => undefined),
    signal,
  }).then(
    () => null,
    (error: unknown) => error,
  );
  const lines = rows.map(({ url, name, action, reason }) => `${url} ${name} ${action} ${reason}`.trim());
  return { rows, lines: lines.sort(), thrown };
}

describe('publishing to several repositories', () => {
  it('goes on with the others where one is away, and names each chart that was not reached', async () => {
    const [a, b] = [repository('a', 'folder'), repository('b')];
    const { lines, rows, thrown } = await published(
      publicationsTo([a, b], ['x', 'y', 'z']),
      (chart, target) => (target === a && chart.name === 'y' ? Promise.reject(AWAY) : Promise.resolve()),
    );
    expect(lines).toEqual([
      'a x publish',
      'a y failed not-reached',
      'a z failed not-reached',
      'b x publish',
      'b y publish',
      'b z publish',
    ]);
    expect(rows.find(({ url, name }) => url === 'a' && name === 'z')?.problem?.code).toBe(
      'registry.stayed-away',
    );
    expect(thrown).toBe(AWAY);
  });

  it('has a row for each chart when it is cancelled', async () => {
    const cancelling = new AbortController();
    const { lines, rows, thrown } = await published(
      publicationsTo([repository('a', 'folder')], ['x', 'y']),
      () => {
        cancelling.abort();
        return Promise.reject(cancelling.signal.reason as Error);
      },
      cancelling.signal,
    );
    expect(lines).toEqual(['a x failed not-reached', 'a y failed not-reached']);
    expect(rows.map(({ problem }) => problem)).toEqual([null, null]);
    expect(thrown).toMatchObject({ name: 'AbortError' });
  });

  it('sends several charts at a time, but one after the other into a folder and under one name', async () => {
    const most = new Map<string, number>();
    const now = new Map<string, number>();
    const same = publicationsTo([repository('same')], ['one', 'one', 'one']);
    const others = publicationsTo(
      [repository('many'), repository('folder', 'folder')],
      'a b c d e f g h i j k l'.split(' '),
    );
    await published([...same, ...others], async (_chart, { url }) => {
      now.set(url, (now.get(url) ?? 0) + 1);
      most.set(url, Math.max(most.get(url) ?? 0, now.get(url) ?? 0));
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      now.set(url, (now.get(url) ?? 0) - 1);
    });
    expect(Object.fromEntries(most)).toEqual({ same: 1, many: 4, folder: 1 });
  });
});

describe('a run that ends early', () => {
  let state: string;
  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), 'not-reached-'));
  });
  afterEach(async () => {
    await rm(state, { recursive: true });
  });

  it('names every image and chart that it did not reach', async () => {
    const target = new MemoryTarget();
    const packages = [packagePath('v0.9.0-amd64')];
    const charts = new MemoryCharts();
    const whole = await importInMemory({ target: new MemoryTarget(), state, packages, charts });
    target.putManifest = () => Promise.reject(AWAY);
    const report = await importInMemory({ target, state, packages, charts });
    expect(report.charts.length).toBe(whole.charts.length);
    expect(report.images.length).toBe(whole.images.length);
    for (const { action, reason, problem } of report.charts)
      expect([action, reason, problem?.code]).toEqual(['failed', 'not-reached', 'registry.stayed-away']);
    expect(report.images.every(({ action }) => action === 'failed')).toBe(true);
    expect(report.problems.map(({ code }) => code)).toContain('registry.stayed-away');
  });
});
