// `plan` and `import --dry-run` on the command line: the request, the output, exit codes.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Plan, PlanRequest, Problem, Result } from '../../core/contract.js';
import { parsePlan } from '../../core/engine.js';
import { scratchFolders } from '../support/scratch.js';
import { requestOf, session, type Session, type SessionSettings } from './cli-session.js';
import { plannedImage, planOf } from './plan-values.js';
import { problemOf, tagOf } from './values.js';

const scratch = scratchFolders();

interface Said extends Session {
  readonly requests: readonly PlanRequest[];
}

async function plan(
  argv: readonly string[],
  answer: Plan | Problem = planOf(),
  settings: SessionSettings = {},
): Promise<Said> {
  const requests: PlanRequest[] = [];
  const result: Result<Plan> =
    'schema' in answer ? { ok: true, value: answer } : { ok: false, problem: answer };
  const said = await session(argv, {
    ...settings,
    answers: {
      plan: (request) => {
        requests.push(request);
        return Promise.resolve(result);
      },
    },
  });
  return { ...said, requests };
}

async function planFile(value: unknown): Promise<string> {
  const file = join(scratch(), 'plan.json');
  await writeFile(file, JSON.stringify(value));
  return file;
}

describe('the request of a plan', () => {
  const words = [
    'a.tar.gz',
    '--registry',
    'r.local',
    '--only',
    'addon/*',
    '--on-change',
    'keep',
    '--keep-chart',
    'x',
  ];

  it('is that of an import with the same words', async () => {
    const { requests, imports } = await plan(['plan', ...words]);
    expect(imports).toEqual([]);
    expect(requests).toEqual([await requestOf(['import', ...words])]);
  });

  it("comes from import --dry-run and the installer's commands too, which then import nothing", async () => {
    const config = join(scratch(), 'clusterConfig.yaml');
    await writeFile(
      config,
      [
        'apiVersion: provision.daocloud.io/v1alpha4',
        'kind: ClusterConfig',
        'spec:',
        '  imagesAndCharts:',
        '    type: external',
        '    externalImageRepo: http://r.local',
        '    externalChartRepo: http://charts.local',
        '    externalChartRepoType: chartmuseum',
      ].join('\n'),
    );
    for (const argv of [
      ['import', ...words, '--dry-run'],
      ['import-addon', '-c', config, '--addon-path=a.tar.gz', '--dry-run'],
    ]) {
      const { requests, imports, code } = await plan(argv);
      expect([requests.length, imports.length, code]).toEqual([1, 0, 0]);
    }
  });

  it('cannot be a dry run with a report, nor of a plan', async () => {
    const file = await planFile(planOf());
    for (const beside of [
      ['--report', 'x.json'],
      ['--plan', file],
    ]) {
      const { code, stderr } = await session(['import', 'a', '--dry-run', ...beside]);
      expect(code).toBe(2);
      expect(stderr).toContain(beside[0]);
    }
  });
});

describe('the text of a plan', () => {
  it('tells actions, conflicts with how to decide, values, needs, coverage and the guarantee', async () => {
    const both = tagOf(['linux/amd64', 'linux/arm64']);
    const { stdout } = await plan(
      ['plan', 'a.tar.gz'],
      planOf({
        images: [
          plannedImage(),
          plannedImage({
            target: 'reg.local/db:2',
            action: 'promote',
            reason: 'other-platform',
            before: tagOf(['linux/arm64']),
            after: both,
          }),
          plannedImage({
            target: 'reg.local/collector:3',
            action: 'conflict',
            reason: 'older',
            decision: 'keep',
            before: both,
            after: both,
          }),
        ],
        coverage: { 'linux/amd64': { present: 1, after: 3, total: 3 } },
      }),
    );
    expect(stdout).toMatchInlineSnapshot(`
      "Plan: nothing has been sent
      Package  addon-amd64.tar.gz (15.3 GB)
      Registry https://reg.local
      Charts   oci://reg.local/{repo}

      Images (3)
        push                     1  5.00 MB  the tag does not exist yet
        make multi-arch          1  5.00 MB  the tag serves other platforms only
        conflict, left as it is  1  5.00 MB  built earlier than the image under the tag

      Charts (1)
        publish  1  40.0 kB

      Conflicts: left as they are, unless you decide otherwise (1)
        reg.local/collector:3 linux/amd64
          built earlier than the image under the tag
          decision: keep
        To decide: --on-change and --on-chart-change for all of them; or --out plan.json, edit \`decision\` there (replace, keep, stop), then import --plan plan.json

      Values that change (charts: 1)
        addon/nginx 10.2.0+738
          image.registry  docker.io  -> reg.local

      Needs
        To send                                    5.00 GB of images, 40.0 kB of charts
        There already                              400 MB; shared by images and counted once: 900 MB
        Room on this computer /var/lib/archbridge  300 kB needed, 80.0 GB free

      Tags that have the platform, now -> then
        linux/amd64  ████████████████████  1/3 -> 3/3

      No tag loses a platform.
      "
    `);
  });

  it('makes no promise that does not hold', async () => {
    const losing = plannedImage({ before: tagOf(['linux/arm64']), after: tagOf(['linux/amd64']) });
    const { stdout } = await plan(['plan', 'a'], planOf({ images: [losing] }));
    expect(stdout).not.toContain('No tag loses a platform');
  });

  it('says what is missing: projects, room, platforms', async () => {
    const answer = planOf({
      needs: {
        ...planOf().needs,
        projects: [
          { name: 'lantern', exists: false, create: 'no' },
          { name: 'addon', exists: true, create: 'no' },
          { name: 'hidden', exists: null, create: 'no' },
        ],
        space: [{ kind: 'project', where: 'addon', free: 100, needed: 4000, enough: false }],
      },
      problems: [problemOf('registry', 'run.projects-missing')],
    });
    const { stdout, code } = await plan(['plan', 'a'], answer);
    expect(code).toBe(4);
    expect(stdout).toContain('Project lantern');
    expect(stdout).toContain('missing');
    expect(stdout).toContain('not known');
    expect(stdout).toContain('NOT ENOUGH');
  });

  it('is Chinese when asked for', async () => {
    const { stdout } = await plan(['plan', 'a', '--lang', 'zh-CN']);
    expect(stdout).toContain('任何标签都不会丢失架构');
    expect(stdout).not.toMatch(/nothing has been sent|To send/);
  });
});

describe('--json and --out', () => {
  it('print and write the plan as it is, and it can be read back', async () => {
    const file = join(scratch(), 'plan.json');
    const value = planOf();
    const { code, stdout } = await plan(['plan', 'a', '--json', '--out', file], value);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(value);
    expect(parsePlan(await readFile(file, 'utf8'), file)).toEqual(value);
  });

  it('name the file and the command that carries it out', async () => {
    const file = join(scratch(), 'plan.json');
    const { stdout } = await plan(['plan', 'a', '--out', file]);
    expect(stdout).toContain(`--plan ${file}`);
  });

  it('refuse a folder that is not there before anything is asked', async () => {
    const { code, requests } = await plan(['plan', 'a', '--out', join(scratch(), 'no', 'plan.json')]);
    expect([code, requests]).toEqual([2, []]);
  });

  it('do not overwrite a package that was given as the value by mistake', async () => {
    const file = join(scratch(), 'a.tar.gz');
    await writeFile(file, 'a package');
    const { code, requests } = await plan(['plan', '--out', file, 'b.tar.gz']);
    expect([code, requests, await readFile(file, 'utf8')]).toEqual([2, [], 'a package']);
  });

  it('give a failure the schema of a plan', async () => {
    const { code, stdout } = await plan(
      ['plan', 'a', '--json'],
      problemOf('registry', 'registry.unreachable'),
    );
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'archbridge.plan/1',
      images: [],
      problems: [{ code: 'registry.unreachable' }],
    });
  });
});
