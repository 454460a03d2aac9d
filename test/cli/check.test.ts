// `check` on the command line: text, JSON and exit codes.
import { describe, expect, it } from 'vitest';
import type { Check, Problem } from '../../core/contract.js';
import { AppError, toProblem } from '../../core/engine.js';
import { session } from './cli-session.js';

const FINE: Check = {
  schema: 'archbridge.check/1',
  ok: true,
  registry: {
    url: 'https://r.local',
    reachable: true,
    product: 'harbor',
    auth: 'token',
    free: null,
    certificate: null,
  },
  charts: [{ url: 'http://c.local', kind: 'chartmuseum', reachable: true, mayPublish: true }],
  problems: [],
};
const refused = toProblem(
  new AppError('registry.credentials-refused', { origin: 'registry', params: { host: 'r.local' } }),
);

function run(argv: readonly string[], found: Check) {
  return session(['check', '--registry', 'https://r.local', ...argv], {
    answers: { check: async () => ({ ok: true, value: found }) },
  });
}
const withProblems = (...problems: readonly Problem[]): Check => ({ ...FINE, ok: false, problems });

describe('check', () => {
  it('shows what answers, as text and as JSON', async () => {
    const text = await run([], FINE);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/images +https:\/\/r\.local +harbor +answers, login with tokens\n/);
    expect(text.stdout).toMatch(/charts +http:\/\/c\.local +chartmuseum +answers, may publish\n/);
    const json = await run(['--json'], FINE);
    expect(JSON.parse(json.stdout)).toEqual(FINE);
  });

  it('says what is wrong, in the language asked for, with the exit code of its cause', async () => {
    const found = await run(['--json'], withProblems(refused));
    expect(found.code).toBe(4);
    expect(JSON.parse(found.stdout)).toMatchObject({
      ok: false,
      problems: [{ code: 'registry.credentials-refused' }],
    });
    expect(found.stderr).toContain('r.local refuses this user name or password.');
    expect((await run(['--lang', 'zh-CN'], withProblems(refused))).stdout).toContain('r.local 拒绝');
  });

  it('answers JSON of its own schema when there was nothing to ask', async () => {
    const { code, stdout } = await session(['check', '--json', '--registry', 'ftp://r.local'], {
      answers: {
        check: async () => ({
          ok: false,
          problem: toProblem(new AppError('config.no-target', { origin: 'config' })),
        }),
      },
    });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'archbridge.check/1', ok: false, registry: null });
  });
});
