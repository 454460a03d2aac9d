// What is printed where: text for people, one JSON value for programs, problems on stderr.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../core/contract.js';
import { session, type Answers } from './cli-session.js';
import { chartOf, imageOf, problemOf, reportOf, tagOf } from './values.js';

function answering(report: Report): Answers {
  return { import: () => ({ ok: true, value: report }), report: () => ({ ok: true, value: report }) };
}

describe('--json', () => {
  const wrongUses = [
    ['import', '--json'],
    ['import', 'a', '--json', '--bogus'],
    ['import', 'a', '--json', '--dry-run', '--report', 'x.json'],
    ['import', 'a', '--json', '--report', 'x.pdf'],
    ['import', 'a', '--json', '--lang', 'xx'],
    ['import-addon', '--json'],
    ['cluster-create', '--json', '-j1'],
    ['inspect', '--json'],
    ['report', '--json'],
    ['runs', 'x', '--json'],
    ['plan', '--json'],
    ['prune', 'a', '--json'],
    ['--json'],
  ];

  it.each(wrongUses)('prints one value and says on stderr why: %s %s %s %s %s', async (...argv) => {
    const { code, stdout, stderr } = await session(argv);
    expect(code).toBe(2);
    const value: unknown = JSON.parse(stdout);
    expect(value).toMatchObject({ problems: [{ origin: 'config' }] });
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('gives a failure the schema of the command', async () => {
    const schemaOf = async (...argv: string[]): Promise<unknown> => {
      const value: unknown = JSON.parse((await session([...argv, '--json', '--bogus'])).stdout);
      return value;
    };
    expect(await schemaOf('import', 'a')).toMatchObject({
      schema: 'archbridge.report/1',
      result: 'failed',
      images: [],
    });
    expect(await schemaOf('inspect', 'a')).toMatchObject({ schema: 'archbridge.inventory/1', packages: [] });
    expect(await schemaOf('runs')).toMatchObject({ schema: 'archbridge.runs/1', runs: [] });
  });

  it('prints the report as it is, and its problems on stderr', async () => {
    const problem = problemOf('registry', 'registry.forbidden');
    const report = reportOf({ result: 'partial', images: [imageOf({ action: 'failed', problem })] });
    const { code, stdout, stderr } = await session(['import', 'a', '--json'], { answers: answering(report) });
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toEqual(report);
    expect(stderr).toContain('docker.io/library/nginx:1.0 linux/amd64');
  });

  it('handles a defect of the engine without printing a stack', async () => {
    const answers: Answers = {
      import: () => {
        throw new TypeError('cannot read x of undefined');
      },
    };
    const { code, stdout, stderr } = await session(['import', 'a', '--json'], { answers });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [{ code: 'app.defect' }] });
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('does not depend on the language', async () => {
    const [english, chinese] = await Promise.all(
      ['en', 'zh-CN'].map((language) => session(['import', '--json', '--lang', language])),
    );
    expect(chinese?.stdout).toBe(english?.stdout);
    expect(chinese?.stderr).not.toBe(english?.stderr);
  });
});

describe('the text of an import', () => {
  it('shows counts, coverage, bytes and commands that show the result', async () => {
    const report = reportOf({
      images: [
        imageOf({ action: 'push' }),
        imageOf({
          target: 'quay.io/a/b:2',
          action: 'promote',
          after: tagOf(['linux/amd64', 'linux/arm64']),
        }),
      ],
      charts: [chartOf({})],
      coverage: { 'linux/amd64': { present: 2, total: 2 }, 'linux/arm64': { present: 1, total: 2 } },
    });
    const { code, stdout } = await session(['import', 'a'], { answers: answering(report) });
    expect(code).toBe(0);
    expect(stdout).toContain('Imported with gaps in 3m 05s');
    expect(stdout).toContain('Images 2: pushed 1, made multi-arch 1');
    expect(stdout).toContain('Charts 1: published 1');
    expect(stdout).toContain('sent 5.00 GB');
    expect(stdout).toMatch(/linux\/arm64 {2}█{10}░{10} {2}1\/2/);
    expect(stdout).toContain('skopeo inspect --raw oci:/srv/store/oci:quay.io/a/b:2');
    expect(stdout).toContain('skopeo copy --override-arch arm64 oci:/srv/store/oci:quay.io/a/b:2');
    expect(stdout).toContain('helm show values /srv/store/charts/nginx-10.2.0+738.tgz');
    expect(stdout).not.toContain('\u001b');
  });

  it('shows the commands for a registry', async () => {
    const report = reportOf({
      target: { kind: 'registry', location: 'http://reg.local:5000', charts: ['oci://reg.local:5000/addon'] },
      images: [imageOf({ target: 'reg.local:5000/a/b:1' })],
      charts: [chartOf({ url: 'oci://reg.local:5000/addon' })],
    });
    const { stdout } = await session(['import', 'a'], { answers: answering(report) });
    expect(stdout).toContain('skopeo inspect --raw --tls-verify=false docker://reg.local:5000/a/b:1');
    expect(stdout).toContain(
      'helm show values oci://reg.local:5000/addon/nginx --version 10.2.0+738 --plain-http',
    );
  });

  it('says when there was nothing to do', async () => {
    const report = reportOf({ images: [imageOf({ action: 'skip' })], charts: [chartOf({ action: 'skip' })] });
    const { stdout } = await session(['import', 'a'], { answers: answering(report) });
    expect(stdout).toContain('Nothing to import. The target already has everything.');
    const kept = reportOf({ images: [imageOf({ action: 'conflict', reason: 'older' })] });
    expect((await session(['import', 'a'], { answers: answering(kept) })).stdout).not.toContain(
      'Nothing to import',
    );
  });

  it('lists conflicts with their reason and failures with message and hint', async () => {
    const report = reportOf({
      result: 'partial',
      images: [
        imageOf({ action: 'conflict', reason: 'time-unknown' }),
        imageOf({
          target: 'quay.io/c/d:1',
          action: 'failed',
          problem: problemOf('registry', 'registry.of-later'),
        }),
      ],
    });
    const { code, stdout } = await session(['import', 'a'], { answers: answering(report) });
    expect(code).toBe(6);
    expect(stdout).toMatch(/Conflicts.*\n {2}docker\.io\/library\/nginx:1\.0 linux\/amd64\n {4}\S+/);
    expect(stdout).toMatch(
      /quay\.io\/c\/d:1 linux\/amd64\n {4}registry\.of-later happened\n {6}do something/,
    );
    expect(stdout).not.toContain('time-unknown');
    expect(stdout).toContain('Run the same command again');
  });

  it('makes names harmless for a terminal', async () => {
    const report = reportOf({
      result: 'partial',
      images: [imageOf({ target: 'r/\u001b[2Jx:1', action: 'failed', problem: problemOf('package') })],
    });
    const { stdout } = await session(['import', 'a'], { answers: answering(report) });
    expect(stdout).not.toContain('\u001b');
  });

  it('has colours on a terminal only, and only where they are wanted', async () => {
    const isTty = { stdout: true, stderr: false };
    const answers = answering(reportOf({}));
    expect((await session(['import', 'a'], { answers, isTty })).stdout).toContain('\u001b[');
    expect((await session(['import', 'a', '--no-color'], { answers, isTty })).stdout).not.toContain(
      '\u001b[',
    );
    const env = { NO_COLOR: '1' };
    expect((await session(['import', 'a'], { answers, isTty, env })).stdout).not.toContain('\u001b[');
  });
});

describe('--report', () => {
  it('writes the report as JSON', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archbridge-cli-'));
    try {
      const report = reportOf({ images: [imageOf({})] });
      for (const argv of [
        ['import', 'a'],
        ['report', 'run-1'],
      ]) {
        const path = join(folder, `${argv[0] ?? ''}.json`);
        const { code } = await session([...argv, '--report', path], { answers: answering(report) });
        expect(code).toBe(0);
        expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(report);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each(['r', 'r.pdf', 'r.txt', 'no/such/folder/r.json'])(
    'refuses %s before anything begins',
    async (path) => {
      const { code, imports } = await session(['import', 'a', '--report', path]);
      expect([code, imports]).toEqual([2, []]);
    },
  );
});

describe('runs and report', () => {
  const runs = [
    { run: 'old', started: '2024-01-01T00:00:00.000Z', ended: null, result: 'interrupted' as const },
    {
      run: 'new',
      started: '2024-02-01T00:00:00.000Z',
      ended: '2024-02-01T01:00:00.000Z',
      result: 'done' as const,
    },
  ]
    .map((run) => ({ ...run, kind: 'import' as const, undoes: [], at: 'here' as const, user: 'admin' }))
    .map((run) => ({ ...run, target: '/srv/store', packages: ['p.tar.gz'], images: 3, charts: 1, gaps: 0 }));

  it('lists runs, newest first', async () => {
    const { stdout } = await session(['runs'], { answers: { runs } });
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['RUN', 'new', 'old', '']);
    expect(stdout).toContain('stopped');
    expect((await session(['runs'])).stdout).toBe('No runs yet.\n');
  });

  it('has runs as JSON', async () => {
    const { stdout } = await session(['runs', '--json'], { answers: { runs } });
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'archbridge.runs/1',
      runs: [{ run: 'new' }, { run: 'old' }],
    });
  });

  it('gives several reports as one array', async () => {
    const { stdout } = await session(['report', 'a', 'b', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([{ run: 'a' }, { run: 'b' }]);
  });
});
