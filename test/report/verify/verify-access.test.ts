// The account of a proof: the target's own, none, or another one as nodes use; and the proof at the end of an import.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem, Proof, Result, TargetSpec, VerifyRequest } from '../../../core/contract.js';
import { startChartMuseum, type Museum } from '../../support/chartmuseum.js';
import { findingsIn } from '../../support/proof-findings.js';
import { ACCOUNT, startRegistry, type RunningRegistry } from '../../support/registries.js';
import { RegistryStorage } from '../../support/registry-storage.js';
import { openBench, packagePath, type Bench } from '../../support/seed.js';
import { startTokenServer, type TokenServer } from '../../support/token-server.js';

const never = { signal: new AbortController().signal };
const PACKAGES = ['v0.11.0-amd64', 'v0.11.0-arm64'] as const;

function valueOf<T>(answer: Result<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
}

function problemOf(answer: Result<unknown>): Problem {
  if (!answer.ok) return answer.problem;
  throw new Error('it was answered');
}

describe('a registry that lets nobody in without a password, charts in a ChartMuseum', () => {
  let registry: RunningRegistry;
  let museum: Museum;
  let bench: Bench;
  let target: TargetSpec;
  beforeAll(async () => {
    registry = await startRegistry({ version: 3, auth: 'htpasswd' });
    museum = await startChartMuseum({ depth: 1 });
    bench = await openBench();
    target = {
      registry: registry.url,
      credentials: ACCOUNT,
      charts: [{ url: `${museum.url}/{repo}`, kind: 'chartmuseum' }],
    };
    await bench.seed(PACKAGES, target);
  }, 60_000);
  afterAll(async () => {
    await registry.stop();
    await museum.close();
    await bench.close();
  });

  const verify = async (request: Partial<VerifyRequest> = {}): Promise<Result<Proof>> =>
    bench.engine.verify(
      { target, ...(request.run === undefined ? { packages: PACKAGES.map(packagePath) } : {}), ...request },
      never,
    );

  it('is whole for its own account, charts included', async () => {
    for (const request of [{}, { run: 'latest' }]) {
      const proof = valueOf(await verify(request));
      expect(proof).toMatchObject({ ok: true, readAs: ACCOUNT.username });
      expect(new Set(proof.charts.map((chart) => chart.url))).toEqual(
        new Set([`${museum.url}/addon`, `${museum.url}/community`]),
      );
    }
  });

  it('serves nothing to nodes without a pull secret, and the proof says so of every tag', async () => {
    const own = valueOf(await verify());
    const proof = valueOf(await verify({ pullAs: 'anonymous' }));
    expect(proof).toMatchObject({ ok: false, readAs: 'anonymous' });
    expect(proof.images).toHaveLength(own.images.length);
    const codes = new Set(proof.images.map((image) => image.problem?.code));
    expect(codes).toEqual(new Set(['registry.credentials-needed']));
    // charts are the platform's to read, not the nodes'
    expect(proof.charts.map((chart) => chart.problem)).toEqual(proof.charts.map(() => null));
    expect(proof.charts.flatMap((chart) => chart.images).every((image) => !image.ok)).toBe(true);
  });

  it('serves all to nodes with a right pull secret', async () => {
    const proof = valueOf(await verify({ pullAs: ACCOUNT }));
    expect(proof).toMatchObject({ ok: true, readAs: ACCOUNT.username });
  });

  it('refuses a wrong one; it is tried once and sent nowhere else', async () => {
    const wrong = { username: 'guest', password: 'not-the-password' };
    const answer = await verify({ pullAs: wrong });
    expect(problemOf(answer)).toMatchObject({ code: 'registry.credentials-refused', origin: 'registry' });
    expect(JSON.stringify(answer)).not.toMatch(/not-the-password|open-sesame/);
  });

  it('finds a chart that is gone from the museum, and one that was put in its place', async () => {
    const storage = museum.storage('addon');
    const file = 'quayside-10.4.1+802.tgz';
    const [bytes, other] = [storage.files.get(file), storage.files.get('lanternd-0.4.1.tgz')];
    const entry = storage.entries.find((one) => one.name === 'quayside' && one.version === '10.4.1+802');
    if (!bytes || !other || !entry) throw new Error('the museum lacks what the test needs');
    storage.remove('quayside', '10.4.1+802');
    expect(findingsIn(valueOf(await verify()))).toEqual(['quayside 10.4.1+802 verify.chart-absent']);
    storage.saveChart(file, other, entry);
    expect(findingsIn(valueOf(await verify({ run: 'latest' })))).toEqual([
      'quayside 10.4.1+802 verify.chart-absent',
    ]);
    storage.saveChart(file, bytes, entry);
    expect(valueOf(await verify()).ok).toBe(true);
  });

  it('an account without a chart repository for a folder is told which', async () => {
    const charts = [{ folder: 'addon', url: `${museum.url}/addon`, kind: 'chartmuseum' as const }];
    const proof = valueOf(await verify({ target: { ...target, charts } }));
    expect(new Set(findingsIn(proof).map((line) => line.split(' ').at(-1)))).toEqual(
      new Set(['run.chart-without-repository']),
    );
    const byRun = valueOf(await verify({ run: 'latest', target: { ...target, charts } }));
    expect(new Set(findingsIn(byRun).map((line) => line.split(' ').at(-1)))).toEqual(
      new Set(['verify.other-repository']),
    );
  });

  it('proves images alone and charts alone', async () => {
    const images = valueOf(await verify({ target: { ...target, noCharts: true } }));
    expect(images.charts).toEqual([]);
    expect(images.ok).toBe(true);
    const charts = valueOf(await verify({ target: { ...target, noImages: true } }));
    expect(charts.images).toEqual([]);
    expect(charts.charts.length).toBeGreaterThan(10);
    expect(charts.ok).toBe(true);
  });

  it('an import proves itself where that is asked for, and its report keeps the proof', async () => {
    const packages = PACKAGES.map(packagePath);
    const stages: string[] = [];
    const report = valueOf(
      await bench.engine.import(
        { packages, target, verify: true },
        { ...never, onEvent: (event) => event.type === 'stage' && stages.push(event.stage) },
      ),
    );
    expect(stages).toContain('verify');
    expect(report.proof).toMatchObject({ ok: true, depth: 'sizes', readAs: ACCOUNT.username });
    expect(report.proof?.images.length).toBe(new Set(report.images.map((row) => row.target)).size);
    const later = valueOf(await bench.engine.report(report.run, never));
    expect(later.proof).toEqual(report.proof);
    const without = valueOf(await bench.engine.import({ packages, target }, never));
    expect(without.proof).toBeNull();
  });

  it('an import finds what its skips rely on', async () => {
    const storage = new RegistryStorage(registry.storageDir);
    const first = valueOf(
      await bench.engine.import({ packages: [packagePath('v0.11.0-arm64')], target, verify: true }, never),
    );
    const web = first.images.find((row) => row.target.includes('quayside/web:'));
    // the amd64 image is under the tag, but this package does not bring it
    const other = valueOf(await verify()).images.find((row) => row.target === web?.target);
    expect(other?.platforms).toContain('linux/amd64');
    const amd64 = valueOf(
      await bench.engine.import({ packages: [packagePath('v0.11.0-amd64')], target }, never),
    ).images.find((row) => row.target === web?.target);
    const undo = await storage.loseManifest('quayside/web', amd64?.digest ?? '');
    const report = valueOf(
      await bench.engine.import({ packages: [packagePath('v0.11.0-arm64')], target, verify: true }, never),
    );
    await undo();
    expect(report.result).not.toBe('failed');
    expect(report.proof && findingsIn(report.proof, registry.host)).toEqual([
      'quayside/web:10.4.1 verify.manifest-missing',
    ]);
  });
});

describe('a registry whose rights are told by a token service', () => {
  let registry: RunningRegistry;
  let tokens: TokenServer;
  let bench: Bench;
  beforeAll(async () => {
    tokens = await startTokenServer({
      accounts: { keeper: 'open', node: 'pull' },
      rights: (user, repository) => {
        if (user === 'keeper') return ['pull', 'push'];
        // a project that was made private, and one that is public
        if (user === 'node') return ['pull'];
        return repository.startsWith('quayside/') ? [] : ['pull'];
      },
    });
    registry = await startRegistry({ version: 3, auth: 'token', tokenServer: tokens });
    bench = await openBench();
    await bench.seed(['v0.11.0-amd64'], targetOf());
  }, 60_000);
  afterAll(async () => {
    await registry.stop();
    await tokens.stop();
    await bench.close();
  });

  function targetOf(): TargetSpec {
    return {
      registry: registry.url,
      credentials: { username: 'keeper', password: 'open' },
      allowHosts: [new URL(tokens.realm).host],
      noCharts: true,
    };
  }

  it('names the tags that nodes without a login cannot read, and no other', async () => {
    const answer = await bench.engine.verify(
      { run: 'latest', target: targetOf(), pullAs: 'anonymous' },
      never,
    );
    const proof = valueOf(answer);
    const wrong = proof.images.filter((image) => !image.ok).map((image) => image.target);
    expect(wrong).toEqual([`${registry.host}/quayside/api:10.4.1`, `${registry.host}/quayside/web:10.4.1`]);
    const node = { username: 'node', password: 'pull' };
    const asNode = await bench.engine.verify({ run: 'latest', target: targetOf(), pullAs: node }, never);
    expect(valueOf(asNode)).toMatchObject({ ok: true, readAs: 'node' });
  });
});
