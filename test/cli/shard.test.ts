// `--shard` and `report --join` on the command line.
import { describe, expect, it } from 'vitest';
import type { RunSummary, Shard } from '../../core/contract.js';
import { runsOfShards } from '../../cli/commands/shard-runs.js';
import { requestOf, session } from './cli-session.js';

const summary = (run: string, started: string, shard?: Shard): RunSummary => ({
  ...{ run, kind: 'import', undoes: [], at: 'here', user: 'u', started, ended: started, result: 'done' },
  ...{ target: 'https://registry.test', packages: ['a.tar.gz'], images: 1, charts: 1, gaps: 0 },
  ...(shard ? { shard } : {}),
});

describe('--shard', () => {
  it('takes a part, or the number of the pod', async () => {
    const argv = ['import', 'a.tar.gz', '--store', 'x', '--shard'];
    expect((await requestOf([...argv, '2/4'])).selection).toEqual({ shard: { index: 2, count: 4 } });
    const env = { JOB_COMPLETION_INDEX: '0' };
    expect((await requestOf([...argv, 'auto/4'], { env })).selection).toEqual({
      shard: { index: 1, count: 4 },
    });
  });

  it('refuses what is no part', async () => {
    for (const [shard, env] of [
      ['0/4', {}],
      ['5/4', {}],
      ['4', {}],
      ['auto/4', {}],
      ['auto/4', { JOB_COMPLETION_INDEX: '4' }],
    ] as const) {
      const ended = await session(['import', 'a.tar.gz', '--store', 'x', '--shard', shard], { env });
      expect([ended.code, ended.imports.length], shard).toEqual([2, 0]);
    }
  });
});

describe('report --join', () => {
  it('takes the newest run of each shard of the last import', () => {
    const shard = (index: number): Shard => ({ index, count: 2 });
    const runs = [
      summary('r1', '2026-01-01T00:00:00Z', shard(1)),
      summary('r2', '2026-01-01T00:00:01Z', shard(2)),
      summary('r3', '2026-01-02T00:00:00Z', { index: 1, count: 3 }),
      summary('r4', '2026-01-03T00:00:00Z', shard(2)),
      summary('r5', '2026-01-04T00:00:00Z'),
    ];
    expect(runsOfShards(runs)).toEqual(['r1', 'r4']);
    expect(() => runsOfShards(runs.slice(0, 3))).toThrow(
      expect.objectContaining({ code: 'cli.shards-missing', params: { missing: '2/3, 3/3' } }),
    );
    expect(() => runsOfShards([])).toThrow(expect.objectContaining({ code: 'cli.shards-missing' }));
  });
});
