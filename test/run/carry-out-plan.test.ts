// `import --plan` does exactly what the plan says, with the decisions in it, and nothing when the target has changed since.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decision, ImportRequest, Plan, Report } from '../../core/contract.js';
import { encodeDockerManifest, type RawManifest } from '../../core/content/manifest.js';
import { digestOf } from '../../core/content/digest.js';
import { MemoryCharts } from '../support/memory-charts.js';
import { importInMemory, planInMemory } from '../support/memory-run.js';
import { MemoryTarget } from '../support/memory-target.js';
import { expectPlanned } from '../support/plan-outcome.js';
import { actions, packagePath, type SeedPackage } from '../support/seed.js';

let state: string;
let target: MemoryTarget;
let charts: MemoryCharts;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'run-'));
  target = new MemoryTarget();
  charts = new MemoryCharts();
});
afterEach(() => rm(state, { recursive: true }));

function planned(name: SeedPackage, request: Partial<ImportRequest> = {}): Promise<Plan> {
  return planInMemory({ target, charts, state, packages: [packagePath(name)], request });
}

function imported(name: SeedPackage, request: Partial<ImportRequest> = {}): Promise<Report> {
  return importInMemory({ target, charts, state, packages: [packagePath(name)], request });
}

/** Replaces the decision of each row that has one by that of `decide`, if it gives one. */
function edited(plan: Plan, decide: (name: string, decision: Decision) => Decision | null): Plan {
  const edit = <T extends { readonly decision: Decision | null }>(row: T, name: string): T =>
    row.decision === null ? row : { ...row, decision: decide(name, row.decision) ?? row.decision };
  return {
    ...plan,
    images: plan.images.map((row) => edit(row, row.source)),
    charts: plan.charts.map((row) => edit(row, row.name)),
  };
}

/** An image that no package holds, with its config in the repository. */
function stranger(repository: string): RawManifest {
  const config = Buffer.from('{"os":"linux","architecture":"amd64","created":"2020-01-01T00:00:00Z"}');
  const digest = digestOf(config);
  target.blobs.set(`${repository}@${digest}`, config);
  return encodeDockerManifest({ digest, size: config.length }, []);
}

function writes(): readonly string[] {
  return [...target.log, ...charts.log].filter((line) => /^(?:PUT|MOUNT)/.test(line));
}

function forgetLog(): void {
  target.log.length = 0;
  charts.log.length = 0;
}

const GAUGE = 'tidewatch-io/gauge';

describe('a plan that is carried out', () => {
  it('does what it says, with the policies that it was made with', async () => {
    await imported('v0.9.0-amd64');
    const plan = await planned('v0.11.0-amd64', { onChange: 'keep' });
    const report = await imported('v0.11.0-amd64', { plan, ...plan.request });
    expectPlanned(plan, report);
    expect(report.result).toBe('done');
    expect(actions(report.images)).toMatchObject({ keep: 5 });
  });

  it('replaces and keeps the images for which a person decided so', async () => {
    await imported('v0.9.0-amd64');
    const plan = await planned('v0.11.0-amd64');
    expect(actions(plan.images)).toMatchObject({ conflict: 1, replace: 4 });
    const swapped = edited(plan, (_name, decision) => (decision === 'replace' ? 'keep' : 'replace'));
    const report = await imported('v0.11.0-amd64', { plan: swapped, ...plan.request });
    expect(report.result).toBe('done');
    const decided = report.images.filter(({ reason }) => reason === 'decided');
    expect(actions(decided)).toEqual({ replace: 1, keep: 4 });
    const collector = decided.find(({ action }) => action === 'replace');
    expect(collector?.source).toContain('driftnet/collector');
    for (const row of report.images) {
      const was = plan.images.find((one) => one.target === row.target && one.platform === row.platform);
      if (row.reason !== 'decided') expect([row.action, row.after]).toEqual([was?.action, was?.after]);
    }
  });

  it('publishes the chart that a person decided to replace', async () => {
    await imported('v0.9.0-amd64');
    const [name = '', held] = [...charts.published][0] ?? [];
    if (!held) throw new Error('no chart');
    charts.published.set(name, { ...held, archive: Buffer.from('made by hand') });
    const plan = await planned('v0.9.0-amd64');
    expect(actions(plan.charts)).toMatchObject({ conflict: 1 });
    const replacing = edited(plan, () => 'replace');
    const report = await imported('v0.9.0-amd64', { plan: replacing, ...plan.request });
    expect(actions(report.charts)).toMatchObject({ replace: 1 });
    expect(charts.published.get(name)?.archive).not.toEqual(Buffer.from('made by hand'));
  });

  it('sends nothing when the decision of one row is stop', async () => {
    await imported('v0.9.0-amd64');
    const plan = edited(await planned('v0.11.0-amd64'), (name) =>
      name.includes('collector') ? 'stop' : null,
    );
    forgetLog();
    const report = await imported('v0.11.0-amd64', { plan, ...plan.request });
    expect(report.problems.map(({ code }) => code)).toEqual(['run.stopped-by-policy']);
    expect(writes()).toEqual([]);
  });
});

describe('a target that changed since the plan', () => {
  it('stops the import before the first write, and names the tag and both digests', async () => {
    await imported('v0.9.0-amd64');
    const plan = await planned('v0.9.0-arm64');
    const was = target.manifests.get(`${GAUGE}:2.0.1`)?.digest ?? '';
    const now = stranger(GAUGE);
    target.set(GAUGE, '2.0.1', now);
    forgetLog();
    const report = await imported('v0.9.0-arm64', { plan, ...plan.request });
    expect(report.result).toBe('failed');
    expect(report.problems.map(({ code }) => code)).toEqual(['run.target-changed']);
    const [problem] = report.problems;
    for (const named of [`memory.test/${GAUGE}:2.0.1`, was, now.digest])
      expect(problem?.message).toContain(named);
    expect(writes()).toEqual([]);
  });

  it('stops the import for a tag that is gone, a blob that is gone, and a chart that was published meanwhile', async () => {
    const spoilers = [
      () => target.manifests.delete(`${GAUGE}:2.0.1`),
      () => target.blobs.delete([...target.blobs.keys()].find((key) => key.startsWith(`${GAUGE}@`)) ?? ''),
      () => {
        const [name = '', held] = [...charts.published][0] ?? [];
        if (held) charts.published.set(name, { ...held, archive: Buffer.from('another') });
      },
    ];
    for (const spoil of spoilers) {
      await imported('v0.9.0-amd64');
      const plan = await planned('v0.9.0-amd64');
      spoil();
      forgetLog();
      const report = await imported('v0.9.0-amd64', { plan, ...plan.request });
      expect(report.problems.map(({ code }) => code)).toEqual(['run.target-changed']);
      expect(writes()).toEqual([]);
    }
  });

  it('blocks only the tag that changes while the plan is carried out; the rest goes on', async () => {
    await imported('v0.9.0-amd64');
    const plan = await planned('v0.9.0-arm64');
    const was = target.manifests.get(`${GAUGE}:2.0.1`)?.digest ?? '';
    const now = stranger(GAUGE);
    target.before = (request) => {
      if (!/^PUT [^ ]+:/.test(request)) return;
      target.before = () => undefined;
      target.set(GAUGE, '2.0.1', now);
    };
    const report = await imported('v0.9.0-arm64', { plan, ...plan.request });
    const left = report.images.filter(({ reason }) => reason === 'changed-since-plan');
    expect(left.map((row) => [row.target, row.action, row.problem?.params])).toEqual([
      [
        `memory.test/${GAUGE}:2.0.1`,
        'blocked',
        { target: `memory.test/${GAUGE}:2.0.1`, planned: was, found: now.digest },
      ],
    ]);
    expect(target.manifests.get(`${GAUGE}:2.0.1`)?.digest).toBe(now.digest);
    expect(actions(report.images)['promote']).toBe((actions(plan.images)['promote'] ?? 0) - 1);
  });

  it('blocks only the chart that changes while the plan is carried out', async () => {
    const plan = await planned('v0.9.0-amd64');
    const publish = charts.putChart.bind(charts);
    let other = '';
    charts.putChart = (chart) => {
      const late = plan.charts.at(-1);
      if (other === '' && late && late.name !== chart.name) {
        other = late.name;
        const { name, version } = late;
        charts.published.set(`${name}@${version}`, { ...chart, name, version, archive: Buffer.from('late') });
      }
      return publish(chart);
    };
    const report = await imported('v0.9.0-amd64', { plan, ...plan.request });
    const left = report.charts.filter(({ action }) => action === 'blocked');
    expect(left.map(({ name, problem }) => [name, problem?.code])).toEqual([[other, 'plan.chart-changed']]);
    expect(actions(report.charts)['publish']).toBe(plan.charts.length - 1);
  });
});

describe('a plan for something else', () => {
  it('is refused for other packages, and when a row has a decision that its action does not allow', async () => {
    const plan = await planned('v0.9.0-amd64');
    const decided = { ...plan, images: plan.images.map((row) => ({ ...row, decision: 'keep' as const })) };
    forgetLog();
    const other = await imported('v0.9.0-arm64', { plan, ...plan.request });
    expect(other.problems.map(({ code }) => code)).toEqual(['run.plan-does-not-fit']);
    const undecidable = await imported('v0.9.0-amd64', { plan: decided, ...plan.request });
    expect(undecidable.problems.map(({ code }) => code)).toEqual(['run.plan-decides-nothing']);
    expect(writes()).toEqual([]);
  });
});
