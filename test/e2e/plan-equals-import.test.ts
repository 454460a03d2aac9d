// An import does what its plan says: with the genuine packages in the vendor's order, into each kind of target.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import type { Plan, PlanRequest, TargetSpec } from '../../core/contract.js';
import { expectPlanned } from '../support/plan-outcome.js';
import { startRegistry, type RunningRegistry, versionsFor } from '../support/registries.js';
import { openBench, packagePath, SEED, type Bench } from '../support/seed.js';

const { signal } = new AbortController();

async function planOf(bench: Bench, request: PlanRequest): Promise<Plan> {
  const answer = await bench.engine.plan(request, { signal });
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return answer.value;
}

/** Every file under a folder with the hash of its bytes. */
async function contentOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashed = await Promise.all(
    files.map(
      async (file) =>
        [
          file,
          createHash('sha256')
            .update(await readFile(file))
            .digest('hex'),
        ] as const,
    ),
  );
  return Object.fromEntries(hashed);
}

interface Place {
  readonly spec: TargetSpec;
  /** Where the bytes of the target lie. */
  readonly storage: string;
}

function plansComeTrue(open: (bench: Bench) => Promise<Place>): void {
  let bench: Bench;
  let place: Place;
  beforeAll(async () => {
    bench = await openBench();
    place = await open(bench);
  });
  afterAll(() => bench.close());

  it.each(SEED)('%s', async (name) => {
    const request = { packages: [packagePath(name)], target: place.spec };
    const before = await contentOf(place.storage);
    const plan = await planOf(bench, request);
    expect(await contentOf(place.storage)).toEqual(before);
    const report = await bench.import(request);
    expectPlanned(plan, report);
    expect(plan.needs.bytesToSend).toBeGreaterThan(0);
  });

  it('also for the last package again, and for all packages at once', async () => {
    for (const packages of [[packagePath('v0.11.0-arm64')], SEED.map(packagePath)]) {
      const request = { packages, target: place.spec };
      const plan = await planOf(bench, request);
      expect(plan.needs).toMatchObject({ bytesToSend: 0, chartBytes: 0 });
      const report = await bench.import(request);
      expectPlanned(plan, report);
      expect(report.totals).toMatchObject({ bytesRead: 0, passes: 0, bytesMounted: 0 });
    }
  });
}

describe('a folder', () => {
  plansComeTrue((bench) => {
    const store = join(bench.directory, 'store');
    return Promise.resolve({ spec: { store }, storage: store });
  });
});

describe('a plan for a folder', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  it('creates no folder, not even one that does not exist yet, and reports how much space its drive has', async () => {
    const store = join(bench.directory, 'not', 'yet', 'there');
    const plan = await planOf(bench, { packages: [packagePath('v0.9.0-amd64')], target: { store } });
    const [room] = plan.needs.space.filter(({ kind }) => kind === 'store');
    expect(room).toMatchObject({ where: store, enough: true });
    expect(room?.needed).toBeGreaterThan(plan.needs.bytesToSend);
    await expect(stat(join(bench.directory, 'not'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('can be made while another process writes there, and leaves the files of a writer that was killed', async () => {
    const store = join(bench.directory, 'used');
    await bench.import({ packages: [packagePath('v0.9.0-amd64')], target: { store } });
    const left = join(store, '.archbridge', 'tmp', 'half-written');
    await mkdir(join(store, '.archbridge', 'tmp'), { recursive: true });
    await writeFile(left, 'half');
    const before = await contentOf(store);
    await planOf(bench, { packages: [packagePath('v0.9.0-arm64')], target: { store } });
    expect(await contentOf(store)).toEqual(before);
  });

  it.each(['newer', 'replace', 'keep'] as const)('is carried out under the policy %s', async (onChange) => {
    const store = join(bench.directory, onChange);
    await bench.import({ packages: [packagePath('v0.9.0-amd64')], target: { store } });
    const request = { packages: [packagePath('v0.11.0-amd64')], target: { store }, onChange };
    const plan = await planOf(bench, request);
    expect(new Set(plan.images.map(({ decision }) => decision))).toEqual(
      new Set([null, ...(onChange === 'newer' ? ['replace', 'keep'] : [onChange])]),
    );
    expectPlanned(plan, await bench.import({ ...request, plan }));
  });

  it('stops under the policy `stop`, in plan and import', async () => {
    const store = join(bench.directory, 'stop');
    await bench.import({ packages: [packagePath('v0.9.0-amd64')], target: { store } });
    const before = await contentOf(store);
    const request = {
      packages: [packagePath('v0.11.0-amd64')],
      target: { store },
      onChange: 'stop',
    } as const;
    const plan = await planOf(bench, request);
    expect(exitCodeForPlan(plan)).toBe(5);
    const report = await bench.import(request);
    expect(exitCodeForReport(report)).toBe(5);
    expect(await contentOf(store)).toEqual(before);
  });

  it('is carried out into the target that it was made for, and into no other', async () => {
    const packages = [packagePath('v0.9.0-amd64')];
    const plan = await planOf(bench, { packages, target: { store: join(bench.directory, 'this') } });
    const target = { store: join(bench.directory, 'that') };
    const answer = await bench.engine.import({ packages, target, plan }, { signal });
    expect(answer).toMatchObject({ ok: false, problem: { code: 'run.plan-other-target', origin: 'config' } });
    expect(await contentOf(join(bench.directory, 'that', 'oci'))).toEqual({});
  });
});

describe.each(versionsFor(3))('distribution %i', (version) => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ version });
  });
  afterAll(() => registry.stop());
  plansComeTrue(() => Promise.resolve({ spec: { registry: registry.url }, storage: registry.storageDir }));
});
