// `prune` on the command line: the list with its reasons, `--yes`, and the exit codes.
import { describe, expect, it } from 'vitest';
import type { PrunePlan, PruneRequest, PruneTag } from '../../core/contract.js';
import { session } from './cli-session.js';
import { reportOf } from './values.js';

const tag = (fields: Partial<PruneTag>): PruneTag => ({
  target: 'registry.test/web/app:1.0.0',
  digest: `sha256:${'1'.repeat(64)}`,
  action: 'remove',
  reason: 'superseded',
  charts: ['web 1.0.0'],
  problem: null,
  ...fields,
});
const plan: PrunePlan = {
  schema: 'archbridge.prune-plan/1',
  target: { kind: 'registry', location: 'http://registry.test', charts: ['http://charts.test'] },
  keep: 2,
  charts: [
    {
      ...{ repo: 'addon', url: 'http://charts.test', name: 'web', version: '1.0.0', newest: '1.2.0' },
      ...{ action: 'remove', reason: 'superseded', problem: null },
    },
  ],
  tags: [tag({}), tag({ target: 'registry.test/web/base:1', action: 'leave', reason: 'chart-stays' })],
  problems: [],
};

async function listOf(value: PrunePlan, ...argv: readonly string[]) {
  const requests: PruneRequest[] = [];
  const answers = {
    planPrune: (request: PruneRequest) => {
      requests.push(request);
      return Promise.resolve({ ok: true as const, value });
    },
  };
  const ended = await session(['prune', '--registry', 'http://registry.test', ...argv], { answers });
  return { ...ended, requests };
}

describe('prune', () => {
  it('lists what would go and what stays, and says how to remove it', async () => {
    const { code, stdout, requests } = await listOf(plan, '--keep', '2', '--skip', 'addon/db');
    expect(code).toBe(0);
    expect(requests).toMatchObject([{ keep: 2, skip: ['addon/db'] }]);
    expect(stdout).toContain('of each chart the newest 2 stay');
    expect(stdout).toMatch(/remove +web 1\.0\.0 +http:\/\/charts\.test +newest: 1\.2\.0/);
    expect(stdout).toMatch(/remove +registry\.test\/web\/app:1\.0\.0 +named by web 1\.0\.0/);
    expect(stdout).toMatch(/stays +registry\.test\/web\/base:1 +a chart names it that stays/);
    expect(stdout).toContain('--yes');
  });

  it('removes with --yes alone, and prints the report as JSON', async () => {
    const asked: PruneRequest[] = [];
    const { code, stdout } = await session(['prune', '--store', 'x', '--yes', '--json'], {
      answers: {
        prune: (request) => {
          asked.push(request);
          return Promise.resolve({ ok: true, value: reportOf({ kind: 'prune' }) });
        },
      },
    });
    expect(code).toBe(0);
    expect(asked).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'archbridge.report/1', kind: 'prune' });
  });

  it('has the exit code of what it found', async () => {
    expect((await listOf({ ...plan, charts: [], tags: [] })).code).toBe(0);
    expect((await listOf({ ...plan, tags: [tag({ action: 'leave', reason: 'pinned' })] })).code).toBe(0);
    expect((await listOf({ ...plan, tags: [tag({ action: 'leave', reason: 'cannot-remove' })] })).code).toBe(
      6,
    );
    expect((await listOf(plan, '--keep', '0')).code).toBe(2);
  });
});
