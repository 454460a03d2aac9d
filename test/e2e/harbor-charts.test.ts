// Charts and tags in a Harbor (a double): versions with a plus sign, projects in chart URLs, immutable tags, a registry that is read-only.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import { ADMIN, ALICE } from '../support/harbor/harbor-accounts.js';
import { HarborBench } from '../support/harbor/harbor-bench.js';
import { packagePath } from '../support/seed.js';

let site: HarborBench;
beforeEach(async () => {
  site = await HarborBench.open();
});
afterEach(() => site.close());

const allBut = HarborBench.allBut.bind(HarborBench);

describe('charts in a Harbor', () => {
  it('of versions with a plus sign get tags with an underscore', async () => {
    const report = await site.import(await site.start(allBut('')));
    const plus = report.charts.find(({ version }) => version.includes('+'));
    expect(plus?.action).toBe('publish');
    const tags = site.harbor.repositories.get(`${plus?.repo ?? ''}/${plus?.name ?? ''}`)?.tags;
    expect([...(tags?.keys() ?? [])]).toEqual([plus?.version.replace('+', '_')]);
  });

  it('need a project: oci:// with a host alone is refused before anything is read', async () => {
    const target = { ...(await site.start(allBut(''))), charts: [{ url: `oci://${site.harbor.host}` }] };
    await expect(site.plan(target)).rejects.toThrow('chart-repo.needs-project');
  });

  it.each([undefined, 'harbor'] as const)(
    'do not go to /chartrepo/, which is gone since 2.8: the message names oci:// (kind %s)',
    async (kind) => {
      const target = await site.start(allBut(''));
      const charts = [{ url: `${site.harbor.url}/chartrepo/addon`, ...(kind ? { kind } : {}) }];
      const answer = await site.bench.engine.plan(
        { packages: site.packages, target: { ...target, charts } },
        { signal: new AbortController().signal },
      );
      if (answer.ok) throw new Error('planned');
      expect(answer.problem.code).toBe('chart-repo.harbor-takes-oci');
      expect(answer.problem.hint).toContain(`oci://${site.harbor.host}/addon`);
    },
  );
});

describe('an immutable rule', () => {
  it('keeps a published chart as it is: a conflict that names the rule, and the images are imported', async () => {
    const target = await site.start({ ...allBut(''), addon: { immutable: /./ } });
    await site.import(target);
    const naming = { containerPrefixRepository: 'library' };
    const plan = await site.plan({ ...target, naming });
    const report = await site.import({ ...target, naming });
    // the plan has said so
    const planned = plan.charts.filter(({ problem }) => problem?.code === 'chart-repo.refuses-overwrite');
    expect(planned.map(({ name, action }) => `${name} ${action}`).sort()).toEqual(
      report.charts
        .filter(({ problem }) => problem?.code === 'chart-repo.refuses-overwrite')
        // what an import reports as failed is blocked in a plan
        .map(({ name, action }) => `${name} ${action === 'failed' ? 'blocked' : action}`)
        .sort(),
    );
    const refused = report.charts.filter(({ problem }) => problem?.code === 'chart-repo.refuses-overwrite');
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ repo }) => repo))).toEqual(new Set(['addon']));
    expect(new Set(report.images.map(({ action }) => action))).toEqual(new Set(['push']));
  });

  it('keeps a tag from getting a second platform: that tag fails by name, the others are complete', async () => {
    const target = await site.start({ ...allBut(''), lantern: { immutable: /./ } });
    await site.import(target);
    const report = await site.import(target, { packages: [packagePath('v0.9.0-arm64')] });
    const failed = report.images.filter(({ action }) => action === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    for (const row of failed) {
      expect(row.target).toContain('/lantern/');
      expect(row.problem?.code).toBe('registry.tag-immutable');
    }
    expect(report.images.some(({ action }) => action === 'promote')).toBe(true);
    expect(exitCodeForReport(report)).toBe(6);
  });
});

describe('a plan', () => {
  it.each([
    ['an administrator', ADMIN],
    ['a member who may not read the rules', ALICE],
  ])('of %s names the tags that a rule keeps, and no others', async (_, account) => {
    const target = await site.start({ ...allBut(''), bollard: {}, lantern: { immutable: /./ } }, {}, account);
    await site.import(target);
    const plan = await site.plan(target, { packages: [packagePath('v0.9.0-arm64')] });
    const kept = plan.images.filter(({ problem }) => problem?.code === 'registry.tag-immutable');
    expect(kept.length).toBeGreaterThan(0);
    for (const row of kept) {
      expect(row).toMatchObject({ action: 'blocked', after: row.before, afterPlatforms: ['linux/amd64'] });
      expect(row.target).toContain('/lantern/');
    }
    expect(exitCodeForPlan(plan)).toBe(6);
    const report = await site.import(target, { packages: [packagePath('v0.9.0-arm64')] });
    const failed = report.images.filter(({ problem }) => problem?.code === 'registry.tag-immutable');
    expect(failed.map((row) => row.target).sort()).toEqual(kept.map((row) => row.target).sort());
  });
});

describe('a Harbor that is read-only', () => {
  it('is told by the plan, and ends an import before anything is sent', async () => {
    const target = await site.start(allBut(''));
    site.harbor.isReadOnly = true;
    const plan = await site.plan(target);
    expect(plan.problems.map(({ code }) => code)).toContain('registry.read-only');
    expect(exitCodeForPlan(plan)).toBe(4);
    const report = await site.import(target);
    expect(exitCodeForReport(report)).toBe(4);
    expect(site.harbor.writes).toEqual([]);
  });
});
