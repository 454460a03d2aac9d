// Imports into zot, and undos there. When a tag moves to an index that lists what the tag held, zot takes the listed manifest out
// of the repository; no platform may be lost by that.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { Proof, Report } from '../../core/contract.js';
import { makeBundle, makeImage, makePackage, tinyBundle } from '../support/packages.js';
import { requireProgram } from '../support/programs.js';
import { allTags, readTag } from '../support/registry-reader.js';
import { actions, openBench, SEED, type Bench, type SeedPackage } from '../support/seed.js';
import { registryState, undo } from '../support/undoing.js';
import { startZot, type Zot, type ZotOptions } from '../support/zot-double.js';

const exec = promisify(execFile);
const { signal } = new AbortController();
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

interface Site {
  readonly bench: Bench;
  readonly zot: Zot;
  readonly imported: (...names: SeedPackage[]) => Promise<Report>;
  readonly verified: (run: string) => Promise<Proof>;
}

async function site(options: ZotOptions = {}): Promise<Site> {
  const zot = await startZot(options);
  const bench = await openBench();
  endings.push(
    () => zot.stop(),
    () => bench.close(),
  );
  const target = { registry: zot.url };
  return {
    bench,
    zot,
    imported: (...names) => bench.seed(names, target),
    verified: async (run) => {
      const answer = await bench.engine.verify({ run, target }, { signal });
      if (!answer.ok) throw new Error(answer.problem.message);
      return answer.value;
    },
  };
}

/** The platforms of every image tag; each child and blob was read. */
async function platformsIn({ zot }: Site): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {};
  for (const [repository, tags] of Object.entries(await allTags(zot.url))) {
    if (/^(addon|community)\//.test(repository)) continue;
    for (const tag of tags)
      found[`${repository}:${tag}`] = Object.keys((await readTag(zot.url, repository, tag))?.platforms ?? {});
  }
  return found;
}

describe('an import of a second architecture into zot', () => {
  it('leaves every child of every tag pullable', async () => {
    const at = await site();
    await at.imported('v0.9.0-amd64');
    const before = await platformsIn(at);
    const report = await at.imported('v0.9.0-arm64');
    // one image of the package is for another architecture
    expect(actions(report.images)).toEqual({ promote: 22, push: 1, skip: 1, blocked: 1 });
    expect(report.problems).toEqual([]);
    const after = await platformsIn(at);
    expect(Object.values(after).filter((platforms) => platforms.length === 2)).toHaveLength(22);
    for (const [name, platforms] of Object.entries(before))
      expect(after[name], name).toEqual(expect.arrayContaining([...platforms]));
    expect((await at.verified(report.run)).ok).toBe(true);
  });

  it('is pulled by skopeo for both', async () => {
    const at = await site();
    await at.imported('v0.9.0-amd64');
    await at.imported('v0.9.0-arm64');
    const [name = ''] = Object.entries(await platformsIn(at)).find(([, all]) => all.length === 2) ?? [];
    for (const arch of ['amd64', 'arm64']) {
      const source = `docker://${new URL(at.zot.url).host}/${name}`;
      const options = ['inspect', '--tls-verify=false', '--override-arch', arch, '--config', source];
      const { stdout } = await exec(requireProgram('skopeo'), options);
      expect(JSON.parse(stdout)).toMatchObject({ architecture: arch });
    }
  });
});

describe('two tags of one repository that share their images', () => {
  const target = (zot: Zot) => ({ registry: zot.url, noCharts: true });
  let paths: Readonly<Record<'amd64' | 'arm64', string>>;

  async function shared(): Promise<Site> {
    const at = await site();
    const written = ['amd64', 'arm64'].map(async (arch) => {
      const image = makeImage(['ghcr.io/team/app:1.0.0', 'ghcr.io/team/app:stable'], arch);
      const path = join(at.bench.directory, `team-full-package-v1.0.0-${arch}.tar.gz`);
      const body = makeBundle(tinyBundle('team', [image]));
      await writeFile(path, makePackage([{ path: 'addon/team_1.0.0.bundle.tar', body }]));
      return path;
    });
    const [amd64 = '', arm64 = ''] = await Promise.all(written);
    paths = { amd64, arm64 };
    for (const path of [amd64, arm64]) await at.bench.import({ packages: [path], target: target(at.zot) });
    return at;
  }

  const both = ['linux/amd64', 'linux/arm64'];
  const complete = { 'team/app:1.0.0': both, 'team/app:stable': both };

  /** Loses the image of a platform, as a killed import into zot does. */
  async function lose({ zot }: Site, platform: string): Promise<string> {
    const digest = (await readTag(zot.url, 'team/app', '1.0.0'))?.platforms[platform] ?? '';
    zot.lose('team/app', digest);
    return digest;
  }

  it('keep both platforms', async () => {
    expect(await platformsIn(await shared())).toEqual(complete);
  });

  it('have their lost image again after either package was imported again', async () => {
    const at = await shared();
    for (const arch of ['amd64', 'arm64'] as const) {
      await lose(at, 'linux/amd64');
      const report = await at.bench.import({ packages: [paths[arch]], target: target(at.zot) });
      expect(report.result).toBe('done');
      expect(await platformsIn(at)).toEqual(complete);
    }
  });

  it('are told as incomplete by an import that does not have the lost image', async () => {
    const at = await shared();
    await lose(at, 'linux/arm64');
    const report = await at.bench.import({ packages: [paths.amd64], target: target(at.zot) });
    expect(report.result).toBe('partial');
    expect(report.problems).toMatchObject([
      { code: 'run.platform-lost', params: { platform: 'linux/arm64' } },
      { code: 'run.platform-lost', params: { platform: 'linux/arm64' } },
    ]);
  });

  it('are found by verify and by the proof of an import, which is not done then', async () => {
    const at = await shared();
    const digest = await lose(at, 'linux/arm64');
    const report = await at.bench.import({
      packages: [paths.amd64],
      target: target(at.zot),
      verify: true,
    });
    expect(report.result).not.toBe('done');
    const proof = await at.verified(report.run);
    expect(proof.ok).toBe(false);
    for (const image of proof.images)
      expect(image.problems).toMatchObject([
        { code: 'verify.manifest-missing', params: { platform: 'linux/arm64', digest } },
      ]);
  });
});

describe('an audit of zot', () => {
  it('names the platform of a lost image, also when most images lost it', async () => {
    const at = await site();
    await at.imported('v0.9.0-amd64');
    await at.imported('v0.9.0-arm64');
    for (const name of Object.keys(await platformsIn(at))) {
      const [repository = '', tag = ''] = name.split(':');
      const digest = (await readTag(at.zot.url, repository, tag))?.platforms['linux/amd64'] ?? '';
      at.zot.lose(repository, digest);
    }
    const answer = await at.bench.engine.audit({ target: { registry: at.zot.url } }, { signal });
    if (!answer.ok) throw new Error(answer.problem.message);
    const images = answer.value.charts.flatMap((chart) => chart.images);
    const lacking = images.filter(
      (image) => image.state === 'one-platform' && image.lacking.includes('linux/amd64'),
    );
    expect(new Set(lacking.map(({ reference }) => reference)).size).toBe(22);
  });
});

describe('an undo in zot', () => {
  it('gives every tag what it held, with all of its children, after the garbage collection and when it is undone itself', async () => {
    const at = await site();
    const { bench, zot } = at;
    const target = { registry: zot.url };
    const states: { tags: unknown; platforms: unknown }[] = [];
    for (const name of SEED) {
      await at.imported(name);
      states.push({ tags: await registryState(zot.url), platforms: await platformsIn(at) });
    }
    const undone = async (runs: readonly string[], state: number) => {
      zot.collectGarbage();
      const report = await undo(bench, { runs, target });
      expect(report).toMatchObject({ result: 'done', problems: [] });
      expect(await registryState(zot.url)).toEqual(states[state]?.tags);
      expect(await platformsIn(at)).toEqual(states[state]?.platforms);
      return report.run;
    };
    const first = await undone(['latest'], 2);
    await undone([first], 3);
  });
});
