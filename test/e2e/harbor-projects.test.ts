// Plans and imports for a Harbor (a double): projects that are missing, created, refused or caches, and quotas that are too small.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import type { Credentials, ImportRequest, Plan, Report, TargetSpec } from '../../core/contract.js';
import { Harbor, type HarborOptions } from '../support/harbor/harbor.js';
import { ADMIN, ALICE, developerOf } from '../support/harbor/harbor-accounts.js';
import type { ProjectOptions } from '../support/harbor/harbor-store.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';

const { signal } = new AbortController();
const packages = [packagePath('v0.9.0-amd64')];

let bench: Bench;
let harbor: Harbor | null = null;
/** Each test has a state folder of its own, so that the package is known only where a plan was made before. */
beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await harbor?.stop();
  await bench.close();
});

async function start(
  projects: Readonly<Record<string, ProjectOptions>>,
  options: HarborOptions = {},
  credentials: Credentials = ALICE,
): Promise<TargetSpec> {
  await harbor?.stop();
  harbor = await Harbor.start({
    accounts: developerOf([...Object.keys(projects), 'library']),
    projects,
    creation: 'adminonly',
    ...options,
  });
  return { registry: harbor.url, credentials };
}

async function planFor(target: TargetSpec, request: Partial<ImportRequest> = {}): Promise<Plan> {
  const answer = await bench.engine.plan({ packages, target, ...request }, { signal });
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return answer.value;
}

function writes(): readonly string[] {
  return harbor?.writes ?? [];
}

function codes({ problems }: Plan | Report): readonly string[] {
  return problems.map(({ code }) => code);
}

/** Every project that the package needs, but for `library`, which each Harbor has. */
let needed: readonly string[] = [];
async function neededProjects(): Promise<readonly string[]> {
  if (needed.length > 0) return needed;
  const other = await openBench();
  const answer = await other.engine.plan({ packages, target: await start({}) }, { signal });
  await other.close();
  if (!answer.ok) throw new Error(answer.problem.message);
  needed = answer.value.needs.projects.map(({ name }) => name).filter((name) => name !== 'library');
  return needed;
}

async function allBut(name: string, options: ProjectOptions = {}): Promise<Record<string, ProjectOptions>> {
  return Object.fromEntries(
    (await neededProjects()).flatMap((one) => (one === name ? [] : [[one, options]])),
  );
}

describe('a Harbor where this account may not create projects', () => {
  it('without any project: each is named, those of charts too, and everything would be pushed', async () => {
    const plan = await planFor(await start({}));
    const lacking = plan.needs.projects.filter(({ exists }) => exists === false);
    const names = lacking.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['addon', 'community', 'lantern', 'localhost']));
    expect(new Set(lacking.map(({ create }) => create))).toEqual(new Set(['no']));
    expect(new Set(plan.images.map(({ action }) => action))).toEqual(new Set(['push']));
    expect(new Set(plan.charts.map(({ action }) => action))).toEqual(new Set(['publish']));
    const [problem] = plan.problems;
    expect(problem?.code).toBe('run.projects-missing');
    for (const name of names) expect(problem?.message).toContain(name);
    expect(problem?.hint).toContain('administrator');
    expect(exitCodeForPlan(plan)).toBe(4);
    expect(writes()).toEqual([]);
  });

  it('without one of them, package known: an import stops before it sends anything', async () => {
    const target = await start(await allBut('localhost'));
    await planFor(target);
    const report = await bench.import({ packages, target });
    expect(report.result).toBe('failed');
    expect(report.problems.map(({ code, params }) => [code, params['projects']])).toEqual([
      ['run.projects-missing', 'localhost'],
    ]);
    expect(exitCodeForReport(report)).toBe(4);
    expect(writes()).toEqual([]);
  });

  it('without one of them, package unknown: its bundle is blocked by name, the rest goes on, and it is read once', async () => {
    const target = await start(await allBut('localhost'));
    const report = await bench.import({ packages, target });
    expect(report.result).toBe('partial');
    expect(exitCodeForReport(report)).toBe(6);
    expect(report.totals.passes).toBe(1);
    const blocked = report.images.filter(({ action }) => action === 'blocked');
    expect(blocked.length).toBeGreaterThan(0);
    for (const row of blocked) {
      expect(row.target).toContain('/localhost/');
      expect(row.problem).toMatchObject({
        code: 'registry.project-missing',
        params: { project: 'localhost' },
      });
    }
    expect(new Set(report.images.map(({ action }) => action))).toEqual(new Set(['blocked', 'push']));
    const left = report.charts.filter(({ action }) => action !== 'publish');
    expect(left.map(({ action, problem }) => [action, problem?.code])).toEqual([
      ['blocked', 'registry.project-missing'],
    ]);
    expect(report.problems.map(({ code, params }) => [code, params['projects']])).toContainEqual([
      'run.projects-missing',
      'localhost',
    ]);
    expect(writes().filter((line) => line.includes('/v2/localhost/'))).toEqual([]);
  });

  it('without any project, package unknown: every bundle is refused, nothing is sent', async () => {
    const report = await bench.import({ packages, target: await start({}) });
    expect(report.result).toBe('failed');
    expect(exitCodeForReport(report)).toBe(4);
    expect(writes()).toEqual([]);
    expect(new Set(report.images.map(({ action }) => action))).toEqual(new Set(['blocked']));
    expect(new Set(report.charts.map(({ action }) => action))).toEqual(new Set(['blocked']));
  });

  it('that hides projects from this account: nothing is guessed, and nothing prevents the import', async () => {
    const plan = await planFor(await start(await allBut(''), { isApiClosed: true }));
    expect(new Set(plan.needs.projects.map(({ exists }) => exists))).toEqual(new Set([null]));
    const rooms = plan.needs.space.filter(({ kind }) => kind === 'project');
    expect(new Set(rooms.map(({ free, enough }) => `${String(free)} ${String(enough)}`))).toEqual(
      new Set(['null null']),
    );
    expect(exitCodeForPlan(plan)).toBe(0);
  });

  it('whose quota is too small for what is new to a project', async () => {
    const target = await start({ ...(await allBut('')), lantern: { hard: 1000, used: 999 } });
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

describe('a Harbor where this account may create projects', () => {
  it('the vendor’s well-known failure: `localhost` is missing; the plan names it, the import creates it and finishes', async () => {
    const target = await start(await allBut('localhost'), { creation: 'everyone' });
    const plan = await planFor(target);
    const lacking = plan.needs.projects.filter(({ exists }) => exists === false);
    expect(lacking).toEqual([{ name: 'localhost', exists: false, create: 'private' }]);
    expect(exitCodeForPlan(plan)).toBe(0);
    expect(writes()).toEqual([]);
    const report = await bench.import({ packages, target });
    expect(report.result).toBe('done');
    expect(exitCodeForReport(report)).toBe(0);
    expect(codes(report)).toContain('run.project-created-private');
    expect(harbor?.projects.get('localhost')?.isPublic).toBe(false);
    const again = await bench.import({ packages, target });
    expect(new Set(again.images.map(({ action }) => action))).toEqual(new Set(['skip']));
    expect(exitCodeForReport(again)).toBe(0);
  });

  it('an unknown package creates what it needs while it is read once', async () => {
    const target = await start({}, { creation: 'everyone' });
    const report = await bench.import({ packages, target });
    expect(report.result).toBe('done');
    expect(report.totals.passes).toBe(1);
    expect([...(harbor?.projects.keys() ?? [])].sort()).toEqual(
      [...(await neededProjects()), 'library'].sort(),
    );
  });

  it.each([
    ['public', 'like-existing', true],
    ['private', 'like-existing', false],
    ['private', 'public', true],
    ['public', 'private', false],
  ] as const)(
    'beside %s projects with images, with --create-projects %s: public is %s',
    async (others, how, isPublic) => {
      const names = await neededProjects();
      const target = await start({ team: { isPublic: others === 'public' } }, { creation: 'everyone' });
      harbor?.repository('team/app').manifests.set('sha256:0', { type: '', bytes: Buffer.from('{}') });
      const plan = await planFor(target, { createProjects: how });
      const create = new Map(plan.needs.projects.map((one) => [one.name, one.create]));
      expect(create.get(names[0] ?? '')).toBe(isPublic ? 'public' : 'private');
      expect(plan.request.createProjects).toBe(how);
    },
  );

  it('an administrator with --create-projects never is told what to create, and to ask nobody', async () => {
    const target = await start({}, {}, ADMIN);
    const plan = await planFor(target, { createProjects: 'never' });
    const [problem] = plan.problems;
    expect(problem?.code).toBe('run.projects-not-created');
    expect(problem?.hint).not.toMatch(/ask/i);
    expect(exitCodeForPlan(plan)).toBe(4);
  });
});

describe('names in a Harbor', () => {
  it('of one segment go to `library/`, in tags and in values', async () => {
    const plan = await planFor(await start(await allBut('')));
    const host = harbor?.host ?? '';
    const official = plan.images.filter(({ source }) => source.startsWith('docker.io/library/'));
    expect(official.length).toBeGreaterThan(0);
    for (const { source, target } of official) expect(target).toBe(source.replace('docker.io/', `${host}/`));
    const changes = plan.charts.flatMap((chart) => chart.changes).map(({ to }) => to);
    expect(changes.some((to) => to.startsWith('library/') || to.startsWith(`${host}/library/`))).toBe(true);
    expect(plan.images.every(({ target }) => target.split('/').length > 2)).toBe(true);
  });
});

describe('a proxy-cache project', () => {
  it('takes no pushes: this is said before anything is sent', async () => {
    const target = await start({ ...(await allBut('')), lantern: { isProxyCache: true, isPublic: true } });
    const plan = await planFor(target);
    expect(plan.problems[0]).toMatchObject({
      code: 'run.projects-cache-only',
      params: { projects: 'lantern' },
    });
    expect(exitCodeForPlan(plan)).toBe(4);
    const report = await bench.import({ packages, target });
    expect(exitCodeForReport(report)).toBe(4);
    expect(writes()).toEqual([]);
  });
});
