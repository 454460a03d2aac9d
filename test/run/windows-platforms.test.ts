// Images for two versions of Windows under one tag, from plan to report, and in a comparison: two platforms, told apart everywhere.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../core/contract.js';
import { followPlan } from '../../core/plan/follow-plan.js';
import { parsePlan } from '../../core/plan/plan-file.js';
import { choicesOf } from '../../core/plan/planned-choices.js';
import { missingPlatforms } from '../../core/run/required-platforms.js';
import { cell, ComparisonDesk, image, manifestOf } from '../report/comparison-desk.js';
import { importInMemory, planInMemory, type MemorySettings } from '../support/memory-run.js';

const WEB = 'ghcr.io/web/app:1.0.0';
const [OLD, NEW] = ['10.0.17763.1', '10.0.20348.2'];
const COLUMNS = [`windows/amd64 (${OLD})`, `windows/amd64 (${NEW})`];
const older = image(WEB, 'amd64', { windows: OLD });
const newer = image(WEB, 'amd64', { windows: NEW });
const rebuilt = image(WEB, 'amd64', { windows: OLD, build: '2', created: '2023-09-20T08:00:00Z' });

let desk: ComparisonDesk;
let settings: MemorySettings;
let packages: readonly string[];
beforeEach(async () => {
  desk = await ComparisonDesk.open();
  packages = [
    await desk.package('addon-offline-full-package-v1.0.0-amd64.tar.gz', { web: [older] }),
    await desk.package('gpu-addon-offline-package-v1.0.0-amd64.tar.gz', { web: [newer] }),
  ];
  settings = { target: desk.target, state: desk.directory, packages };
});
afterEach(() => desk.close());

describe('two versions of Windows', () => {
  it('are two rows in plan and report, and two platforms of the tag', async () => {
    const plan = await planInMemory(settings);
    const rows = [
      { platform: 'windows/amd64', osVersion: OLD, action: 'push' },
      { platform: 'windows/amd64', osVersion: NEW, action: 'promote' },
    ];
    expect(plan.images).toMatchObject(rows);
    expect(plan.images.map((row) => row.afterPlatforms)).toEqual([COLUMNS, COLUMNS]);
    const total = plan.images.length - 1;
    expect(plan.coverage).toEqual(
      Object.fromEntries(COLUMNS.map((column) => [column, { present: 0, after: 1, total }])),
    );
    const report = await importInMemory(settings);
    expect(report.images).toMatchObject(rows);
    expect(Object.keys(report.coverage)).toEqual(COLUMNS);
    const again = await planInMemory(settings);
    expect(again.images.map(({ osVersion, action }) => [osVersion, action])).toEqual([
      [OLD, 'skip'],
      [NEW, 'skip'],
    ]);
  });

  it('are decided each by itself in a plan, which its file keeps', async () => {
    await importInMemory(settings);
    const [, gpu] = packages;
    const next = await desk.package('addon-offline-full-package-v1.1.0-amd64.tar.gz', { web: [rebuilt] });
    const plan = await planInMemory({ ...settings, packages: [next, gpu ?? ''] });
    expect(plan.images.map(({ osVersion, action }) => [osVersion, action])).toEqual([
      [OLD, 'replace'],
      [NEW, 'skip'],
    ]);
    const images = plan.images.map((row) =>
      row.osVersion === OLD ? { ...row, decision: 'keep' as const } : row,
    );
    const edited: Plan = parsePlan(JSON.stringify({ ...plan, images }), 'plan.json');
    expect(edited.images.map((row) => row.osVersion)).toEqual([OLD, NEW]);
    const target = edited.images[0]?.target ?? '';
    expect(COLUMNS.map((column) => choicesOf(edited).image(target, column))).toEqual(['keep', null]);
    expect(() => {
      followPlan(plan, plan);
    }).not.toThrow();
  });

  it('are met by a required platform that names no version', () => {
    const after = { digest: 'sha256:0', mediaType: '', platforms: COLUMNS.slice(0, 1) };
    const tags = [{ target: 'a', after }];
    expect(missingPlatforms(tags, ['windows/amd64', `windows/x86_64 (${OLD})`])).toEqual([]);
    expect(missingPlatforms(tags, [COLUMNS[1] ?? '', 'linux/amd64'])).toHaveLength(2);
  });

  it('are columns of a comparison', async () => {
    await importInMemory({ ...settings, packages: packages.slice(0, 1) });
    const coverage = await desk.compare(packages);
    expect(coverage.platforms).toEqual(COLUMNS);
    expect(COLUMNS.map((column) => cell(coverage, WEB, column))).toEqual(['same', 'add']);
    const cells = coverage.images[0]?.cells ?? {};
    expect(COLUMNS.map((column) => cells[column]?.osVersion)).toEqual([OLD, NEW]);
    expect(COLUMNS.map((column) => cells[column]?.digest)).toEqual(
      [older, newer].map((one) => manifestOf(one).digest),
    );
    const asked = await desk.compare(packages, {
      requirePlatforms: ['windows/amd64'],
      selection: { platforms: [COLUMNS[1] ?? ''] },
    });
    expect(asked.platforms).toEqual(['windows/amd64', COLUMNS[1]]);
    expect(asked.summary['windows/amd64']).toMatchObject({ present: 1, now: 1, total: 1 });
  });
});
