// Plans and imports for a Harbor (a double): projects that are missing, created, refused or caches, and quotas that are too small.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import { ADMIN } from '../support/harbor/harbor-accounts.js';
import { HarborBench } from '../support/harbor/harbor-bench.js';
import { makeBundle, makeChart, makeImage, makePackage, tinyBundle } from '../support/packages.js';

let site: HarborBench;
/** Each test has a state folder of its own, so that the package is known only where a plan was made before. */
beforeEach(async () => {
  site = await HarborBench.open();
});
afterEach(() => site.close());

const { needed } = HarborBench;
const allBut = HarborBench.allBut.bind(HarborBench);

describe('a Harbor where this account may not create projects', () => {
  it('without any project: each is named, those of charts too, and everything would be pushed', async () => {
    const plan = await site.plan(await site.start({}));
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
    expect(site.harbor.writes).toEqual([]);
  });

  it('without one of them, package known: an import stops before it sends anything', async () => {
    const target = await site.start(allBut('localhost'));
    await site.plan(target);
    const report = await site.import(target);
    expect(report.result).toBe('failed');
    expect(report.problems.map(({ code, params }) => [code, params['projects']])).toEqual([
      ['run.projects-missing', 'localhost'],
    ]);
    expect(exitCodeForReport(report)).toBe(4);
    expect(site.harbor.writes).toEqual([]);
  });

  it('without one of them, package unknown: its bundle is blocked by name, the rest goes on, and it is read once', async () => {
    const target = await site.start(allBut('localhost'));
    const report = await site.import(target);
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
    expect(site.harbor.writes.filter((line) => line.includes('/v2/localhost/'))).toEqual([]);
  });

  it('without any project, package unknown: every bundle is refused, nothing is sent', async () => {
    const report = await site.import(await site.start({}));
    expect(report.result).toBe('failed');
    expect(exitCodeForReport(report)).toBe(4);
    expect(site.harbor.writes).toEqual([]);
    expect(new Set(report.images.map(({ action }) => action))).toEqual(new Set(['blocked']));
    expect(new Set(report.charts.map(({ action }) => action))).toEqual(new Set(['blocked']));
  });

  it('that hides projects from this account: nothing is guessed, and nothing prevents the import', async () => {
    const plan = await site.plan(await site.start(allBut(''), { isApiClosed: true }));
    expect(new Set(plan.needs.projects.map(({ exists }) => exists))).toEqual(new Set([null]));
    const rooms = plan.needs.space.filter(({ kind }) => kind === 'project');
    expect(new Set(rooms.map(({ free, enough }) => `${String(free)} ${String(enough)}`))).toEqual(
      new Set(['null null']),
    );
    expect(exitCodeForPlan(plan)).toBe(0);
  });

  it('whose quota is too small for what is new to a project', async () => {
    const target = await site.start({ ...allBut(''), lantern: { hard: 1000, used: 999 } });
    const plan = await site.plan(target);
    const [room] = plan.needs.space.filter(({ where }) => where === 'lantern');
    expect(room).toMatchObject({ kind: 'project', free: 1, enough: false });
    expect(room?.needed).toBeGreaterThan(1000);
    expect(exitCodeForPlan(plan)).toBe(7);
    const report = await site.import(target);
    expect(exitCodeForReport(report)).toBe(7);
    expect(site.harbor.writes).toEqual([]);
  });
});

describe('a Harbor where this account may create projects', () => {
  it('the vendor’s well-known failure: `localhost` is missing; the plan names it, the import creates it and finishes', async () => {
    const target = await site.start(allBut('localhost'), { creation: 'everyone' });
    const plan = await site.plan(target);
    const lacking = plan.needs.projects.filter(({ exists }) => exists === false);
    expect(lacking).toEqual([{ name: 'localhost', exists: false, create: 'private' }]);
    expect(exitCodeForPlan(plan)).toBe(0);
    expect(site.harbor.writes).toEqual([]);
    const report = await site.import(target);
    expect(report.result).toBe('done');
    expect(exitCodeForReport(report)).toBe(0);
    expect(report.problems.map(({ code }) => code)).toContain('run.project-created-private');
    expect(site.harbor.projects.get('localhost')?.isPublic).toBe(false);
    const again = await site.import(target);
    expect(new Set(again.images.map(({ action }) => action))).toEqual(new Set(['skip']));
    expect(exitCodeForReport(again)).toBe(0);
  });

  it('an unknown package creates what it needs while it is read once', async () => {
    const target = await site.start({}, { creation: 'everyone' });
    const report = await site.import(target);
    expect(report.result).toBe('done');
    expect(report.totals.passes).toBe(1);
    expect([...site.harbor.projects.keys()].sort()).toEqual([...needed, 'library'].sort());
  });

  it.each([
    ['public', 'like-existing', true],
    ['private', 'like-existing', false],
    ['private', 'public', true],
    ['public', 'private', false],
  ] as const)(
    'beside %s projects with images, with --create-projects %s: public is %s',
    async (others, how, isPublic) => {
      const target = await site.start({ team: { isPublic: others === 'public' } }, { creation: 'everyone' });
      site.harbor.repository('team/app').manifests.set('sha256:0', { type: '', bytes: Buffer.from('{}') });
      const plan = await site.plan(target, { createProjects: how });
      const create = new Map(plan.needs.projects.map((one) => [one.name, one.create]));
      expect(create.get(needed[0] ?? '')).toBe(isPublic ? 'public' : 'private');
      expect(plan.request.createProjects).toBe(how);
    },
  );

  it('an administrator with --create-projects never is told what to create, and to ask nobody', async () => {
    const target = await site.start({}, {}, ADMIN);
    const plan = await site.plan(target, { createProjects: 'never' });
    const [problem] = plan.problems;
    expect(problem?.code).toBe('run.projects-not-created');
    expect(problem?.hint).not.toMatch(/ask/i);
    expect(exitCodeForPlan(plan)).toBe(4);
  });
});

describe('names in a Harbor', () => {
  it('of one segment go to `library/`, in tags and in values', async () => {
    const plan = await site.plan(await site.start(allBut('')));
    const host = site.harbor.host;
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
    const target = await site.start({ ...allBut(''), lantern: { isProxyCache: true, isPublic: true } });
    const plan = await site.plan(target);
    expect(plan.problems[0]).toMatchObject({
      code: 'run.projects-cache-only',
      params: { projects: 'lantern' },
    });
    expect(exitCodeForPlan(plan)).toBe(4);
    const report = await site.import(target);
    expect(exitCodeForReport(report)).toBe(4);
    expect(site.harbor.writes).toEqual([]);
  });
});

describe('a chart that names images which the package does not bring', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'archbridge-harbor-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  /** `hive` brings its image; `beehive` names one of the project `beehive` and brings none, as with skipImages. */
  async function hives(): Promise<string> {
    const path = join(directory, 'addon-offline-full-package-v1.0.0-amd64.tar.gz');
    const image = makeImage('ghcr.io/hive/app:1.0.0', 'amd64');
    const without = { hints: tinyBundle('beehive', []).hints, chart: makeChart('beehive'), images: null };
    const files = [
      { path: 'addon/beehive_1.0.0.bundle.tar', body: makeBundle(without) },
      { path: 'addon/hive_1.0.0.bundle.tar', body: makeBundle(tinyBundle('hive', [image])) },
    ];
    await writeFile(path, makePackage(files));
    return path;
  }

  it.each(['known', 'unknown'] as const)(
    'needs none of their projects: package %s, everything that the plan lists is there, exit code 0',
    async (how) => {
      const packages = [await hives()];
      const target = await site.start({ addon: {}, hive: {} });
      if (how === 'known') {
        const plan = await site.plan(target, { packages });
        expect(plan.needs.projects.map(({ name }) => name).sort()).toEqual(['addon', 'hive']);
        expect(exitCodeForPlan(plan)).toBe(0);
      }
      const report = await site.import(target, { packages });
      expect(report.problems.map(({ code }) => code)).toEqual(['plan.image-not-shipped']);
      expect(report.charts.map(({ name, action }) => [name, action]).sort()).toEqual([
        ['beehive', 'publish'],
        ['hive', 'publish'],
      ]);
      expect(exitCodeForReport(report)).toBe(0);
      expect(site.harbor.projects.has('beehive')).toBe(false);
    },
  );
});
