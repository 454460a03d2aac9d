// Upgrades of one architecture after the other in `compare`: which platforms are stale, computed from the lists of source images,
// and whether it predicts what the import does, in each kind of target.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CellState, CompareRequest, Coverage, Plan, Report, TargetSpec } from '../../core/contract.js';
import { familiarReference, parseReference } from '../../core/content/reference.js';
import { startRegistry, type RunningRegistry, versionsFor } from '../support/registries.js';
import { allTags } from '../support/registry-reader.js';
import { openBench, packagePath, type Bench, type SeedPackage } from '../support/seed.js';
import { PROJECT_ROOT } from '../support/source-tree.js';
import { treeOf } from '../support/tree.js';

const imagesSchema = z.record(
  z.string(),
  z.object({ children: z.record(z.string(), z.string()), created: z.string().nullable() }),
);
type SourceImages = ReadonlyMap<string, z.infer<typeof imagesSchema>[string]>;

/** Canonical name to the digests in the vendor's registry when the packages of that version were made. */
function sourceImages(version: string): SourceImages {
  const file = join(PROJECT_ROOT, `test/fixtures/golden/source/${version}-images.json`);
  const parsed = imagesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return new Map(
    Object.entries(parsed).map(([name, image]) => {
      const reference = parseReference(name);
      if (!reference) throw new Error(name);
      return [familiarReference(reference), image];
    }),
  );
}

const before = sourceImages('v0.9.0');
const after = sourceImages('v0.11.0');
const MISLABELLED = 'docker.io/ropewalk/twister:stable-v0.7.0 linux/arm64';

function isOlderBuild(name: string): boolean {
  const times = [before, after].map((images) => Date.parse(images.get(name)?.created ?? ''));
  const [was = NaN, is = NaN] = times;
  return was > 0 && is > 0 && is < was;
}

/** Images that v0.11.0 rebuilt under the same tag for this architecture. */
function rebuilt(arch: string): readonly string[] {
  return [...after.keys()].filter((name) => {
    const [was, is] = [before.get(name)?.children[arch], after.get(name)?.children[arch]];
    return was !== undefined && is !== undefined && was !== is;
  });
}

/** After v0.11.0 for amd64 alone: amd64 is new, arm64 is that of v0.9.0. Images with an older build do not change. */
const STALE = rebuilt('amd64')
  .filter((name) => !isOlderBuild(name) && before.get(name)?.children['arm64'] !== undefined)
  .sort();
const CONFLICTS = rebuilt('amd64').filter(isOlderBuild);

function staleIn(coverage: Coverage): readonly string[] {
  return coverage.images.flatMap(({ source, cells }) =>
    Object.entries(cells).flatMap(([platform, { stale }]) => (stale ? [`${source} ${platform}`] : [])),
  );
}

function states(coverage: Coverage, state: CellState): readonly string[] {
  return coverage.images.flatMap(({ source, cells }) =>
    Object.entries(cells).flatMap(([platform, cell]) =>
      cell.state === state ? [`${source} ${platform}`] : [],
    ),
  );
}

const STATE_OF = {
  ...{ push: 'add', promote: 'add', add: 'add', repair: 'add', replace: 'replace', skip: 'same' },
  ...{ keep: 'keep', conflict: 'conflict', blocked: 'mislabelled', failed: 'missing' },
} as const;

/** The cells of images in the packages, in the form in which an import or a plan reports them: `target platform state reason`. */
function fromRows({ images }: Report | Plan): readonly string[] {
  const rows = images.map(({ target, platform, action, reason }) => {
    const isPlain = reason === 'absent' || reason === 'other-platform' || reason === 'same-digest';
    return `${target} ${platform} ${STATE_OF[action]} ${isPlain ? '' : reason}`;
  });
  return rows.sort();
}

function fromCoverage(coverage: Coverage): readonly string[] {
  const rows = coverage.images.flatMap(({ target, cells }) =>
    Object.entries(cells).flatMap(([platform, { state, reason }]) =>
      state === 'keep' || state === 'not-used' ? [] : [`${target} ${platform} ${state} ${reason}`],
    ),
  );
  return rows.sort();
}

it('the source lists contain what these tests expect', () => {
  expect(STALE).toHaveLength(4);
  expect(CONFLICTS).toEqual(['ghcr.io/driftnet/collector:0.9.0']);
});

describe.each(['folder', ...versionsFor(3).map((version) => `distribution ${version}` as const)] as const)(
  'in a %s',
  (kind) => {
    let bench: Bench;
    let registry: RunningRegistry | null = null;
    let target: TargetSpec;

    async function compare(
      packages: readonly SeedPackage[],
      more: Partial<CompareRequest> = {},
    ): Promise<Coverage> {
      const { signal } = new AbortController();
      const request = { packages: packages.map(packagePath), target, ...more };
      const answer = await bench.engine.compare(request, { signal });
      if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
      return answer.value;
    }

    /** Everything in the target. */
    async function content(): Promise<unknown> {
      return registry
        ? [await treeOf(registry.storageDir), await allTags(registry.url)]
        : treeOf(join(bench.directory, 'store'));
    }

    /** Imports; the comparison and the plan right before it must have predicted the same. */
    async function importAsForetold(name: SeedPackage): Promise<Report> {
      const foretold = await compare([name]);
      const { signal } = new AbortController();
      const planned = await bench.engine.plan({ packages: [packagePath(name)], target }, { signal });
      expect(planned.ok && fromRows(planned.value)).toEqual(fromCoverage(foretold));
      const report = await bench.seed([name], target);
      expect(fromRows(report)).toEqual(fromCoverage(foretold));
      for (const image of report.images) {
        const row = foretold.images.find((one) => one.target === image.target);
        const held = image.after === null || image.after === 'unreadable' ? [] : image.after.platforms;
        expect(row?.after.toSorted(), image.target).toEqual(held.toSorted());
      }
      return report;
    }

    beforeAll(async () => {
      bench = await openBench();
      if (kind !== 'folder') registry = await startRegistry({ version: kind === 'distribution 2' ? 2 : 3 });
      target = registry ? { registry: registry.url } : { store: join(bench.directory, 'store') };
    }, 60_000);
    afterAll(async () => {
      await registry?.stop();
      await bench.close();
    });

    it('shows an empty target as empty, and writes nothing to it', async () => {
      const coverage = await compare(['v0.9.0-amd64', 'v0.9.0-arm64']);
      expect(states(coverage, 'mislabelled')).toEqual([MISLABELLED]);
      for (const state of ['same', 'replace', 'keep', 'conflict', 'missing', 'unreadable'] as const)
        expect(states(coverage, state)).toEqual([]);
      expect(Object.values(coverage.summary).map(({ now, stale }) => [now, stale])).toEqual([
        [0, 0],
        [0, 0],
      ]);
      expect(staleIn(coverage)).toEqual([]);
      if (registry) expect(await allTags(registry.url)).toEqual({});
      else await expect(treeOf(join(bench.directory, 'store'))).rejects.toThrow('ENOENT');
    }, 60_000);

    it('predicts v0.9.0 for both architectures, after which nothing is stale', async () => {
      for (const name of ['v0.9.0-amd64', 'v0.9.0-arm64'] as const) {
        expect((await importAsForetold(name)).result).not.toBe('failed');
      }
      const coverage = await compare(['v0.9.0-amd64', 'v0.9.0-arm64']);
      expect(states(coverage, 'add')).toEqual([]);
      expect(staleIn(coverage)).toEqual([]);
    }, 120_000);

    it('says before v0.11.0 for amd64 alone which arm64 images will be stale', async () => {
      const coverage = await compare(['v0.11.0-amd64']);
      expect(staleIn(coverage)).toEqual(STALE.map((name) => `${name} linux/arm64`));
      expect(states(coverage, 'replace')).toEqual(STALE.map((name) => `${name} linux/amd64`));
      expect(states(coverage, 'conflict')).toEqual(CONFLICTS.map((name) => `${name} linux/amd64`));
      expect(coverage.summary['linux/arm64']?.stale).toBe(STALE.length);
    }, 60_000);

    it('shows exactly these as stale afterwards, while no tag has lost arm64', async () => {
      const had = await compare(['v0.11.0-amd64']);
      await importAsForetold('v0.11.0-amd64');
      const unchanged = await content();
      const coverage = await compare(['v0.11.0-amd64']);
      expect(await content()).toEqual(unchanged);
      expect(staleIn(coverage)).toEqual(STALE.map((name) => `${name} linux/arm64`));
      for (const { source, cells } of coverage.images) {
        const cell = cells['linux/arm64'];
        const wasThere = had.images.find((one) => one.source === source)?.before.includes('linux/arm64');
        expect(cell?.state, source).toBe(wasThere ? 'keep' : 'not-used');
        if (cell?.stale) expect(cell).toMatchObject({ from: 'target', version: '0.9.0' });
      }
      expect(states(coverage, 'same').length + CONFLICTS.length).toBe(coverage.images.length);
    }, 120_000);

    it('shows that v0.11.0 for arm64 makes all of them current, before and after it', async () => {
      const foretold = await compare(['v0.11.0-arm64']);
      expect(staleIn(foretold)).toEqual([]);
      expect(states(foretold, 'replace')).toEqual(STALE.map((name) => `${name} linux/arm64`));
      await importAsForetold('v0.11.0-arm64');
      for (const packages of [
        ['v0.11.0-amd64'],
        ['v0.11.0-arm64'],
        ['v0.11.0-amd64', 'v0.11.0-arm64'],
      ] as const) {
        const coverage = await compare(packages);
        expect(staleIn(coverage)).toEqual([]);
        expect([...states(coverage, 'add'), ...states(coverage, 'replace')]).toEqual([]);
        expect(coverage.images.every(({ bytesToSend }) => bytesToSend === 0)).toBe(true);
      }
      const all = await compare(['v0.11.0-amd64', 'v0.11.0-arm64']);
      expect(states(all, 'conflict')).toEqual(
        CONFLICTS.flatMap((name) => [`${name} linux/amd64`, `${name} linux/arm64`]),
      );
    }, 120_000);

    it('calls nothing stale without the journals, which hold the versions', async () => {
      const other = await openBench();
      try {
        const { signal } = new AbortController();
        const request = { packages: [packagePath('v0.11.0-amd64')], target };
        const answer = await other.engine.compare(request, { signal });
        expect(answer.ok && staleIn(answer.value)).toEqual([]);
      } finally {
        await other.close();
      }
    }, 60_000);
  },
);
