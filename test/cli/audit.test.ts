// `audit` on the command line: the request to the engine, text and JSON output, exit codes.
import { describe, expect, it } from 'vitest';
import type { Audit, AuditRequest, ReportTarget } from '../../core/contract.js';
import { AppError, toProblem } from '../../core/engine.js';
import { session, type Session } from './cli-session.js';

const target: ReportTarget = {
  kind: 'registry',
  location: 'https://reg.local',
  charts: ['oci://reg.local/{repo}'],
};

function auditOf(fields: Partial<Audit>): Audit {
  return {
    schema: 'archbridge.audit/1',
    ok: false,
    made: '2026-01-01T00:00:00.000Z',
    target,
    platforms: ['linux/amd64', 'linux/arm64'],
    charts: [],
    summary: { 'linux/amd64': { present: 4, total: 4 }, 'linux/arm64': { present: 1, total: 4 } },
    problems: [],
    ...fields,
  };
}

async function audit(
  argv: readonly string[],
  value: Audit,
): Promise<Session & { readonly requests: readonly AuditRequest[] }> {
  const requests: AuditRequest[] = [];
  const answers = {
    audit: (request: AuditRequest) => {
      requests.push(request);
      return Promise.resolve({ ok: true as const, value });
    },
  };
  return { ...(await session(['audit', ...argv], { answers })), requests };
}

describe('audit', () => {
  const mend = { package: 'addon-arm64.tar.gz', version: '0.11.0', sha512: 'ab'.repeat(64) };
  const damaged = auditOf({
    charts: [
      {
        repo: 'addon',
        url: 'oci://reg.local/addon',
        name: 'app',
        version: '1.0.0',
        problem: null,
        images: [
          {
            reference: 'reg.local/org/app:1',
            state: 'one-platform',
            platforms: ['linux/amd64'],
            lacking: ['linux/arm64'],
            cause: null,
            mend,
          },
          {
            reference: 'ghcr.io/org/probe:1',
            state: 'elsewhere',
            platforms: [],
            lacking: [],
            cause: null,
            mend: null,
          },
        ],
      },
      {
        repo: 'addon',
        url: 'oci://reg.local/addon',
        name: 'web',
        version: '2.0.0',
        problem: null,
        images: [
          {
            reference: 'reg.local/org/app:1',
            state: 'one-platform',
            platforms: ['linux/amd64'],
            lacking: ['linux/arm64'],
            cause: null,
            mend,
          },
          {
            reference: 'reg.local/org/web@sha256:ab',
            state: 'missing',
            platforms: [],
            lacking: ['linux/amd64', 'linux/arm64'],
            cause: null,
            mend: null,
          },
          {
            reference: 'reg.local/org/ok:1',
            state: 'ok',
            platforms: ['linux/amd64', 'linux/arm64'],
            lacking: [],
            cause: null,
            mend: null,
          },
        ],
      },
    ],
  });

  it('asks with the platforms of the nodes', async () => {
    const { requests } = await audit(
      ['--registry', 'reg.local', '--charts', 'http://charts.local', '--require-platforms', 'linux/arm64'],
      damaged,
    );
    expect(requests).toEqual([
      {
        target: { registry: 'reg.local', charts: [{ url: 'http://charts.local' }] },
        requirePlatforms: ['linux/arm64'],
      },
    ]);
  });

  it('shows what is wrong by kind, each image once, and ends with 5', async () => {
    const { code, stdout } = await audit(['--registry', 'reg.local'], damaged);
    expect(code).toBe(5);
    expect(stdout).toMatchInlineSnapshot(`
      "3 findings.
      Registry https://reg.local
      Charts   oci://reg.local/{repo}
      2 charts name 5 images

      Referenced tags that serve the platform
        linux/amd64  ████████████████████  4/4
        linux/arm64  █████░░░░░░░░░░░░░░░  1/4

      Not in the registry: pods cannot start (1)
        reg.local/org/web@sha256:ab  web 2.0.0
          Import the package that brings the image. A digest that was never pushed comes from a chart that another tool has rewritten: the import rewrites it anew (--on-chart-change replace).

      Still named elsewhere: nodes would leave the site to pull them (1)
        ghcr.io/org/probe:1  app 1.0.0
          Import the package that brings the chart, with --on-chart-change replace: it points the values at the target.

      Tags that lack a platform (1)
        reg.local/org/app:1  lacks linux/arm64  app 1.0.0, web 2.0.0  mended by addon-arm64.tar.gz
          Import the package of the missing platform: what the tag serves now stays.
      "
    `);
  });

  it('says so where nothing is wrong', async () => {
    const summary = { 'linux/amd64': { present: 1, total: 1 } };
    const { code, stdout } = await audit(['--registry', 'reg.local'], auditOf({ ok: true, summary }));
    expect(code).toBe(0);
    expect(stdout).toContain('Every image that the published charts name is here');
  });

  it('distinguishes a target that refuses from one with findings', async () => {
    const refused = toProblem(
      new AppError('chart-repo.forbidden', { origin: 'chart-repo', params: { url: 'http://charts.local' } }),
    );
    expect((await audit(['--registry', 'reg.local'], auditOf({ problems: [refused] }))).code).toBe(4);
    expect((await audit(['--registry', 'reg.local'], { ...damaged, problems: [refused] })).code).toBe(5);
    const unsure = toProblem(
      new AppError('audit.folders-unknown', {
        origin: 'config',
        params: { url: 'http://charts.local/{repo}' },
      }),
    );
    expect((await audit(['--registry', 'reg.local'], auditOf({ problems: [unsure] }))).code).toBe(5);
  });

  it('prints one JSON value, and speaks Chinese', async () => {
    const json = await audit(['--registry', 'reg.local', '--json'], damaged);
    expect(JSON.parse(json.stdout)).toEqual(damaged);
    expect(json.stderr).toContain('ghcr.io/org/probe:1');
    const chinese = await audit(['--registry', 'reg.local', '--lang', 'zh-CN'], damaged);
    expect(chinese.stdout).toContain('缺少 linux/arm64');
    expect(chinese.stdout).not.toMatch(/lacks|mended|Not in/);
  });
});
