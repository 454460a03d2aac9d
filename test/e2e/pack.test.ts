// Genuine packages are packed into one file and carried, whole and as a delta: the target is the same as after an import of the packages.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { extract } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan, Report } from '../../core/contract.js';
import { commandLine } from '../support/command-line.js';
import { findProgram } from '../support/programs.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';
import { treeOf } from '../support/tree.js';

const OLD = [packagePath('v0.9.0-amd64')];
const NEW = [packagePath('v0.11.0-amd64'), packagePath('v0.11.0-arm64')];
const skopeo = findProgram('skopeo');
const never = { signal: new AbortController().signal };

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await bench.close();
});

/** What a folder target serves: its names with all that they lead to, and its charts. */
async function served(folder: string): Promise<unknown> {
  const index = readFileSync(join(folder, 'oci/index.json'), 'utf8');
  return { index, charts: await treeOf(join(folder, 'charts')) };
}

describe('a pack of two architectures', () => {
  it('imports to the same bytes as the packages, and the same packages give the same file', async () => {
    const packed = await bench.pack('site.tar', { packages: NEW });
    const bytes = readFileSync(packed.out);
    expect(packed.platforms).toEqual(['linux/amd64', 'linux/arm64']);
    expect(packed.sha512).toBe(createHash('sha512').update(bytes).digest('hex'));
    expect(readFileSync(`${packed.out}.sha512`, 'utf8')).toBe(`${packed.sha512}  site.tar\n`);
    const again = await bench.pack('again.tar', { packages: NEW, reread: true });
    expect(readFileSync(again.out).equals(bytes)).toBe(true);

    const [direct, carried] = [join(bench.directory, 'direct'), join(bench.directory, 'carried')];
    const first = await bench.import({ packages: NEW, target: { store: direct } });
    const second = await bench.import({ packages: [packed.out], target: { store: carried } });
    expect(second.result).toBe(first.result);
    expect(second.packages).toMatchObject([{ name: 'site.tar', version: '0.11.0' }]);
    expect(await served(carried)).toEqual(await served(direct));
    expect(second.problems.map(({ code }) => code).sort()).toEqual(
      first.problems.map(({ code }) => code).sort(),
    );
  });

  it('is read when it was unpacked, and when it was compressed', async () => {
    const packed = await bench.pack('site.tar', { packages: NEW, selection: { only: ['community/*'] } });
    const folder = join(bench.directory, 'unpacked');
    mkdirSync(folder);
    extract({ file: packed.out, cwd: folder, sync: true });
    writeFileSync(`${packed.out}.gz`, gzipSync(readFileSync(packed.out)));
    const results = [];
    for (const [at, path] of [packed.out, folder, `${packed.out}.gz`].entries()) {
      const store = join(bench.directory, `store-${String(at)}`);
      await bench.import({ packages: [path], target: { store } });
      results.push(await served(store));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it.skipIf(skopeo === null)('is an OCI archive for skopeo', async () => {
    const packed = await bench.pack('site.tar', { packages: NEW, selection: { only: ['sluice'] } });
    const name = 'docker.io/sluiceworks/controller:v0.14.6';
    const raw = execFileSync(skopeo ?? '', ['inspect', '--raw', `oci-archive:${packed.out}:${name}`]);
    const index = JSON.parse(String(raw)) as { manifests: { platform: { architecture: string } }[] };
    expect(index.manifests.map(({ platform }) => platform.architecture)).toEqual(['amd64', 'arm64']);
    const copied = join(bench.directory, 'copied');
    execFileSync(skopeo ?? '', [
      ...['copy', '--insecure-policy', '--all', '-q'],
      ...[`oci-archive:${packed.out}:${name}`, `dir:${copied}`],
    ]);
    expect(Object.keys(await treeOf(copied)).length).toBeGreaterThan(4);
  });

  it('leaves nothing behind when it cannot be finished', async () => {
    const cut = join(bench.directory, 'cut.tar.gz');
    writeFileSync(cut, readFileSync(NEW[0] ?? '').subarray(0, 60_000));
    const out = join(bench.directory, 'none.tar');
    const answer = await bench.engine.pack({ packages: [cut, NEW[1] ?? ''], out }, never);
    expect(answer).toMatchObject({ ok: false, problem: { origin: 'package' } });
    expect(Object.keys(await treeOf(bench.directory, 'state'))).toEqual(['cut.tar.gz']);
  });
});

describe('a delta', () => {
  const [OLD_ONE = ''] = OLD;
  const [NEW_ONE = ''] = NEW;

  it('is made against a report and against a folder target, too', async () => {
    const store = join(bench.directory, 'store');
    const report = await bench.import({ packages: [OLD_ONE], target: { store } });
    const file = join(bench.directory, 'report.json');
    writeFileSync(file, JSON.stringify(report));
    const againstPackages = await bench.pack('a.tar', { packages: [NEW_ONE], since: [OLD_ONE] });
    const againstStore = await bench.pack('b.tar', { packages: [NEW_ONE], since: [store] });
    const againstReport = await bench.pack('c.tar', { packages: [NEW_ONE], since: [file] });
    const whole = await bench.pack('d.tar', { packages: [NEW_ONE] });
    expect(againstStore.blobs).toBe(againstPackages.blobs);
    // a report names images, not layers: what a changed image shares with its former build is carried again
    expect(againstReport.blobs).toBeGreaterThanOrEqual(againstPackages.blobs);
    expect(againstReport.blobs).toBeLessThan(whole.blobs);
    const empty = join(bench.directory, 'empty');
    const refused = await bench.import({ packages: [againstReport.out], target: { store: empty } });
    const packages = basename(OLD_ONE);
    expect(refused.result).toBe('failed');
    expect(refused.problems).toMatchObject([{ code: 'run.base-missing', params: { packages } }]);
    expect(await treeOf(empty, '.archbridge')).toEqual({});
    const site = join(bench.directory, 'site');
    cpSync(store, site, { recursive: true });
    await bench.import({ packages: [againstReport.out], target: { store: site } });
    await bench.import({ packages: [NEW_ONE], target: { store } });
    expect(await served(site)).toEqual(await served(store));
  });

  it('is imported in one command with its base, in any order, into several targets', async () => {
    const run = commandLine(bench.directory);
    const delta = await bench.pack('upgrade.tar', { packages: NEW, since: OLD });
    const stores = ['north', 'south', 'whole'].map((name) => join(bench.directory, name));
    const [north = '', south = '', whole = ''] = stores;
    for (const store of [north, south]) await run('targets', 'add', basename(store), '--store', store);
    const planned = await run('plan', delta.out, ...OLD, '--store', north, '--json');
    expect(planned.stdout).not.toContain('run.base-missing');
    const first = await run('import', delta.out, ...OLD, '--target', 'north', '--target', 'south', '--json');
    const { reports } = JSON.parse(first.stdout) as {
      readonly reports: readonly { readonly report: Report }[];
    };
    const direct = await bench.import({ packages: [...OLD, ...NEW], target: { store: whole } });
    expect(reports.map(({ report }) => report.result)).toEqual([direct.result, direct.result]);
    const { needs } = JSON.parse(planned.stdout) as Plan;
    for (const { report } of reports) expect(report.totals.bytesSent).toBe(needs.bytesToSend);
    const expected = await served(whole);
    expect(await served(north)).toEqual(expected);
    expect(await served(south)).toEqual(expected);
    // the other order of the files, over what is there already
    const again = await run('import', ...OLD, delta.out, '--store', north, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ totals: { bytesSent: 0 } });
    expect(await served(north)).toEqual(expected);
  });
});
