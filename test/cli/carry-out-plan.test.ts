// `import --plan` on the command line, and the exit codes of plans.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import type { Plan } from '../../core/contract.js';
import { scratchFolders } from '../support/scratch.js';
import { requestOf, session } from './cli-session.js';
import { plannedChart, plannedImage, planOf } from './plan-values.js';
import { chartOf, imageOf, problemOf, reportOf } from './values.js';

const scratch = scratchFolders();

async function planFile(value: unknown): Promise<string> {
  const file = join(scratch(), 'plan.json');
  await writeFile(file, JSON.stringify(value));
  return file;
}

describe('import --plan', () => {
  it('passes the plan on as it was written, decisions included', async () => {
    const decided = planOf({
      images: [plannedImage({ action: 'conflict', reason: 'older', decision: 'replace' })],
    });
    const request = await requestOf(['import', 'a', '--plan', await planFile(decided)]);
    expect(request.plan).toEqual(decided);
  });

  it.each([
    ['no JSON', '{'],
    ['another schema', JSON.stringify({ ...planOf(), schema: 'archbridge.report/1' })],
    ['an unknown decision', JSON.stringify(planOf()).replace('"decision":null', '"decision":"overwrite"')],
    ['rows that are none', JSON.stringify({ ...planOf(), images: [{}] })],
  ])('refuses %s, and names what is wrong', async (_what, text) => {
    const file = join(scratch(), 'plan.json');
    await writeFile(file, text);
    const { code, imports, stderr } = await session(['import', 'a', '--plan', file]);
    expect([code, imports]).toEqual([2, []]);
    expect(stderr).toContain(file);
  });

  it.each([
    ['--only', 'x'],
    ['--on-change', 'keep'],
    ['--accept-unproven'],
    ['--require-platforms', 'linux/amd64'],
  ])('refuses %s beside it, because the plan has decided that', async (...beside) => {
    const { code, imports, stderr } = await session([
      'import',
      'a',
      '--plan',
      await planFile(planOf()),
      ...beside,
    ]);
    expect([code, imports]).toEqual([2, []]);
    expect(stderr).toContain(beside[0]);
  });

  it('ends with 5 where the target has changed, before or while it was written', () => {
    const changed = { ...problemOf('registry', 'run.target-changed') };
    expect(exitCodeForReport(reportOf({ result: 'failed', problems: [changed] }))).toBe(5);
    const tag = problemOf('registry', 'plan.tag-changed');
    const images = [imageOf({}), imageOf({ action: 'blocked', problem: tag })];
    expect(exitCodeForReport(reportOf({ result: 'partial', images }))).toBe(5);
    const chart = problemOf('chart-repo', 'plan.chart-changed');
    const charts = [chartOf({ action: 'blocked', problem: chart })];
    expect(exitCodeForReport(reportOf({ result: 'partial', charts }))).toBe(5);
  });
});

describe('the exit code of a plan', () => {
  const damaged = problemOf('package', 'package.damaged');
  it.each<[string, Partial<Plan>, number]>([
    ['nothing wrong', {}, 0],
    ['a conflict that is listed', { images: [plannedImage({ action: 'conflict', decision: 'keep' })] }, 0],
    [
      'packages that hold nothing',
      { images: [], charts: [], problems: [problemOf('config', 'run.nothing-to-import')] },
      0,
    ],
    ['a note', { problems: [problemOf('package', 'package.no-end-blocks')] }, 0],
    ['a missing project', { problems: [problemOf('registry', 'run.projects-missing')] }, 4],
    [
      'a chart repository that refuses',
      {
        charts: [
          plannedChart({ action: 'blocked', problem: problemOf('chart-repo', 'chart-repo.unauthorized') }),
        ],
      },
      4,
    ],
    ['a decision to stop', { images: [plannedImage({ action: 'conflict', decision: 'stop' })] }, 5],
    [
      'the policy to stop',
      {
        request: { ...planOf().request, onChartChange: 'stop' },
        charts: [plannedChart({ action: 'conflict' })],
      },
      5,
    ],
    [
      'an unreadable tag',
      {
        images: [
          plannedImage(),
          plannedImage({ action: 'blocked', problem: problemOf('registry', 'plan.tag-unreadable') }),
        ],
      },
      5,
    ],
    [
      'a mislabelled image',
      {
        images: [
          plannedImage(),
          plannedImage({ action: 'blocked', problem: problemOf('package', 'plan.image-mislabelled') }),
        ],
      },
      6,
    ],
    ['a damaged bundle', { problems: [damaged] }, 6],
    [
      'a platform that is required and missing',
      { problems: [problemOf('package', 'run.platform-missing')] },
      6,
    ],
    ['no room', { problems: [problemOf('disk', 'run.no-space')] }, 7],
    ['a quota that is too small', { problems: [problemOf('registry', 'run.quota-exceeded')] }, 7],
    [
      'a damaged package and nothing else',
      { images: [plannedImage({ action: 'blocked', problem: damaged })], charts: [], problems: [damaged] },
      3,
    ],
    [
      'missing projects before missing room',
      { problems: [problemOf('disk', 'run.no-space'), problemOf('registry', 'run.projects-missing')] },
      4,
    ],
  ])('for %s', (_what, fields, code) => {
    expect(exitCodeForPlan(planOf(fields))).toBe(code);
  });
});
