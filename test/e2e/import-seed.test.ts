// The main job with the genuine packages: every tag ends with every platform, in each kind of target, for each client.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseReference } from '../../core/content/reference.js';
import type { Report } from '../../core/contract.js';
import { requireProgram } from '../support/programs.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { allTags, readTag } from '../support/registry-reader.js';
import { renderedImages } from '../support/render.js';
import { actions, openBench, SEED, type Bench } from '../support/seed.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const run = promisify(execFile);

const childrenSchema = z.record(
  z.string(),
  z.record(z.string(), z.object({ digest: z.string(), platform: z.string(), size: z.number() })),
);
type Children = z.infer<typeof childrenSchema>;

function golden(version: string): Children {
  const file = join(PROJECT_ROOT, `test/fixtures/golden/children-${version}.json`);
  return childrenSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Tag to platform to manifest digest after all four packages, from the goldens; `null`: cannot be compared by digest. */
function expectedTags(): Readonly<Record<string, Readonly<Record<string, string | null>>>> {
  const tags: Record<string, Record<string, string | null>> = {};
  for (const version of ['v0.9.0', 'v0.11.0']) {
    for (const [name, byArch] of Object.entries(golden(version))) {
      // The vendor's tool writes the end of this name twice (docs/decisions/0002), when pushing and when rendering.
      const tag = name.replace('lightworks/lens/lightworks/lens', 'lightworks/lens');
      const platforms = (tags[tag] ??= {});
      for (const { platform, digest } of Object.values(byArch)) {
        // The config says arm64, the program is for amd64: it is left out.
        if (tag.startsWith('ropewalk/twister:') && platform === 'linux/arm64') continue;
        // The v0.11.0 image was built before that of v0.9.0, and an older image does not replace a newer one.
        if (tag === 'driftnet/collector:0.9.0' && platforms[platform]) continue;
        // The vendor's tool compresses this layer each time, with bytes that depend on its version.
        platforms[platform] = tag.startsWith('sluiceworks/gatebox') ? null : digest;
      }
    }
  }
  return tags;
}

function expectSeedReports(reports: readonly Report[]): void {
  expect(reports.map((report) => report.result)).toEqual(['done', 'partial', 'done', 'partial']);
  expect(reports.map((report) => actions(report.images))).toMatchInlineSnapshot(`
    [
      {
        "push": 25,
      },
      {
        "blocked": 1,
        "promote": 22,
        "push": 1,
        "skip": 1,
      },
      {
        "conflict": 1,
        "push": 9,
        "replace": 4,
        "skip": 13,
      },
      {
        "blocked": 1,
        "conflict": 1,
        "promote": 10,
        "replace": 4,
        "skip": 12,
      },
    ]
  `);
  const blocked = reports.flatMap((report) => report.images.filter((image) => image.action === 'blocked'));
  const leftOut = {
    source: 'docker.io/ropewalk/twister:stable-v0.7.0',
    platform: 'linux/arm64',
    reason: 'mislabelled',
    after: { platforms: ['linux/amd64'] },
  };
  expect(blocked).toMatchObject([leftOut, leftOut]);
  const conflicts = reports.flatMap((report) => report.images.filter((image) => image.action === 'conflict'));
  expect(conflicts.map((image) => [image.source, image.platform, image.reason])).toEqual([
    ['ghcr.io/driftnet/collector:0.9.0', 'linux/amd64', 'older'],
    ['ghcr.io/driftnet/collector:0.9.0', 'linux/arm64', 'older'],
  ]);
}

describe.each([2, 3] as const)('distribution %i', (version) => {
  let registry: RunningRegistry;
  let bench: Bench;
  const reports: Report[] = [];

  beforeAll(async () => {
    registry = await startRegistry({ version });
    bench = await openBench();
    for (const name of SEED) reports.push(await bench.seed([name], { registry: registry.url }));
  }, 120_000);
  afterAll(async () => {
    await registry.stop();
    await bench.close();
  });

  it('imports all four packages; only the older build is left out', () => {
    expectSeedReports(reports);
  });

  it('serves under every tag what the goldens contain, down to the last blob', async () => {
    for (const [name, platforms] of Object.entries(expectedTags())) {
      const [repository = '', tag = ''] = name.split(':');
      const served = await readTag(registry.url, repository, tag);
      expect(Object.keys(served?.platforms ?? {}).sort(), name).toEqual(Object.keys(platforms).sort());
      for (const [platform, digest] of Object.entries(platforms)) {
        if (digest) expect(served?.platforms[platform], `${name} ${platform}`).toBe(digest);
      }
      const isIndex = Object.keys(platforms).length > 1;
      expect(served?.mediaType, name).toBe(
        `application/vnd.docker.distribution.manifest.${isIndex ? 'list.' : ''}v2+json`,
      );
    }
  });

  it('has no other image tags except those of digest references', async () => {
    const tags = await allTags(registry.url);
    const names = Object.entries(tags).flatMap(([repository, list]) =>
      list.map((tag) => `${repository}:${tag}`),
    );
    const extra = names.filter((name) => !(name in expectedTags()) && !/^(addon|community)\//.test(name));
    expect(
      extra.every((name) => /^mooring\/operator:pin-[0-9a-f]{16}$/.test(name)),
      extra.join(),
    ).toBe(true);
    expect(extra).toHaveLength(2);
  });

  it('can be pulled by skopeo for each platform, and by crane', async () => {
    for (const [name, platforms] of Object.entries(expectedTags())) {
      for (const platform of Object.keys(platforms)) {
        const [os = '', arch = '', variant] = platform.split('/');
        const { stdout } = await run(requireProgram('skopeo'), [
          ...[
            '--override-os',
            os,
            '--override-arch',
            arch,
            ...(variant ? ['--override-variant', variant] : []),
          ],
          ...['inspect', '--tls-verify=false', `docker://${registry.host}/${name}`],
        ]);
        const { Architecture } = z.looseObject({ Architecture: z.string() }).parse(JSON.parse(stdout));
        expect(Architecture, `${name} ${platform}`).toBe(arch);
      }
      await run(requireProgram('crane'), ['validate', '--insecure', '--remote', `${registry.host}/${name}`]);
    }
  });

  it('renders every chart from OCI, and each image of it is there', async () => {
    const tags = await allTags(registry.url);
    const charts = Object.entries(tags).filter(([repository]) => /^(addon|community)\//.test(repository));
    expect(charts.length).toBeGreaterThan(15);
    for (const [repository, versions] of charts) {
      for (const tag of versions) {
        const chart = `oci://${registry.host}/${repository}`;
        const images = await renderedImages(chart, '--version', tag.replace('_', '+'), '--plain-http');
        for (const image of images) {
          const reference = parseReference(image);
          expect(reference?.registry, `${repository}:${tag} renders ${image}`).toBe(registry.host);
          const served = await readTag(
            registry.url,
            reference?.repository ?? '',
            reference?.digest ?? reference?.tag ?? '',
          );
          expect(served, `${repository}:${tag} renders ${image}`).not.toBeNull();
        }
      }
    }
  });

  it('sends nothing and writes nothing the second time', async () => {
    const before = await allTags(registry.url);
    for (const name of ['v0.11.0-amd64', 'v0.11.0-arm64'] as const) {
      const again = await bench.seed([name], { registry: registry.url });
      const isLeftOut = name.endsWith('arm64');
      expect(again.result).toBe(isLeftOut ? 'partial' : 'done');
      expect(again.totals).toMatchObject({ bytesSent: 0, bytesMounted: 0, chartBytesSent: 0 });
      const { skip, conflict, ...others } = actions(again.images);
      expect(others).toEqual(isLeftOut ? { blocked: 1 } : {});
      expect(conflict).toBe(1);
      expect(skip).toBeGreaterThan(20);
      expect(Object.keys(actions(again.charts))).toEqual(['skip']);
    }
    expect(await allTags(registry.url)).toEqual(before);
  });
});
