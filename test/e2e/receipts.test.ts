// Receipts end to end: a second computer without any run lists, reports and uses the runs as the first one does.
import { execFile } from 'node:child_process';
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createEngine } from '../../core/engine.js';
import type {
  Engine,
  ImportRequest,
  Report,
  ReportImage,
  Result,
  RunEvent,
  RunSummary,
  TargetSpec,
} from '../../core/contract.js';
import { isDigest } from '../../core/content/digest.js';
import { formerImages } from '../../core/journal/known-versions.js';
import { session } from '../cli/cli-session.js';
import { requireProgram } from '../support/programs.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { openBench, packagePath, type Bench, type SeedPackage } from '../support/seed.js';

const run = promisify(execFile);
const { signal } = new AbortController();
const KINDS = ['folder', 'distribution 2', 'distribution 3'] as const;

function valueOf<T>(answer: Result<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
}

function digestOf(held: ReportImage['before']): string | null {
  return held === null || held === 'unreadable' ? held : held.digest;
}

/** Kept manifests, charts and lists of all runs, by path. */
async function formerFiles(stateDir: string): Promise<Readonly<Record<string, string>>> {
  const root = join(stateDir, 'runs');
  const files: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'journal.jsonl') continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(root.length + 1)] = await readFile(path, 'latin1');
  }
  return files;
}

describe.each(KINDS)('%s', (kind) => {
  let registry: RunningRegistry | null = null;
  let bench: Bench;
  let target: TargetSpec;
  let colleague: Engine;
  const theirs = (): string => join(bench.directory, 'their-state');
  const reports: Report[] = [];

  beforeAll(async () => {
    bench = await openBench();
    if (kind !== 'folder') registry = await startRegistry({ version: kind === 'distribution 2' ? 2 : 3 });
    target = registry ? { registry: registry.url } : { store: join(bench.directory, 'store') };
    for (const name of ['v0.9.0-amd64', 'v0.9.0-arm64', 'v0.11.0-amd64'] as const)
      reports.push(await bench.import({ ...request(name), receipt: true }));
    colleague = createEngine({ stateDir: theirs(), version: '0.0.0', log: () => undefined });
  }, 120_000);
  afterAll(async () => {
    await registry?.stop();
    await bench.close();
  });

  function request(name: SeedPackage): ImportRequest {
    return { packages: [packagePath(name)], target, allowMislabelled: true };
  }

  async function runsOf(
    engine: Engine,
    asked = {},
  ): Promise<{ runs: readonly RunSummary[]; told: readonly RunEvent[] }> {
    const told: RunEvent[] = [];
    const runs = valueOf(await engine.runs(asked, { signal, onEvent: (event) => told.push(event) }));
    return { runs, told: told.filter(({ type }) => type === 'problem') };
  }

  it('gets a receipt for each run, named in its report', async () => {
    for (const report of reports) {
      expect(report.result).toBe('done');
      expect(report.problems.filter(({ code }) => code.startsWith('receipt.'))).toEqual([]);
      expect(report.receipt?.reference).toBe(
        `${registry ? `${registry.host}/` : ''}archbridge/receipts:${report.run}`,
      );
      expect(valueOf(await bench.engine.report(report.run, { signal }))).toEqual(report);
    }
  });

  it('shows a second computer the same history and the same reports', async () => {
    expect((await runsOf(colleague)).runs).toEqual([]);
    const { runs, told } = await runsOf(colleague, { target });
    expect(told).toEqual([]);
    const here = (await runsOf(bench.engine)).runs;
    expect(here.map(({ at }) => at)).toEqual(['here', 'here', 'here']);
    expect(runs).toEqual(here.map((one) => ({ ...one, at: 'target' })));
    for (const report of reports)
      expect(valueOf(await colleague.report(report.run, { signal }))).toEqual(report);
  });

  it('gives a second computer what was there before, byte for byte, and the known versions', async () => {
    const former = await formerFiles(theirs());
    expect(former).toEqual(await formerFiles(join(bench.directory, 'state')));
    expect(Object.keys(former).length).toBeGreaterThan(20);
    const { versionOf } = await formerImages(theirs(), { signal });
    const { versionOf: own } = await formerImages(join(bench.directory, 'state'), { signal });
    const digests = reports.flatMap((report) => report.images.map(({ digest }) => digest)).filter(isDigest);
    expect(digests.map(versionOf)).toEqual(digests.map(own));
    expect(new Set(digests.filter((digest) => versionOf(digest) !== null)).size).toBeGreaterThan(40);
  });

  it('keeps what was fetched, once', async () => {
    const again = await runsOf(colleague, { target });
    expect(again.runs).toHaveLength(3);
    // Without the target, too.
    expect((await runsOf(colleague)).runs).toEqual(again.runs);
  });

  it('filters by target and by time', async () => {
    const location = registry?.host ?? 'STORE';
    expect((await runsOf(colleague, { location })).runs).toHaveLength(3);
    expect((await runsOf(colleague, { location: 'elsewhere.local' })).runs).toEqual([]);
    const second = reports[1]?.started ?? '';
    expect((await runsOf(colleague, { since: second })).runs.map((one) => one.run)).toEqual([
      reports[2]?.run,
      reports[1]?.run,
    ]);
    expect((await runsOf(colleague, { since: '2001-01-01' })).runs).toHaveLength(3);
    expect((await runsOf(colleague, { since: '2999-01-01' })).runs).toEqual([]);
    expect(await colleague.runs({ since: 'yesterday' }, { signal })).toMatchObject({
      ok: false,
      problem: { code: 'config.bad-date', origin: 'config' },
    });
  });

  it('is an artifact that other programs can read', async () => {
    const reference = reports[0]?.receipt?.reference ?? '';
    const args = registry
      ? ['--tls-verify=false', `docker://${reference}`]
      : [`oci:${join(target.store ?? '', 'oci')}:${reference}`];
    const { stdout } = await run(requireProgram('skopeo'), ['inspect', '--raw', ...args]);
    expect(JSON.parse(stdout)).toMatchObject({ artifactType: 'application/vnd.archbridge.run.v1+json' });
    if (!registry) return;
    const { stdout: manifest } = await run(requireProgram('crane'), ['manifest', '--insecure', reference]);
    const { layers } = z
      .object({ layers: z.array(z.object({ digest: z.string() })) })
      .parse(JSON.parse(manifest));
    const journal = `${reference.slice(0, reference.lastIndexOf(':'))}@${layers[0]?.digest ?? ''}`;
    const { stdout: lines } = await run(requireProgram('crane'), ['blob', '--insecure', journal]);
    expect(lines).toContain('"type":"run-started"');
  });

  /** A computer with an empty state folder. */
  function newcomer(name: string): Engine {
    return createEngine({ stateDir: join(bench.directory, name), version: '0.0.0', log: () => undefined });
  }

  it('lets a second computer see which platforms are stale', async () => {
    const compare = async (engine: Engine): Promise<readonly string[]> => {
      const { images } = valueOf(await engine.compare(request('v0.11.0-amd64'), { signal }));
      return images.flatMap(({ source, cells }) =>
        Object.entries(cells).flatMap(([platform, { stale, version }]) =>
          stale ? `${source} ${platform} ${version}` : [],
        ),
      );
    };
    const here = await compare(bench.engine);
    expect(here.length).toBeGreaterThan(3);
    expect(await compare(newcomer('comparing'))).toEqual(here);
  });

  it('lets a second computer verify a run', async () => {
    const last = reports[2]?.run ?? '';
    const proof = valueOf(await newcomer('verifying').verify({ run: last, target }, { signal }));
    expect(proof.ok).toBe(true);
    expect(proof.images.length).toBeGreaterThan(20);
    expect(await newcomer('asking').verify({ run: '2001', target }, { signal })).toMatchObject({
      ok: false,
      problem: { code: 'run.unknown' },
    });
  });

  it('lets a second computer undo a run', async () => {
    const last = reports[2]?.run ?? '';
    const undone = valueOf(await newcomer('undoing').undo({ runs: [last], target }, { signal }));
    expect(undone).toMatchObject({ kind: 'undo', undoes: [last], result: 'done' });
    const changed = (reports[2]?.images ?? []).filter(
      ({ action }) => action !== 'skip' && action !== 'conflict',
    );
    const after = new Map(undone.images.map((image) => [image.target, digestOf(image.after)]));
    expect(changed.length).toBeGreaterThan(10);
    for (const { target: tag, before } of changed)
      expect([tag, after.get(tag)]).toEqual([tag, digestOf(before)]);
  });

  it('does not change the next import', async () => {
    const next = await bench.import(request('v0.11.0-arm64'));
    expect(next.result).toBe('done');
    expect(next.receipt).toBeNull();
    expect(next.coverage['linux/arm64']?.present).toBe(next.coverage['linux/arm64']?.total);
    expect((await runsOf(colleague, { target })).runs).toHaveLength(3);
    expect((await runsOf(bench.engine, { target })).runs).toHaveLength(4);
  });
});

describe('a folder that has another path on the next computer', () => {
  it('has its history with the paths there', async () => {
    const bench = await openBench();
    try {
      const [from, to] = [join(bench.directory, 'usb'), join(bench.directory, 'mnt')];
      const packages = [packagePath('v0.9.0-amd64')];
      const report = await bench.import({ packages, target: { store: from }, receipt: true });
      await rename(from, to);
      const stateDir = join(bench.directory, 'their-state');
      const colleague = createEngine({ stateDir, version: '0.0.0', log: () => undefined });
      const [summary] = valueOf(await colleague.runs({ target: { store: to } }, { signal }));
      expect(summary?.target).toBe(to);
      const there = valueOf(await colleague.report(report.run, { signal }));
      const moved = (text: string): string =>
        text.replaceAll(JSON.stringify(from).slice(1, -1), JSON.stringify(to).slice(1, -1));
      expect(there).toEqual(JSON.parse(moved(JSON.stringify(report))));
    } finally {
      await bench.close();
    }
  });
});

describe('a registry that accepts no receipt', () => {
  it('leaves the run complete and says what is missing', async () => {
    const registry = await startRegistry({ version: 3 });
    const bench = await openBench();
    try {
      const target = { registry: registry.url };
      await bench.seed(['v0.9.0-amd64'], target);
      const readOnly = await startRegistry({ version: 3, storageDir: registry.storageDir, readOnly: true });
      try {
        const again = await bench.import({
          packages: [packagePath('v0.9.0-amd64')],
          target: { registry: readOnly.url, naming: { containerRegistry: readOnly.host } },
          receipt: true,
        });
        expect(again.receipt).toBeNull();
        expect(again.problems.map(({ code }) => code)).toContain('receipt.not-written');
        const answers = {
          import: () => ({
            ok: true as const,
            value: { ...again, result: 'done' as const, images: [], charts: [] },
          }),
        };
        expect((await session(['import', 'a', '--receipt'], { answers })).code).toBe(6);
      } finally {
        await readOnly.stop();
      }
    } finally {
      await registry.stop();
      await bench.close();
    }
  });

  it('is refused before anything is read where there are no images', async () => {
    const bench = await openBench();
    try {
      const answer = await bench.engine.import(
        {
          packages: [packagePath('v0.9.0-amd64')],
          target: { charts: [{ url: bench.directory }], noImages: true },
          receipt: true,
        },
        { signal },
      );
      expect(answer).toMatchObject({
        ok: false,
        problem: { code: 'receipt.needs-images', origin: 'config' },
      });
    } finally {
      await bench.close();
    }
  });
});
