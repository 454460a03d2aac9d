// A plan is what an import then does: on the genuine packages in the vendor's order, into each kind of target.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan, PlanRequest, TargetSpec } from '../../core/contract.js';
import { expectPlanned } from '../support/plan-outcome.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { openBench, packagePath, SEED, type Bench } from '../support/seed.js';

const { signal } = new AbortController();

export async function planOf(bench: Bench, request: PlanRequest): Promise<Plan> {
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
  /** Where its bytes lie. */
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

  it('the last of them again, and all of them at once', async () => {
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

describe.each([2, 3] as const)('distribution %i', (version) => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ version });
  });
  afterAll(() => registry.stop());
  plansComeTrue(() => Promise.resolve({ spec: { registry: registry.url }, storage: registry.storageDir }));
});
