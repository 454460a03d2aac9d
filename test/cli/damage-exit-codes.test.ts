// Exit codes of damaged packages: the same in plan, import and inspect where nothing, or only a part, can be taken.
import { describe, expect, it } from 'vitest';
import type { InventoryImage, InventoryPackage } from '../../core/contract.js';
import { exitCodeForInventory, exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import { planOf, plannedChart, plannedImage } from './plan-values.js';
import { chartOf, emptyInventory, imageOf, problemOf, reportOf } from './values.js';

const damaged = problemOf('package', 'image.incomplete');
const unreadable = problemOf('package', 'chart.values-unreadable');
const mislabelled = problemOf('package', 'plan.image-mislabelled');
const noImage = problemOf('package', 'run.chart-image-missing');

describe('a package of which nothing can be taken', () => {
  it('is 3 in plan and import when its only image is damaged', () => {
    const images = [plannedImage({ action: 'blocked', problem: damaged })];
    const charts = [plannedChart({ action: 'blocked', problem: noImage })];
    expect(exitCodeForPlan(planOf({ images, charts }))).toBe(3);
    const rows = {
      images: [imageOf({ action: 'failed', problem: damaged })],
      charts: [chartOf({ action: 'blocked', problem: noImage })],
    };
    expect(exitCodeForReport(reportOf({ result: 'failed', ...rows }))).toBe(3);
  });

  it('is 3 in plan and import when its only bundle cannot be read', () => {
    expect(exitCodeForPlan(planOf({ images: [], charts: [], problems: [unreadable] }))).toBe(3);
    expect(exitCodeForReport(reportOf({ result: 'failed', problems: [unreadable] }))).toBe(3);
  });

  it('is 6 in plan and import when its only image was left out on purpose', () => {
    const images = [plannedImage({ action: 'blocked', problem: mislabelled })];
    expect(exitCodeForPlan(planOf({ images, charts: [] }))).toBe(6);
    const rows = [imageOf({ action: 'blocked', problem: mislabelled })];
    expect(exitCodeForReport(reportOf({ result: 'failed', images: rows }))).toBe(6);
  });
});

it('a package of which a part can be taken is 6 in plan and import', () => {
  const images = [plannedImage({ action: 'blocked', problem: damaged }), plannedImage({ action: 'push' })];
  expect(exitCodeForPlan(planOf({ images, charts: [] }))).toBe(6);
  const rows = [imageOf({ action: 'failed', problem: damaged }), imageOf({ action: 'push' })];
  expect(exitCodeForReport(reportOf({ result: 'partial', images: rows }))).toBe(6);
});

describe('an inventory of images alone', () => {
  const image: InventoryImage = {
    source: 'a.example/x:1',
    platform: 'linux/amd64',
    digest: 'sha256:0',
    config: 'sha256:0',
    mediaType: '',
    created: null,
    programs: 'unknown',
    mislabelled: false,
    repo: '',
    chart: '',
    named: true,
    bytes: 1,
    layers: [],
    problem: null,
  };
  const found: InventoryPackage = {
    ...{ path: 'p', name: 'p', family: 'full', version: '', arch: 'amd64', bytes: 1, sha512: null },
    ...{ checksum: 'unknown', charts: [], blobBytes: 0, sharedBytes: 0, cached: false },
    ...{ images: [image], problems: [] },
  };
  const codeOf = (changes: Partial<InventoryPackage>) =>
    exitCodeForInventory({ ...emptyInventory, packages: [{ ...found, ...changes }] });

  it('is 6 with wrong images beside right ones, 3 with wrong ones alone, as in an import', () => {
    const wrong = { ...image, problem: damaged };
    expect(codeOf({})).toBe(0);
    expect(codeOf({ images: [image, wrong] })).toBe(6);
    expect(codeOf({ images: [wrong] })).toBe(3);
    expect(codeOf({ problems: [problemOf('package', 'plan.image-unnamed')] })).toBe(6);
  });
});
