// What a plan asks the target, how often, and what it says an import needs.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectDirectory } from '../../core/ports/project-directory.js';
import { MemoryCharts } from '../support/memory-charts.js';
import { importInMemory, planInMemory, type MemorySettings } from '../support/memory-run.js';
import { MemoryTarget } from '../support/memory-target.js';
import { packagePath } from '../support/seed.js';

let state: string;
let target: MemoryTarget;
let settings: MemorySettings;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'plan-'));
  target = new MemoryTarget();
  settings = { target, charts: new MemoryCharts(), state, packages: [packagePath('v0.9.0-amd64')] };
});
afterEach(() => rm(state, { recursive: true }));

/** How often each request was sent. */
function counts(pattern: RegExp): readonly number[] {
  const found = new Map<string, number>();
  for (const line of target.log) if (pattern.test(line)) found.set(line, (found.get(line) ?? 0) + 1);
  return [...found.values()];
}

describe('what a plan asks', () => {
  it('is each tag once and each blob of each repository once, also when the target has everything', async () => {
    for (const isThere of [false, true]) {
      if (isThere) await importInMemory(settings);
      target.log.length = 0;
      const plan = await planInMemory(settings);
      const tags = new Set(plan.images.map((row) => row.target)).size;
      expect(counts(/^GET [^ @]+:[^ ]+$/)).toEqual(Array<number>(tags).fill(1));
      expect(new Set(counts(/^HEAD blob/))).toEqual(new Set([1]));
      expect(target.log.filter((line) => /^(?:PUT|MOUNT)/.test(line))).toEqual([]);
    }
  });

  it('is asked for several tags at a time, and not for all of them', async () => {
    await importInMemory(settings);
    let open = 0;
    let most = 0;
    target.before = async () => {
      open += 1;
      most = Math.max(most, open);
      for (let i = 0; i < 5; i += 1) await turn();
      open -= 1;
    };
    await planInMemory(settings);
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(16);
  });

  it('leaves the import to ask for each blob once', async () => {
    await planInMemory(settings);
    target.log.length = 0;
    const report = await importInMemory(settings);
    expect(report.totals.passes).toBe(1);
    expect(new Set(counts(/^HEAD blob/))).toEqual(new Set([1]));
  });
});

describe('an import of a package that is known', () => {
  it('reads no byte of it where nothing is to be sent, and asks for each tag anew', async () => {
    const first = await importInMemory(settings);
    const again = await importInMemory(settings);
    expect(again.totals).toMatchObject({ bytesRead: 0, passes: 0, bytesSent: 0, chartBytesSent: 0 });
    expect(again.totals.bytesSkipped).toBe(first.totals.bytesSent);
    expect(new Set(again.images.map(({ action }) => action))).toEqual(new Set(['skip']));
  });

  it('sends nothing for images that are not written', async () => {
    await importInMemory(settings);
    const upgrade = { ...settings, packages: [packagePath('v0.11.0-amd64')] };
    const plan = await planInMemory({ ...upgrade, request: { onChange: 'keep' } });
    const kept = plan.images.filter(({ action }) => action === 'keep');
    expect(kept.length).toBeGreaterThan(0);
    const report = await importInMemory({ ...upgrade, request: { onChange: 'keep' } });
    expect(report.totals.bytesSent).toBe(plan.needs.bytesToSend);
    const everything = await planInMemory({ ...upgrade, request: { onChange: 'replace' } });
    expect(everything.needs.bytesToSend).toBeGreaterThan(0);
  });

  it('is read when that is asked for', async () => {
    await importInMemory(settings);
    const again = await importInMemory({ ...settings, request: { reread: true } });
    expect(again.totals.passes).toBe(1);
    expect(again.totals.bytesRead).toBeGreaterThan(0);
  });

  it('mounts the blobs that another repository has, and sends none', async () => {
    await importInMemory(settings);
    const repositories = [...target.blobs.keys()].map((key) => key.split('@'));
    const shared = repositories.find(([repository, digest]) =>
      repositories.some(([other, same]) => same === digest && other !== repository),
    );
    const [repository = '', digest = ''] = shared ?? [];
    target.blobs.delete(`${repository}@${digest}`);
    const report = await importInMemory(settings);
    expect(report.totals).toMatchObject({ bytesRead: 0, bytesSent: 0 });
    expect(report.totals.bytesMounted).toBeGreaterThan(0);
    expect(target.blobs.has(`${repository}@${digest}`)).toBe(true);
    expect(report.images.some(({ action }) => action === 'repair')).toBe(true);
  });
});

describe('a mislabelled image', () => {
  it('is blocked and named by the plan, and imported with a note when an option allows it', async () => {
    const arm64 = { ...settings, packages: [packagePath('v0.9.0-arm64')] };
    const plan = await planInMemory(arm64);
    expect(
      plan.images.filter(({ action }) => action === 'blocked').map((row) => [row.source, row.reason]),
    ).toEqual([['docker.io/ropewalk/twister:stable-v0.7.0', 'mislabelled']]);
    const allowing = await planInMemory({ ...arm64, request: { allowMislabelled: true } });
    expect(allowing.images.filter(({ action }) => action === 'blocked')).toEqual([]);
    expect(allowing.problems.map(({ code }) => code)).toEqual(['run.mislabelled-let-in']);
  });
});

describe('disk space', () => {
  it('that is missing on this computer is a problem of the plan and stops the import before it begins', async () => {
    const full = { ...settings, freeBytes: () => Promise.resolve(1000) };
    const plan = await planInMemory(full);
    expect(plan.needs.space).toMatchObject([
      { kind: 'computer', where: state, free: 1000, enough: false },
      { kind: 'store', where: '/memory/charts', free: 1000, needed: plan.needs.chartBytes, enough: false },
    ]);
    expect(plan.problems.map(({ code }) => code)).toContain('run.no-space');
    target.log.length = 0;
    const report = await importInMemory(full);
    expect(report.result).toBe('failed');
    expect(report.problems.map(({ code }) => code)).toContain('run.no-space');
    expect(target.log.filter((line) => /^(?:PUT|MOUNT)/.test(line))).toEqual([]);
  });

  it('that cannot be found out does not prevent the import', async () => {
    const plan = await planInMemory({ ...settings, freeBytes: () => Promise.resolve(null) });
    expect(new Set(plan.needs.space.map(({ enough }) => enough))).toEqual(new Set([null]));
    expect(plan.problems.filter(({ code }) => code === 'run.no-space')).toEqual([]);
  });
});

describe('projects', () => {
  function directory(missing: readonly string[], free: number | null): ProjectDirectory {
    return {
      find: (name) =>
        Promise.resolve(missing.includes(name) ? null : { name, isPublic: null, isProxyCache: false }),
      filled: () => Promise.resolve([]),
      mayCreate: () => Promise.resolve(false),
      isAdministrator: () => Promise.resolve(false),
      isReadOnly: () => Promise.resolve(false),
      create: () => Promise.resolve(false),
      room: () => Promise.resolve(free === null ? null : { free }),
      isImmutable: () => Promise.resolve(null),
      repositories: () => Promise.resolve(null),
    };
  }

  it('that are missing are named all at once, and nothing is sent', async () => {
    const without = { ...settings, projects: directory(['lantern', 'winch'], null) };
    const plan = await planInMemory(without);
    const missing = plan.needs.projects.filter(({ exists }) => exists === false).map(({ name }) => name);
    expect([...missing].sort()).toEqual(['lantern', 'winch']);
    const [problem] = plan.problems.filter(({ code }) => code === 'run.projects-missing');
    expect(problem?.message).toContain('lantern, winch');
    expect(problem?.origin).toBe('registry');
    const report = await importInMemory(without);
    expect(report.problems.map(({ code }) => code)).toContain('run.projects-missing');
    expect(target.log.filter((line) => /^(?:PUT|MOUNT)/.test(line))).toEqual([]);
  });

  it('need space for blobs that are new to them, whether sent or mounted', async () => {
    await importInMemory(settings);
    const repository = 'lantern/lanternd';
    const [lost] = [...target.blobs.keys()].filter((key) => key.startsWith(`${repository}@`));
    const size = target.blobs.get(lost ?? '')?.length ?? 0;
    target.blobs.delete(lost ?? '');
    const plan = await planInMemory({ ...settings, projects: directory([], 10) });
    const room = plan.needs.space.filter(({ kind }) => kind === 'project');
    expect(room.find(({ where }) => where === 'lantern')).toEqual({
      kind: 'project',
      where: 'lantern',
      free: 10,
      needed: size,
      enough: size <= 10,
    });
    expect(room.filter(({ needed }) => needed > 0)).toHaveLength(1);
    expect(plan.problems.map(({ code }) => code)).toContain('run.quota-exceeded');
  });
});
