// The requests of a proof, and how it ends when the target fails; with a target in memory that counts requests.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Proof } from '../../../core/contract.js';
import { digestOf } from '../../../core/content/digest.js';
import { AppError } from '../../../core/errors.js';
import type { ExpectedTag } from '../../../core/report/verify/expected.js';
import { RunHistory } from '../../../core/report/reading/run-history.js';
import { prove } from '../../../core/report/verify/verify.js';
import { MemoryTarget } from '../../support/memory-target.js';
import { findingsIn } from '../../support/proof-findings.js';
import { openBench, packagePath, type Bench } from '../../support/seed.js';
import { pushImages, tinyImage, type TinyImage } from '../../support/tiny-image.js';

const never = { signal: new AbortController().signal };
const amd64 = tinyImage('amd64', 'a');
const arm64 = tinyImage('arm64', 'b');

let target: MemoryTarget;
beforeEach(() => {
  target = new MemoryTarget();
});

function expected(repository: string, images: readonly TinyImage[]): ExpectedTag {
  return {
    repository,
    tag: '1',
    images: images.map(({ architecture, manifest, config }) => ({
      platform: `linux/${architecture}`,
      digest: manifest.digest,
      config: digestOf(config),
      mayDiffer: false,
      mislabelled: false,
    })),
  };
}

async function proof(
  tags: readonly ExpectedTag[],
  { full = false, signal = never.signal } = {},
): Promise<Proof> {
  const summary = { kind: 'registry', location: 'memory', charts: [] } as const;
  return prove({
    expected: { tags, charts: [], problems: [], notes: [] },
    target: { chartsFor: () => Promise.resolve([]), summary },
    images: target,
    readAs: 'anonymous',
    rules: {},
    history: new RunHistory(),
    full,
    requirePlatforms: [],
    emit: () => undefined,
    signal,
  });
}

describe('a proof', () => {
  const names = Array.from({ length: 40 }, (_, i) => `org/app${String(i)}`);
  beforeEach(async () => {
    for (const name of names) await pushImages(target, name, '1', [amd64, arm64], never);
    target.log.length = 0;
  });

  it('asks each question once: tags, children, and blobs for each repository', async () => {
    const result = await proof(names.map((name) => expected(name, [amd64, arm64])));
    expect(result.ok).toBe(true);
    expect(result.checked).toEqual({ blobs: 4 * names.length, bytes: expect.any(Number) as number });
    expect(new Set(target.log).size).toBe(target.log.length);
    expect(target.log.filter((line) => line.startsWith('HEAD blob')).length).toBe(4 * names.length);
    expect(target.log.filter((line) => /^(?:PUT|MOUNT)/.test(line))).toEqual([]);
  });

  it('reads every blob to its end when that is asked for, and asks for no size then', async () => {
    const result = await proof([expected('org/app0', [amd64, arm64])], { full: true });
    expect(result).toMatchObject({ ok: true, depth: 'content' });
    expect(target.log.filter((line) => line.startsWith('HEAD'))).toEqual([]);
    expect(target.log.filter((line) => line.startsWith('GET blob'))).toHaveLength(4);
  });

  it('has a bounded number of requests under way', async () => {
    let open = 0;
    let most = 0;
    target.before = async (request) => {
      if (!request.startsWith('HEAD')) return;
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
    };
    await proof(names.map((name) => expected(name, [amd64, arm64])));
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(16);
  });

  it('goes on past what concerns one tag or blob, and names it', async () => {
    target.before = (request) => {
      if (request === 'GET org/app1:1') throw new AppError('registry.forbidden', { origin: 'registry' });
      if (request.startsWith('HEAD blob org/app2 ')) {
        throw new AppError('registry.server-error', { origin: 'registry', retryable: true });
      }
    };
    const result = await proof(names.slice(0, 4).map((name) => expected(name, [amd64, arm64])));
    expect(findingsIn(result, 'memory.test')).toEqual([
      'org/app1:1 registry.forbidden',
      ...Array.from({ length: 4 }, () => 'org/app2:1 registry.server-error'),
    ]);
  });

  it('ends when the target is gone', async () => {
    let requests = 0;
    target.before = () => {
      if (++requests > 20)
        throw new AppError('registry.stayed-away', { origin: 'registry', retryable: true });
    };
    await expect(proof(names.map((name) => expected(name, [amd64])))).rejects.toMatchObject({
      code: 'registry.stayed-away',
    });
    expect(requests).toBeLessThan(120);
  });

  it('can be stopped', async () => {
    const stopping = new AbortController();
    let requests = 0;
    target.before = () => {
      if (++requests === 10) stopping.abort();
      stopping.signal.throwIfAborted();
    };
    const all = proof(
      names.map((name) => expected(name, [amd64])),
      { signal: stopping.signal },
    );
    await expect(all).rejects.toThrow(/abort/i);
    expect(requests).toBeLessThan(60);
  });

  it('takes an image in another packaging for the same', async () => {
    const other = { ...arm64, manifest: { ...arm64.manifest, digest: digestOf('packed by another tool') } };
    expect((await proof([expected('org/app0', [amd64, other])])).ok).toBe(true);
    const rebuilt = tinyImage('arm64', 'rebuilt');
    expect(findingsIn(await proof([expected('org/app0', [amd64, rebuilt])]), 'memory.test')).toEqual([
      'org/app0:1 verify.tag-moved',
    ]);
  });
});

describe('a mislabelled image', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
  });
  afterEach(async () => {
    await bench.close();
  });

  it('that was let in is named, by the packages and by the run, and is no finding', async () => {
    const packages = [packagePath('v0.9.0-arm64')];
    const store = { store: `${bench.directory}/store` };
    const report = await bench.import({ packages, target: store, allowMislabelled: true, verify: true });
    const named = (proven: Proof | null) =>
      proven?.images.flatMap(({ target: name, mislabelled }) => mislabelled.map((one) => `${name} ${one}`));
    const expectedNames = ['docker.io/ropewalk/twister:stable-v0.7.0 linux/arm64'];
    expect(report.proof).toMatchObject({ ok: true, notes: [] });
    expect(named(report.proof)).toEqual(expectedNames);
    for (const what of [{ packages }, { run: 'latest' }]) {
      const answer = await bench.engine.verify({ ...what, target: store }, never);
      expect(answer).toMatchObject({ ok: true, value: { ok: true, notes: [] } });
      expect(answer.ok && named(answer.value)).toEqual(expectedNames);
    }
  });

  it('that was left out leaves its tag and its chart out, and that is no finding either', async () => {
    const packages = [packagePath('v0.9.0-arm64')];
    const store = { store: `${bench.directory}/store` };
    await bench.import({ packages, target: store });
    const answer = await bench.engine.verify({ packages, target: store }, never);
    if (!answer.ok) throw new Error(answer.problem.message);
    expect(findingsIn(answer.value)).toEqual([]);
    expect(answer.value.ok).toBe(true);
    expect(answer.value.notes.map(({ code }) => code).sort()).toEqual([
      'verify.chart-left-out',
      'verify.left-out',
    ]);
    expect(answer.value.charts.map((chart) => chart.name)).not.toContain('ropewalk');
  });
});
