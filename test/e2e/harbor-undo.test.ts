// An undo in a Harbor (a double): tags are deleted by the API with the right `tag:delete` alone, and a missing right is named.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeForUndo, exitCodeForUndoPlan } from '../../cli/exit-codes.js';
import type { Report, TargetSpec } from '../../core/contract.js';
import type { Right } from '../support/harbor/harbor-accounts.js';
import { HarborBench } from '../support/harbor/harbor-bench.js';

const never = { signal: new AbortController().signal };
const ROBOT = { username: 'robot$importer', password: 'p' };

let site: HarborBench;
beforeEach(async () => {
  site = await HarborBench.open();
});
afterEach(() => site.close());

async function importAs(rights: readonly Right[]): Promise<{ target: TargetSpec; run: string }> {
  const accounts = {
    [ROBOT.username]: { password: ROBOT.password, robot: 'system', rights: { '*': rights } },
  } as const;
  const target = await site.start(HarborBench.allBut(''), { accounts }, ROBOT);
  const report = await site.import(target);
  expect(report.result).toBe('done');
  return { target, run: report.run };
}

async function undo(target: TargetSpec, run: string): Promise<Report> {
  const answer = await site.bench.engine.undo({ runs: [run], target }, never);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

describe('an undo in a Harbor', () => {
  it('needs no more than the right to delete tags', async () => {
    const { target, run } = await importAs(['pull', 'push', 'tag:delete']);
    const report = await undo(target, run);
    expect(report.result).toBe('done');
    expect(exitCodeForUndo(report)).toBe(0);
    const { harbor } = site;
    expect([...harbor.repositories.values()].flatMap(({ tags }) => [...tags.keys()])).toEqual([]);
    expect(
      harbor.log.filter((line) => line.startsWith('DELETE /v2/') && line.includes('/manifests/')),
    ).toEqual([]);
  });

  it('without that right changes nothing, names the right, and is exit code 4, its preview too', async () => {
    const { target, run } = await importAs(['pull', 'push']);
    const preview = await site.bench.engine.planUndo({ runs: [run], target }, never);
    if (!preview.ok) throw new Error(preview.problem.message);
    expect(exitCodeForUndoPlan(preview.value)).toBe(4);
    const report = await undo(target, run);
    expect(report.result).toBe('failed');
    expect(exitCodeForUndo(report)).toBe(4);
    const problems = new Set([...report.images, ...report.charts].map(({ problem }) => problem?.code));
    expect(problems).toEqual(new Set(['registry.delete-forbidden']));
    expect(report.images[0]?.problem?.hint).toContain('tag:delete');
    const { harbor } = site;
    expect([...harbor.repositories.values()].every(({ tags }) => tags.size > 0)).toBe(true);
  });
});
