// A plan and an import for a Harbor that lacks projects or space: everything is reported before anything is sent.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import type { Plan, TargetSpec } from '../../core/contract.js';
import { HARBOR_ACCOUNT, harborDouble, type HarborProject } from '../support/harbor-double.js';
import { startReplay, type Replay } from '../support/replay.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';

const { signal } = new AbortController();
const packages = [packagePath('v0.9.0-amd64')];

let bench: Bench;
let harbor: Replay | null = null;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
afterEach(() => harbor?.stop());

async function start(projects: Readonly<Record<string, HarborProject>>): Promise<TargetSpec> {
  harbor = await startReplay(harborDouble(projects));
  return { registry: harbor.url, credentials: HARBOR_ACCOUNT };
}

async function planFor(target: TargetSpec): Promise<Plan> {
  const answer = await bench.engine.plan({ packages, target }, { signal });
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return answer.value;
}

function writes(): readonly string[] {
  return (harbor?.seen ?? [])
    .filter(({ method }) => method !== 'GET' && method !== 'HEAD')
    .map(({ method, path }) => `${method} ${path}`);
}

/** Every project that the package needs. */
async function neededProjects(): Promise<readonly string[]> {
  const { needs } = await planFor(await start({}));
  await harbor?.stop();
  return needs.projects.map(({ name }) => name);
}

describe('a Harbor', () => {
  it('without any project: each is named, those of charts too, and everything would be pushed', async () => {
    const plan = await planFor(await start({}));
    const names = plan.needs.projects.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['addon', 'community', 'lantern']));
    expect(plan.needs.projects.every(({ exists, create }) => exists === false && create === 'no')).toBe(true);
    expect(new Set(plan.images.map(({ action }) => action))).toEqual(new Set(['push']));
    expect(new Set(plan.charts.map(({ action }) => action))).toEqual(new Set(['publish']));
    const [problem] = plan.problems;
    expect(problem?.code).toBe('run.projects-missing');
    for (const name of names) expect(problem?.message).toContain(name);
    expect(exitCodeForPlan(plan)).toBe(4);
    expect(writes()).toEqual([]);
  });

  it('without one of them: an import stops before it sends anything', async () => {
    const [lacking, ...there] = await neededProjects();
    const target = await start(Object.fromEntries(there.map((name) => [name, {}])));
    const report = await bench.import({ packages, target });
    expect(report.result).toBe('failed');
    expect(report.problems.map(({ code, params }) => [code, params['projects']])).toEqual([
      ['run.projects-missing', lacking],
    ]);
    expect(exitCodeForReport(report)).toBe(4);
    expect(writes()).toEqual([]);
  });

  it('that hides projects from this account: nothing is guessed, and nothing prevents the import', async () => {
    const names = await neededProjects();
    const plan = await planFor(
      await start(Object.fromEntries(names.map((name) => [name, { mayAsk: false }]))),
    );
    expect(new Set(plan.needs.projects.map(({ exists }) => exists))).toEqual(new Set([null]));
    const rooms = plan.needs.space.filter(({ kind }) => kind === 'project');
    expect(new Set(rooms.map(({ free, enough }) => `${String(free)} ${String(enough)}`))).toEqual(
      new Set(['null null']),
    );
    expect(exitCodeForPlan(plan)).toBe(0);
  });

  it('whose quota is too small for what is new to a project', async () => {
    const names = await neededProjects();
    const target = await start(
      Object.fromEntries(names.map((name) => [name, name === 'lantern' ? { hard: 1000, used: 999 } : {}])),
    );
    const plan = await planFor(target);
    const [room] = plan.needs.space.filter(({ where }) => where === 'lantern');
    expect(room).toMatchObject({ kind: 'project', free: 1, enough: false });
    expect(room?.needed).toBeGreaterThan(1000);
    expect(exitCodeForPlan(plan)).toBe(7);
    const report = await bench.import({ packages, target });
    expect(exitCodeForReport(report)).toBe(7);
    expect(writes()).toEqual([]);
  });
});
