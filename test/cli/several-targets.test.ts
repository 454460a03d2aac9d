// `import` with several `--target`: one request for each, one value for all, and the exit code of the worst.
import { describe, expect, it } from 'vitest';
import type { ImportRequest, Problem, Report, Result } from '../../core/contract.js';
import { scratchFolders } from '../support/scratch.js';
import { session } from './cli-session.js';
import { reportOf } from './values.js';

const scratch = scratchFolders();
const unreachable: Problem = {
  ...{ code: 'registry.unreachable', params: {}, message: 'no answer', hint: '', origin: 'registry' },
  retryable: true,
};

async function importInto(names: readonly string[], answers: readonly Result<Report>[], ...more: string[]) {
  const state = scratch();
  for (const name of new Set(names)) {
    const saved = ['targets', 'add', name, '--registry', `https://${name}.test`, '--state-dir', state];
    expect((await session(saved)).code).toBe(0);
  }
  const requests: ImportRequest[] = [];
  const targets = names.flatMap((name) => ['--target', name]);
  const ended = await session(['import', 'a.tar.gz', ...targets, '--state-dir', state, ...more], {
    answers: {
      importSeveral: (asked, { onEvent }) => {
        requests.push(...asked);
        for (const at of asked.keys()) onEvent?.(at, { type: 'stage', stage: 'read' });
        return Promise.resolve({ ok: true, value: answers });
      },
    },
  });
  return { ...ended, requests };
}

describe('import into several saved targets', () => {
  const good: Result<Report> = { ok: true, value: reportOf({ run: 'run-1' }) };
  const bad: Result<Report> = { ok: false, problem: unreachable };

  it('asks for one import each, and names the target in every line', async () => {
    const { code, requests, stderr, stdout } = await importInto(['one', 'two', 'one'], [good, good]);
    expect(code).toBe(0);
    expect(requests.map(({ packages, target }) => [packages, target.registry])).toEqual([
      [['a.tar.gz'], 'https://one.test'],
      [['a.tar.gz'], 'https://two.test'],
    ]);
    expect(stderr).toMatch(/^one: .+\ntwo: .+$/m);
    expect(stdout).toMatch(/^one\n[^]*\ntwo\n/);
  });

  it('ends with the worst code, and gives every report in one JSON value', async () => {
    const { code, stdout, stderr } = await importInto(['one', 'two'], [good, bad], '--json');
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'archbridge.reports/1',
      reports: [
        { savedTarget: 'one', report: { schema: 'archbridge.report/1', run: 'run-1' } },
        { savedTarget: 'two', report: { run: null, problems: [{ code: 'registry.unreachable' }] } },
      ],
    });
    expect(stderr).toContain('two: ');
  });

  it('refuses what belongs to one target', async () => {
    for (const more of [['--dry-run'], ['--username', 'u', '--password-stdin']]) {
      const { code, requests } = await importInto(['one', 'two'], [good, good], ...more);
      expect([code, requests.length], more.join(' ')).toEqual([2, 0]);
    }
  });
});
