// `verify` and `import --verify` on the command line: the request to the engine, text and JSON output, exit codes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  Problem,
  Proof,
  ProofChart,
  ProofImage,
  ReportTarget,
  VerifyRequest,
} from '../../core/contract.js';
import { AppError, toProblem } from '../../core/engine.js';
import { session, type Session, type SessionSettings } from './cli-session.js';
import { reportOf } from './values.js';

const target: ReportTarget = {
  kind: 'registry',
  location: 'https://reg.local',
  charts: ['oci://reg.local/{repo}'],
};

const absent = toProblem(
  new AppError('verify.tag-absent', { origin: 'registry', params: { target: 'reg.local/org/app:1' } }),
);
const lost = toProblem(
  new AppError('verify.platform-missing', {
    origin: 'registry',
    params: { target: 'reg.local/org/web:2', platform: 'linux/arm64' },
  }),
);
const dangling = toProblem(
  new AppError('verify.reference-missing', {
    origin: 'registry',
    params: { chart: 'app 1.0.0', reference: 'reg.local/org/app:1' },
  }),
);
const leftOut = toProblem(
  new AppError('verify.left-out', {
    origin: 'package',
    params: { target: 'reg.local/org/web:2', platform: 'linux/arm64' },
  }),
);

function image(
  name: string,
  problems: readonly Problem[] = [],
  mislabelled: readonly string[] = [],
): ProofImage {
  const [problem = null] = problems;
  return {
    target: name,
    digest: `sha256:${'ab'.repeat(32)}`,
    platforms: ['linux/amd64'],
    blobsChecked: 3,
    bytesChecked: 3_000_000,
    mislabelled,
    ok: problem === null,
    problem,
    problems,
  };
}

function chart(name: string, problem: Problem | null = null): ProofChart {
  const images = [{ reference: `reg.local/org/${name}:1`, ok: problem === null, problem }];
  return {
    repo: 'addon',
    url: 'oci://reg.local/addon',
    name,
    version: '1.0.0',
    images,
    ok: problem === null,
    problem: null,
  };
}

function proofOf(fields: Partial<Proof>): Proof {
  const all = [...(fields.images ?? []), ...(fields.charts ?? [])];
  return {
    schema: 'archbridge.proof/1',
    ok: all.every((one) => one.ok),
    depth: 'sizes',
    readAs: 'keeper',
    made: '2026-01-01T00:00:00.000Z',
    target,
    images: [],
    charts: [],
    checked: { blobs: 9, bytes: 15_300_000_000 },
    problems: [],
    notes: [],
    ...fields,
  };
}

async function verify(
  argv: readonly string[],
  proof: Proof,
  settings: SessionSettings = {},
): Promise<Session & { readonly requests: readonly VerifyRequest[] }> {
  const requests: VerifyRequest[] = [];
  const answers = {
    verify: (request: VerifyRequest) => {
      requests.push(request);
      return Promise.resolve({ ok: true as const, value: proof });
    },
  };
  return { ...(await session(['verify', ...argv], { ...settings, answers })), requests };
}

describe('verify', () => {
  const whole = proofOf({ images: [image('reg.local/org/app:1')], charts: [chart('app')] });

  it('asks for packages or a run, with every option', async () => {
    const { requests } = await verify(
      [
        ...['a.tar.gz', 'b.tar.gz', '--registry', 'https://reg.local', '--full', '--reread'],
        ...['--image-name', 'docks.example/app:1'],
        ...['--require-platforms', 'linux/amd64,linux/arm64', '--only', 'addon/app', '--keep-chart', 'web'],
        ...['--container-prefix-repository', 'mirror', '--pull-as', 'anonymous'],
      ],
      whole,
    );
    expect(requests).toEqual([
      {
        packages: ['a.tar.gz', 'b.tar.gz'],
        target: { registry: 'https://reg.local', naming: { containerPrefixRepository: 'mirror' } },
        selection: { only: ['addon/app'] },
        keepCharts: ['web'],
        full: true,
        reread: true,
        imageName: 'docks.example/app:1',
        requirePlatforms: ['linux/amd64', 'linux/arm64'],
        pullAs: 'anonymous',
      },
    ]);
    const byRun = await verify(['--run', 'latest', '--store', '/srv/store'], whole);
    expect(byRun.requests).toEqual([{ run: 'latest', target: { store: '/srv/store' } }]);
  });

  it('says what was proven', async () => {
    const { code, stdout, stderr } = await verify(['a.tar.gz', '--registry', 'reg.local'], whole);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatchInlineSnapshot(`
      "Everything is there and right.
      Registry https://reg.local
      Read as  keeper
      Tags     1 of 1 right
      Blobs    9 (15.3 GB) asked for, compared by size
      Charts   1 of 1 right, 1 image references looked up
      "
    `);
  });

  const broken = proofOf({
    images: [image('reg.local/org/app:1', [absent]), image('reg.local/org/web:2', [lost], ['linux/arm64'])],
    charts: [chart('app', dangling), chart('web')],
    notes: [leftOut],
  });

  it('lists the findings, the same advice once, and ends with 5', async () => {
    const { code, stdout } = await verify(['a.tar.gz', '--registry', 'reg.local'], broken);
    expect(code).toBe(5);
    expect(stdout).toMatchInlineSnapshot(`
      "3 findings.
      Registry https://reg.local
      Read as  keeper
      Tags     0 of 2 right
      Blobs    9 (15.3 GB) asked for, compared by size
      Charts   1 of 2 right, 2 image references looked up

      Tags
        reg.local/org/app:1 does not exist in the target.
          Run the import again: it sends what the target lacks. If the tag was removed on purpose, nothing is wrong.
        reg.local/org/web:2 does not serve linux/arm64.
          Nodes of this platform cannot pull the image. Import the package that brings this platform: the others stay.

      Charts
        Chart app 1.0.0 names reg.local/org/app:1, which the target does not hold.
          Pods of this chart cannot start. Run the import of the package that brings this image again.

      Let in although mislabelled
        reg.local/org/web:2 linux/arm64

      Worth knowing
        reg.local/org/web:2 does not serve the mislabelled image of the package for linux/arm64: it was left out.
          This is no finding. Ask the vendor for a corrected image.
      "
    `);
  });

  it('prints exactly one JSON value, and the findings for people beside it', async () => {
    const { code, stdout, stderr } = await verify(['a.tar.gz', '--registry', 'reg.local', '--json'], broken);
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toEqual(broken);
    expect(stderr).toContain('reg.local/org/app:1 does not exist');
    expect(stderr).toContain('app 1.0.0');
  });

  it('speaks Chinese', async () => {
    const { stdout } = await verify(['a.tar.gz', '--registry', 'reg.local', '--lang', 'zh-CN'], broken);
    expect(stdout).toContain('发现 3 处问题');
    expect(stdout).toContain('不提供 linux/arm64');
    expect(stdout).not.toMatch(/does not|Tags|Charts/);
  });

  it('answers with an empty proof when it could not begin', async () => {
    const { code, stdout } = await session(['verify', '--registry', 'reg.local', '--json'], {
      answers: {
        verify: () =>
          Promise.resolve({
            ok: false,
            problem: toProblem(new AppError('verify.what', { origin: 'config' })),
          }),
      },
    });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'archbridge.proof/1',
      ok: false,
      images: [],
      charts: [],
    });
  });

  describe('--pull-as USER', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'archbridge-docker-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    const asNode = (env: NonNullable<SessionSettings['env']>, account = 'node') =>
      verify(['--run', 'latest', '--registry', 'https://reg.local:5000', '--pull-as', account], whole, {
        env,
      });

    it('takes the password from the environment', async () => {
      const { requests } = await asNode({ ARCHBRIDGE_PULL_PASSWORD: 'pw-of-node' });
      expect(requests[0]?.pullAs).toEqual({ username: 'node', password: 'pw-of-node' });
    });

    it('or from what docker keeps for this registry and user', async () => {
      const auth = (pair: string) => ({ auth: Buffer.from(pair).toString('base64') });
      const auths = {
        'reg.local:5000': auth('node:from:docker'),
        'https://other.local/v1/': auth('node:wrong'),
      };
      mkdirSync(join(folder, '.docker'));
      writeFileSync(join(folder, '.docker', 'config.json'), JSON.stringify({ auths }));
      const { requests } = await asNode({ HOME: folder });
      expect(requests[0]?.pullAs).toEqual({ username: 'node', password: 'from:docker' });
      const other = await asNode({ DOCKER_CONFIG: join(folder, '.docker') }, 'somebody');
      expect([other.code, other.requests]).toEqual([2, []]);
      writeFileSync(join(folder, '.docker', 'config.json'), '{"auths": 1');
      expect((await asNode({ HOME: folder })).code).toBe(2);
    });

    it('never from the command line', async () => {
      const { code, stderr, requests } = await asNode({}, 'node:secret');
      expect([code, requests]).toEqual([2, []]);
      expect(stderr).not.toContain('secret');
      expect((await asNode({})).stderr).toContain('ARCHBRIDGE_PULL_PASSWORD');
    });
  });
});

describe('import --verify', () => {
  it('asks for the proof, and its findings decide the exit code', async () => {
    const run = async (proof: Proof | null, problems: readonly Problem[] = []) => {
      const answers = { import: () => ({ ok: true as const, value: reportOf({ proof, problems }) }) };
      return session(['import', 'a.tar.gz', '--registry', 'reg.local', '--verify'], { answers });
    };
    const fine = await run(proofOf({}));
    expect(fine.imports[0]?.verify).toBe(true);
    expect(fine.code).toBe(0);
    expect((await run(proofOf({ images: [image('reg.local/org/app:1', [absent])] }))).code).toBe(5);
    // The registry went away meanwhile: the import is done, but the proof that was asked for is missing.
    expect((await run(null)).code).toBe(6);
    const cancelled = toProblem(new AppError('verify.cancelled', { origin: 'app' }));
    expect((await run(null, [cancelled])).code).toBe(130);
  });
});
