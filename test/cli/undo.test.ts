// `undo` on the command line: the request, the preview and its question, texts in both languages, exit codes.
import { describe, expect, it } from 'vitest';
import type { Problem, Report, UndoChart, UndoPlan, UndoRequest, UndoTag } from '../../core/contract.js';
import { AppError, toProblem } from '../../core/engine.js';
import { session, type SessionSettings } from './cli-session.js';
import { chartOf, imageOf, reportOf, tagOf } from './values.js';

const [NOW, THEN] = [`sha256:${'ab'.repeat(32)}`, `sha256:${'cd'.repeat(32)}`];
const RUN = '20240501T100000000-abcdef';

const changed = toProblem(
  new AppError('undo.tag-changed', {
    origin: 'app',
    params: { target: 'r.test/a:2', run: RUN, now: NOW, left: THEN },
  }),
);
const lost = toProblem(
  new AppError('undo.part-missing-in-package', {
    origin: 'package',
    params: { target: 'r.test/a:3', run: RUN, digest: THEN, package: 'addon.tar.gz', sha512: 'ff' },
  }),
);

function tag(fields: Partial<UndoTag> = {}): UndoTag {
  return {
    ...{ target: 'r.test/a:1', action: 'restore', now: NOW, then: THEN, reason: '', run: RUN, problem: null },
    ...fields,
  };
}

function chart(fields: Partial<UndoChart> = {}): UndoChart {
  return {
    ...{ repo: 'addon', url: 'oci://r.test/addon', name: 'nginx', version: '1.0.0', action: 'remove' },
    ...{ reason: '', run: RUN, problem: null },
    ...fields,
  } as const;
}

function planOf(fields: Partial<UndoPlan> = {}): UndoPlan {
  return {
    schema: 'archbridge.undo-plan/1',
    runs: [RUN],
    target: { kind: 'registry', location: 'https://r.test', charts: [] },
    tags: [tag()],
    charts: [chart()],
    missing: [],
    problems: [],
    ...fields,
  };
}

const TERMINAL = { stdout: true, stderr: true, stdin: true };

async function undo(
  args: readonly string[],
  {
    plan = planOf(),
    report = reportOf({ kind: 'undo', undoes: [RUN], packages: [] }),
    problem,
    ...settings
  }: SessionSettings & { plan?: UndoPlan; report?: Report; problem?: Problem } = {},
) {
  const [previews, requests]: [UndoRequest[], UndoRequest[]] = [[], []];
  const done = await session(['undo', ...args], {
    ...settings,
    answers: {
      planUndo: async (request) => {
        previews.push(request);
        return problem ? { ok: false, problem } : { ok: true, value: plan };
      },
      undo: async (request) => {
        requests.push(request);
        return problem ? { ok: false, problem } : { ok: true, value: report };
      },
    },
  });
  return { ...done, previews, requests };
}

describe('the request', () => {
  it('holds runs, target, charts and force', async () => {
    const { requests } = await undo([
      ...['one', 'two', '--registry', 'https://r.test', '--charts', 'http://c.test'],
      ...['--only', 'addon/nginx', '--only', 'db@1', '--force'],
    ]);
    expect(requests).toEqual([
      {
        runs: ['one', 'two'],
        target: { registry: 'https://r.test', charts: [{ url: 'http://c.test' }] },
        only: ['addon/nginx', 'db@1'],
        force: true,
      },
    ]);
    expect((await undo(['latest', '--store', '/srv/store'])).requests).toEqual([
      { runs: ['latest'], target: { store: '/srv/store' } },
    ]);
  });

  it('needs a run', async () => {
    const { code, requests } = await undo(['--store', '/srv/store']);
    expect([code, requests]).toEqual([2, []]);
  });
});

describe('the preview', () => {
  it('shows what is restored, removed and left, and undoes nothing', async () => {
    const plan = planOf({
      tags: [
        tag(),
        tag({ target: 'r.test/a:2', action: 'leave', reason: 'changed-since', problem: changed }),
        tag({ target: 'r.test/b:1', action: 'remove', then: null }),
        tag({ target: 'r.test/a:3', action: 'leave', reason: 'parts-missing', problem: lost }),
      ],
      missing: [
        { target: 'r.test/a:3', digest: THEN, package: 'addon.tar.gz', sha512: 'ff' },
        { target: 'r.test/a:4', digest: NOW, package: '', sha512: null },
      ],
    });
    const { code, stdout, requests } = await undo(['latest', '--dry-run'], { plan });
    expect([code, requests]).toEqual([5, []]);
    expect(stdout).toContain(`To be undone: ${RUN}`);
    expect(stdout).toContain('Tags: 1 go back, 1 are removed, 2 stay');
    expect(stdout).toMatch(/back +r\.test\/a:1 +sha256:abababababab -> sha256:cdcdcdcdcdcd/);
    expect(stdout).toMatch(/remove +r\.test\/b:1 +sha256:abababababab -> -/);
    expect(stdout).toMatch(/stays +r\.test\/a:2 +changed since the run/);
    expect(stdout).toMatch(/remove +nginx 1\.0\.0 +oci:\/\/r\.test\/addon/);
    expect(stdout).toContain('which addon.tar.gz brings');
    expect(stdout).toContain('which no known package brings');
    expect(stdout).toContain('--force puts back what was there before');
    const chinese = await undo(['latest', '--dry-run', '--lang', 'zh-CN'], { plan });
    expect(chinese.stdout).toContain(`将撤销：${RUN}`);
    expect(chinese.stdout).toMatch(/恢复 +r\.test\/a:1/);
    expect(chinese.stdout).not.toMatch(/\b(?:stays|back|remove|brings|changed since)\b/);
  });

  it('is one JSON value', async () => {
    const plan = planOf();
    const { code, stdout } = await undo(['latest', '--dry-run', '--json'], { plan });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(plan);
  });

  it.each([
    [0, [tag()]],
    [0, [tag({ action: 'leave', reason: 'already-there' })]],
    [
      5,
      [tag({ action: 'leave', reason: 'shared', problem: changed }), tag({ action: 'leave', problem: lost })],
    ],
    [6, [tag({ action: 'leave', reason: 'parts-missing', problem: lost })]],
  ])('ends with %i as the undo would', async (expected, tags) => {
    expect((await undo(['latest', '--dry-run'], { plan: planOf({ tags }) })).code).toBe(expected);
  });
});

describe('on a terminal', () => {
  it.each(['y\n', 'Yes\n', '是\n'])('is done after a %j', async (stdin) => {
    const { code, stderr, requests, previews } = await undo(['latest'], { stdin, isTty: TERMINAL });
    expect([code, requests.length]).toEqual([0, 1]);
    expect(previews).toEqual(requests);
    expect(stderr).toContain('To be undone');
    expect(stderr).toContain('Undo this? [y/N]');
  });

  it.each(['n\n', '\n', '', 'yeah, no\n'])('is left after a %j', async (stdin) => {
    const { code, stdout, requests } = await undo(['latest'], { stdin, isTty: TERMINAL });
    expect([code, requests]).toEqual([130, []]);
    expect(stdout).toBe('Nothing was changed.\n');
  });

  it('stops waiting for the answer when it is cancelled', async () => {
    const { code, requests } = await undo(['latest'], { isTty: TERMINAL, signal: AbortSignal.abort() });
    expect([code, requests]).toEqual([130, []]);
  });

  it('asks nothing with --yes, with --json, without a terminal, or when nothing would change', async () => {
    for (const [args, settings] of [
      [['--yes'], { isTty: TERMINAL }],
      [['--json'], { isTty: TERMINAL }],
      [[], { isTty: { stdout: true, stderr: true } }],
      [[], {}],
    ] as const) {
      const { code, stderr, requests, previews } = await undo(['latest', ...args], settings);
      expect([code, requests.length, previews.length]).toEqual([0, 1, 0]);
      expect(stderr).not.toContain('[y/N]');
    }
    const plan = planOf({ tags: [tag({ action: 'leave', reason: 'already-there' })], charts: [] });
    const nothing = await undo(['latest'], { plan, isTty: TERMINAL });
    expect([nothing.code, nothing.requests]).toEqual([0, []]);
    expect(nothing.stdout).toContain('Nothing would change.');
  });
});

describe('the report', () => {
  const rows = (fields: Partial<ReturnType<typeof imageOf>>) =>
    ['linux/amd64', 'linux/arm64'].map((platform) => imageOf({ platform, sources: [], ...fields }));
  const report = reportOf({
    kind: 'undo',
    undoes: [RUN],
    packages: [],
    images: [
      ...rows({ target: 'r.test/a:1', action: 'replace', reason: 'restored' }),
      ...rows({ target: 'r.test/a:2', action: 'replace', reason: 'restored' }),
      ...rows({ target: 'r.test/b:1', action: 'replace', reason: 'removed', before: tagOf([]), after: null }),
    ],
    charts: [
      chartOf({ action: 'replace', digest: null, before: 'ab' }),
      chartOf({ action: 'replace', digest: NOW }),
    ],
  });

  it('counts each tag once, in both languages, and mentions no packages', async () => {
    const english = await undo(['latest'], { report });
    expect(english.code).toBe(0);
    expect(english.stdout).toContain(`Undoes   ${RUN}`);
    expect(english.stdout).toContain('Tags 3: back to what it was 2, removed: it did not exist before 1');
    expect(english.stdout).toContain('Charts 2: removed: it did not exist before 1, back to what it was 1');
    expect(english.stdout).not.toMatch(/Passes|import/);
    const chinese = await undo(['latest', '--lang', 'zh-CN'], { report });
    expect(chinese.stdout).toContain('标签 3：已恢复原状 2');
  });

  it('proposes no command for what was removed', async () => {
    const gone = reportOf({ ...report, images: [], charts: [chartOf({ action: 'replace', digest: null })] });
    expect((await undo(['latest'], { report: gone })).stdout).not.toContain('helm');
  });

  it('is one JSON value', async () => {
    const { stdout } = await undo(['latest', '--json'], { report });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(report)));
  });

  it('says when everything was already as before', async () => {
    const images = rows({ action: 'skip', reason: 'already-there' });
    const { code, stdout } = await undo(['latest'], { report: reportOf({ ...report, images, charts: [] }) });
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing was left to undo');
  });

  const failed = toProblem(new AppError('registry.unreachable', { origin: 'registry' }));
  const relied = toProblem(new AppError('undo.later-run-relies', { origin: 'app' }));
  it.each([
    [5, { images: rows({ action: 'conflict', reason: 'changed-since', problem: changed }) }],
    [5, { charts: [chartOf({ action: 'conflict' })] }],
    [6, { result: 'partial', images: rows({ action: 'blocked', reason: 'parts-missing', problem: lost }) }],
    [6, { result: 'partial', images: rows({ action: 'failed', reason: 'cannot-remove', problem: failed }) }],
    [6, { result: 'failed', images: rows({ action: 'blocked', reason: 'parts-missing', problem: lost }) }],
    [4, { result: 'failed', images: [], problems: [failed, relied] }],
    [6, { result: 'failed', images: [], problems: [relied] }],
    [130, { result: 'cancelled' }],
  ] as const)('means exit code %i', async (expected, fields) => {
    expect((await undo(['latest'], { report: reportOf({ ...report, ...fields }) })).code).toBe(expected);
  });

  it('that never began has the exit code of its problem', async () => {
    const problem = toProblem(
      new AppError('undo.other-target', { origin: 'config', params: { run: RUN, there: 'a', here: 'b' } }),
    );
    const { code, stderr, stdout } = await undo(['latest', '--json'], { problem });
    expect(code).toBe(2);
    expect(stderr).toContain('Nothing was changed.');
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'archbridge.report/1',
      problems: [{ code: problem.code }],
    });
  });
});
