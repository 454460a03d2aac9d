// For every setting with which the vendor's tool was recorded: the engine pushes the same image under the same name.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { losesPorts, ourName } from '../chart/golden-exceptions.js';
import { goldenCases } from '../chart/fixture-charts.js';
import { openBench, packagePath, type Bench, type SeedPackage } from '../support/seed.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const registrySchema = z.record(
  z.string(),
  z.record(z.string(), z.looseObject({ digest: z.string(), config: z.string() })),
);
const indexSchema = z.looseObject({ manifests: z.array(z.looseObject({ digest: z.string() })) });
const manifestSchema = z.looseObject({ config: z.looseObject({ digest: z.string() }) });
const layoutSchema = z.looseObject({
  manifests: z.array(z.looseObject({ digest: z.string(), annotations: z.record(z.string(), z.string()) })),
});

/** Recorded into an empty target with one package; the others are sequences with a different outcome (docs/decisions/0002). */
const cases = goldenCases().filter(
  ({ name, packages }) => packages.length === 1 && name !== 'no-rule' && name !== 'over-existing-indexes',
);

describe('names and images', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(async () => {
    await bench.close();
  });

  async function blob(store: string, digest: string): Promise<unknown> {
    return JSON.parse(await readFile(join(store, 'oci/blobs/sha256', digest.slice(7)), 'utf8'));
  }

  /** Name without its host to the digests of its single child and the child's config. */
  async function named(store: string): Promise<ReadonlyMap<string, { manifest: string; config: string }>> {
    const layout = layoutSchema.parse(JSON.parse(await readFile(join(store, 'oci/index.json'), 'utf8')));
    const found = new Map<string, { manifest: string; config: string }>();
    for (const { digest, annotations } of layout.manifests) {
      const name = annotations['org.opencontainers.image.ref.name'] ?? '';
      const [child] = indexSchema.parse(await blob(store, digest)).manifests;
      const { config } = manifestSchema.parse(await blob(store, child?.digest ?? ''));
      found.set(name.replace(/^[^/]*[.:][^/]*\//, ''), {
        manifest: child?.digest ?? '',
        config: config.digest,
      });
    }
    return found;
  }

  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (name, golden) => {
    const [held] = golden.packages;
    const seed = `${held?.version ?? ''}-${held?.arch ?? ''}` as SeedPackage;
    const store = join(bench.directory, name);
    const report = await bench.import({
      packages: [packagePath(seed)],
      target: { store, naming: golden.rules, noCharts: true },
      // The vendor's tool does not look at programs.
      allowMislabelled: true,
    });
    expect(report.result).toBe('done');
    const ours = await named(store);
    const registry = registrySchema.parse(
      JSON.parse(readFileSync(join(PROJECT_ROOT, `test/fixtures/golden/${name}/registry.json`), 'utf8')),
    );
    const theirs = Object.entries(registry).flatMap(([repository, tags]) =>
      Object.entries(tags).map(([tag, image]) => ({ name: ourName(`${repository}:${tag}`), ...image })),
    );
    for (const image of theirs) {
      const found = ours.get(image.name);
      expect(found?.config, image.name).toBe(image.config);
      // The only layer that has to be compressed on the way.
      if (!image.name.includes('gatebox:')) expect(found?.manifest, image.name).toBe(image.digest);
    }
    const more = [...ours.keys()].filter((one) => !theirs.some((image) => image.name === one));
    const isOurs = (one: string) =>
      /operator:pin-/.test(one) || (losesPorts(golden.rules) && /gangway|\/web:|\/job:/.test(one));
    expect(more.filter((one) => !isOurs(one))).toEqual([]);
  });
});
