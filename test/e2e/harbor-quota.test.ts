// Quotas of a Harbor (a double): what counts, what is unlimited, and a quota that is met while a package is sent.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import type { Plan } from '../../core/contract.js';
import { HarborBench } from '../support/harbor/harbor-bench.js';

let site: HarborBench;
beforeEach(async () => {
  site = await HarborBench.open();
});
afterEach(() => site.close());

function roomOf({ needs }: Plan, project: string) {
  return needs.space.find(({ kind, where }) => kind === 'project' && where === project);
}

describe('the quota of a project', () => {
  it('that has no limit is told as unlimited, not as unknown', async () => {
    const plan = await site.plan(await site.start(HarborBench.allBut('')));
    expect(roomOf(plan, 'lantern')).toMatchObject({ free: null, unlimited: true, enough: true });
  });

  it('counts manifests: it is too small where one byte of them does not fit, and large enough where they do', async () => {
    const before = await site.plan(await site.start(HarborBench.allBut('', { hard: 1_000_000 })));
    const needed = roomOf(before, 'lantern')?.needed ?? 0;
    const without = await site.plan(
      await site.start({ ...HarborBench.allBut(''), lantern: { hard: needed - 1 } }),
    );
    expect(exitCodeForPlan(without)).toBe(7);
    const target = await site.start({ ...HarborBench.allBut(''), lantern: { hard: needed } });
    expect(exitCodeForPlan(await site.plan(target))).toBe(0);
    const report = await site.import(target);
    expect(report.result).toBe('done');
    // exact: the double counts as Harbor does
    expect(site.harbor.projects.get('lantern')?.used).toBe(needed);
  });

  it('counts blobs of a deleted repository again, although the registry still says that it has them', async () => {
    const target = await site.start(HarborBench.allBut('', { hard: 1_000_000 }));
    const needed = roomOf(await site.plan(target), 'lantern')?.needed ?? 0;
    await site.import(target);
    const { harbor } = site;
    for (const name of harbor.repositories.keys())
      if (name.startsWith('lantern/')) harbor.deleteRepository(name);
    const lantern = harbor.projects.get('lantern');
    if (!lantern) throw new Error('no project');
    expect(lantern.used).toBe(0);
    lantern.hard = needed - 1;
    const plan = await site.plan(target);
    expect(roomOf(plan, 'lantern')).toMatchObject({ needed, free: needed - 1, enough: false });
    expect(exitCodeForPlan(plan)).toBe(7);
  });

  it('that is full of this very import needs nothing more', async () => {
    const target = await site.start(HarborBench.allBut('', { hard: 1_000_000 }));
    await site.import(target);
    for (const project of site.harbor.projects.values()) project.hard = project.used;
    const again = await site.plan(target);
    expect(exitCodeForPlan(again)).toBe(0);
    expect((await site.import(target)).result).toBe('done');
  });
});

describe('a quota that is met while an unknown package is sent', () => {
  it('of one project: it stands among the problems of the report, the rest goes on', async () => {
    const report = await site.import(await site.start({ ...HarborBench.allBut(''), lantern: { hard: 100 } }));
    expect(report.result).toBe('partial');
    expect(exitCodeForReport(report)).toBe(6);
    const met = report.problems.filter(({ code }) => code === 'registry.quota-exceeded');
    expect(met.map(({ params }) => params['project'])).toEqual(['lantern']);
    expect(report.images.some(({ action }) => action === 'push')).toBe(true);
  });

  it('of every project: nothing can be done, exit code 7', async () => {
    const report = await site.import(
      await site.start({ ...HarborBench.allBut('', { hard: 1 }), library: { hard: 1 } }),
    );
    expect(report.result).toBe('failed');
    expect(exitCodeForReport(report)).toBe(7);
    expect(report.problems.map(({ code }) => code)).toContain('registry.quota-exceeded');
  });
});
