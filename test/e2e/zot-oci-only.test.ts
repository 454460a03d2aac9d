// Imports into a zot without `http.compat: ["docker2s2"]`, which refuses Docker's media types: said before anything is sent, with
// --convert-to-oci as the way out.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import type { Plan, Report, TargetSpec } from '../../core/contract.js';
import { OCI_INDEX, OCI_MANIFEST } from '../../core/content/media-types.js';
import { makeImage, makeOciLayout, makeTar } from '../support/packages.js';
import { allTags, readTag } from '../support/registry-reader.js';
import { actions, openBench, packagePath, SEED, type Bench, type SeedPackage } from '../support/seed.js';
import { registryState, undo } from '../support/undoing.js';
import { startZot, type Zot } from '../support/zot-double.js';

const { signal } = new AbortController();
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

interface Site {
  readonly bench: Bench;
  readonly zot: Zot;
  readonly plain: TargetSpec;
  readonly converting: TargetSpec;
}

async function site(): Promise<Site> {
  const zot = await startZot({ docker: false });
  const bench = await openBench();
  endings.push(
    () => zot.stop(),
    () => bench.close(),
  );
  const plain = { registry: zot.url, noCharts: true };
  return { bench, zot, plain, converting: { ...plain, convertToOci: true } };
}

async function planned({ engine }: Bench, name: SeedPackage, target: TargetSpec): Promise<Plan> {
  const answer = await engine.plan({ packages: [packagePath(name)], target }, { signal });
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

function codes({ problems }: Plan | Report): readonly string[] {
  return problems.map(({ code }) => code);
}

/** Requests that send blobs. */
function uploads({ seen }: Zot): readonly string[] {
  return seen.flatMap(({ method, path }) => (path.includes('/blobs/uploads') ? [`${method} ${path}`] : []));
}

/** Media types of all manifests that were sent. */
function typesSent({ zot }: Site): ReadonlySet<string> {
  const puts = zot.seen.filter(({ method, path }) => method === 'PUT' && !path.endsWith('/manifests/none'));
  return new Set(
    puts.flatMap(({ path, headers }) =>
      path.includes('/manifests/') ? [headers['content-type'] ?? ''] : [],
    ),
  );
}

describe('without --convert-to-oci', () => {
  it('an import of an unknown package ends with the offer, and nothing was sent', async () => {
    const { bench, zot, plain } = await site();
    const report = await bench.seed(['v0.9.0-amd64'], plain);
    expect(report).toMatchObject({ result: 'failed', problems: [{ code: 'registry.docker-types-refused' }] });
    expect(report.problems[0]?.hint).toContain('--convert-to-oci');
    expect(exitCodeForReport(report)).toBe(4);
    expect(uploads(zot)).toEqual([]);
    expect(await allTags(zot.url)).toEqual({});
    expect(zot.repositories()).toEqual([]);
  });

  it('a plan says so, and so does the import of a package that is known by then', async () => {
    const { bench, zot, plain } = await site();
    const plan = await planned(bench, 'v0.9.0-amd64', plain);
    expect(codes(plan)).toContain('registry.docker-types-refused');
    expect(exitCodeForPlan(plan)).toBe(4);
    const report = await bench.seed(['v0.9.0-amd64'], plain);
    expect(codes(report)).toEqual(['registry.docker-types-refused']);
    expect(exitCodeForReport(report)).toBe(4);
    expect(uploads(zot)).toEqual([]);
    expect(zot.repositories()).toEqual([]);
  });

  it('images that have OCI media types are imported', async () => {
    const { bench, zot, plain } = await site();
    const path = join(bench.directory, 'app.tar');
    await writeFile(path, makeTar(makeOciLayout([makeImage('ghcr.io/team/app:1', 'amd64')])));
    const report = await bench.import({ packages: [path], target: plain });
    expect(report).toMatchObject({ result: 'done', problems: [] });
    expect((await readTag(zot.url, 'team/app', '1'))?.mediaType).toBe(OCI_MANIFEST);
  });
});

describe('with --convert-to-oci', () => {
  it('the plan names that digests change, and the import does what it says', async () => {
    const at = await site();
    const plan = await planned(at.bench, 'v0.9.0-amd64', at.converting);
    expect(codes(plan)).toContain('run.converted-to-oci');
    expect(exitCodeForPlan(plan)).toBe(exitCodeForPlan({ ...plan, problems: [] }));
    const row = plan.images.find(({ action }) => action === 'push');
    expect(row?.convertedFrom).toMatch(/^sha256:/);
    expect(row?.digest).not.toBe(row?.convertedFrom);
    const report = await at.bench.import({
      packages: [packagePath('v0.9.0-amd64')],
      target: at.converting,
      plan,
    });
    expect(codes(report)).toEqual(['run.converted-to-oci']);
    expect(report.problems[0]?.params).toMatchObject({ count: 25 });
    const digests = (rows: Plan['images'] | Report['images']) =>
      rows.map(({ target, digest, action }) => `${target} ${digest} ${action}`).sort();
    expect(digests(report.images)).toEqual(digests(plan.images));
    expect(typesSent(at)).toEqual(new Set([OCI_MANIFEST]));
  });

  it('architectures are fused, upgraded, verified and undone', async () => {
    const at = await site();
    const { bench, zot, converting: target } = at;
    const states: unknown[] = [];
    let last: Report | null = null;
    for (const name of SEED) {
      last = await bench.import({ packages: [packagePath(name)], target, verify: true });
      expect(last.proof?.ok).toBe(true);
      states.push(await registryState(zot.url));
    }
    expect(typesSent(at)).toEqual(new Set([OCI_INDEX, OCI_MANIFEST]));
    const undone = await undo(bench, { runs: [last?.run ?? ''], target });
    expect(undone).toMatchObject({ result: 'done', problems: [] });
    expect(await registryState(zot.url)).toEqual(states[2]);
  });

  it('the same package sends nothing a second time, with and without the option', async () => {
    const at = await site();
    const { bench, zot, converting: target } = at;
    await bench.seed(['v0.11.0-arm64'], target);
    const state = await registryState(zot.url);
    const again = await bench.seed(['v0.11.0-arm64'], target);
    expect(again.totals.bytesSent).toBe(0);
    expect(codes(again)).not.toContain('run.converted-to-oci');
    expect(actions(again.images)).toEqual({ blocked: 1, skip: 27 });
    expect(await registryState(zot.url)).toEqual(state);
    // what is there is the same image, so nothing has to be converted, and the option is not needed
    const without = await bench.seed(['v0.11.0-arm64'], at.plain);
    expect(without.totals.bytesSent).toBe(0);
    expect(codes(without)).not.toContain('registry.docker-types-refused');
    const compared = await bench.engine.compare(
      { packages: [packagePath('v0.11.0-arm64')], target },
      { signal },
    );
    if (!compared.ok) throw new Error(compared.problem.message);
    const cells = compared.value.images.flatMap(({ cells }) => cells['linux/arm64']?.state ?? []);
    expect(cells.filter((state) => state === 'add' || state === 'replace')).toEqual([]);
  });
});
