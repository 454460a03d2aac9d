// The exit code of every outcome.
import { assert, constantFrom, array, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exitCodeForInventory, exitCodeForProblem, exitCodeForReport } from '../../cli/exit-codes.js';
import type { Problem } from '../../core/contract.js';
import { chartOf, emptyInventory, imageOf, problemOf, reportOf, tagOf } from './values.js';

describe('a problem before anything began', () => {
  it.each<[Problem['origin'], string, number]>([
    ['app', 'app.defect', 1],
    ['config', 'cli.bad-option-value', 2],
    ['config', 'run.unknown', 2],
    ['package', 'package.not-a-package', 3],
    ['registry', 'registry.credentials-refused', 4],
    ['chart-repo', 'chart-repo.unauthorized', 4],
    ['disk', 'disk.not-writable', 4],
    ['disk', 'disk.no-space', 7],
    ['registry', 'registry.no-space', 7],
    ['chart-repo', 'chart-repo.no-space', 7],
    ['registry', 'registry.quota-exceeded', 7],
    ['registry', 'plan.tag-unreadable', 5],
    ['app', 'run.stopped-by-policy', 5],
    ['app', 'run.cancelled', 130],
  ])('of %s, %s, is %i', (origin, code, expected) => {
    expect(exitCodeForProblem(problemOf(origin, code))).toBe(expected);
  });
});

describe('a report', () => {
  it('that is done is 0, with notes and conflicts too', () => {
    expect(exitCodeForReport(reportOf({ problems: [problemOf('package', 'plan.image-unnamed')] }))).toBe(0);
    const conflicts = {
      images: [imageOf({ action: 'conflict' })],
      charts: [chartOf({ action: 'conflict' })],
    };
    expect(exitCodeForReport(reportOf(conflicts))).toBe(0);
    expect(exitCodeForReport(reportOf(conflicts), { requirePlatforms: ['linux/amd64'] })).toBe(0);
  });

  it('with a conflict is 5 under the stop policy for its kind', () => {
    const images = reportOf({ images: [imageOf({ action: 'conflict', reason: 'policy-stop' })] });
    expect(exitCodeForReport(images, { stopOnImageConflict: true })).toBe(5);
    expect(exitCodeForReport(images, { stopOnChartConflict: true })).toBe(0);
    const charts = reportOf({ charts: [chartOf({ action: 'conflict' })] });
    expect(exitCodeForReport(charts, { stopOnChartConflict: true })).toBe(5);
    expect(exitCodeForReport(charts, { stopOnImageConflict: true })).toBe(0);
  });

  it('with failed items is 6 as long as something was done, whatever made them fail', () => {
    for (const origin of ['package', 'registry', 'chart-repo', 'disk'] as const) {
      const images = [imageOf({}), imageOf({ action: 'failed', problem: problemOf(origin) })];
      expect(exitCodeForReport(reportOf({ result: 'partial', images }))).toBe(6);
    }
    const charts = [chartOf({ action: 'failed', problem: problemOf('chart-repo') })];
    expect(exitCodeForReport(reportOf({ result: 'partial', images: [imageOf({})], charts }))).toBe(6);
  });

  it('with a tag that could not be read is 5', () => {
    const problem = problemOf('registry', 'plan.tag-unreadable');
    const blocked = imageOf({ action: 'blocked', before: 'unreadable', after: 'unreadable', problem });
    expect(exitCodeForReport(reportOf({ result: 'partial', images: [imageOf({}), blocked] }))).toBe(5);
    expect(exitCodeForReport(reportOf({ result: 'failed', images: [blocked] }))).toBe(5);
  });

  it('with what a package blocks is 6', () => {
    const images = [imageOf({}), imageOf({ action: 'blocked', problem: problemOf('package') })];
    expect(exitCodeForReport(reportOf({ result: 'partial', images }))).toBe(6);
    const charts = [chartOf({ action: 'blocked', problem: problemOf('registry') })];
    expect(exitCodeForReport(reportOf({ result: 'partial', images: [imageOf({})], charts }))).toBe(6);
  });

  it.each<[Problem, number]>([
    [problemOf('package'), 3],
    [problemOf('registry', 'registry.unreachable'), 4],
    [problemOf('chart-repo'), 4],
    [problemOf('disk', 'disk.no-space'), 7],
    [problemOf('registry', 'registry.quota-exceeded'), 7],
    [problemOf('config'), 2],
  ])('that failed because of $code is %i', (problem, expected) => {
    expect(exitCodeForReport(reportOf({ result: 'failed', problems: [problem] }))).toBe(expected);
    // Without a problem of the run itself the problems of its items decide.
    const images = [imageOf({ action: 'failed', problem })];
    expect(exitCodeForReport(reportOf({ result: 'failed', images }))).toBe(expected);
  });

  it('that failed is not explained by findings about single charts', () => {
    const problems = [
      problemOf('package', 'plan.image-unnamed'),
      problemOf('package', 'package.no-end-blocks'),
      problemOf('package', 'run.platform-missing'),
      problemOf('registry', 'registry.unreachable'),
    ];
    expect(exitCodeForReport(reportOf({ result: 'failed', problems }))).toBe(4);
  });

  it('that was cancelled is 130, with failed items too', () => {
    const images = [imageOf({ action: 'failed', problem: problemOf('registry') })];
    expect(exitCodeForReport(reportOf({ result: 'cancelled', images }))).toBe(130);
  });

  it('with a defect is 1 before all else', () => {
    const images = [imageOf({ action: 'failed', problem: problemOf('app', 'app.defect') })];
    expect(exitCodeForReport(reportOf({ result: 'cancelled', images }))).toBe(1);
  });

  it('without a required platform is 6', () => {
    const images = [imageOf({ after: tagOf(['linux/amd64', 'linux/arm64/v8']) })];
    const report = reportOf({ images });
    expect(exitCodeForReport(report, { requirePlatforms: ['linux/amd64', 'linux/arm64'] })).toBe(0);
    expect(exitCodeForReport(report, { requirePlatforms: ['linux/arm/v6'] })).toBe(6);
  });

  it('counts a tag that could not be read as one without a required platform', () => {
    const report = reportOf({
      images: [imageOf({ target: 'r/x:1', after: 'unreadable' })],
    });
    expect(exitCodeForReport(report, { requirePlatforms: ['linux/amd64'] })).toBe(6);
  });

  it('takes the first cause of the documented order', () => {
    const order = [1, 2, 3, 4, 7, 5];
    const causes = new Map([
      [1, problemOf('app', 'app.defect')],
      [2, problemOf('config')],
      [3, problemOf('package')],
      [4, problemOf('registry')],
      [7, problemOf('disk', 'disk.no-space')],
      [5, problemOf('app', 'run.stopped-by-policy')],
    ]);
    assert(
      property(array(constantFrom(...order), { minLength: 1 }), (codes) => {
        const problems = codes.flatMap((code) => causes.get(code) ?? []);
        const expected = order.find((code) => codes.includes(code));
        expect(exitCodeForReport(reportOf({ result: 'failed', problems }))).toBe(expected);
      }),
    );
  });
});

describe('an inventory', () => {
  const found = {
    path: 'p',
    name: 'p',
    family: 'full',
    version: '',
    arch: 'amd64',
    bytes: 1,
    sha512: null,
    charts: [],
    images: [],
    blobBytes: 0,
    sharedBytes: 0,
    cached: false,
    problems: [],
  };

  it('is 0 when all is well, 3 with a wrong checksum or a damaged package', () => {
    expect(exitCodeForInventory(emptyInventory)).toBe(0);
    const whole = { ...found, checksum: 'ok' as const };
    expect(exitCodeForInventory({ ...emptyInventory, packages: [whole] })).toBe(0);
    const wrong = { ...found, checksum: 'mismatch' as const };
    expect(exitCodeForInventory({ ...emptyInventory, packages: [wrong] })).toBe(3);
    const damaged = { ...whole, problems: [problemOf('package', 'package.blob-damaged')] };
    expect(exitCodeForInventory({ ...emptyInventory, packages: [damaged] })).toBe(3);
    const noted = {
      ...whole,
      problems: ['package.no-end-blocks', 'plan.image-unnamed'].map((code) => problemOf('package', code)),
    };
    expect(exitCodeForInventory({ ...emptyInventory, packages: [noted] })).toBe(0);
  });
});
