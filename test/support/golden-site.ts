// A site as the vendor's tool left it: the recorded tags in a real registry, the recorded charts in a ChartMuseum.
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { createChartMuseum } from '../../core/chart-repo/chartmuseum.js';
import { packChart } from '../../core/chart/files/archive.js';
import { readChart } from '../../core/chart/files/chart.js';
import type { ChartFiles } from '../../core/chart/types.js';
import { isDigest, type Digest } from '../../core/content/digest.js';
import { parseManifest, type RawManifest } from '../../core/content/manifest.js';
import { openFolderTarget, type FolderTarget } from '../../core/folder/folder-target.js';
import { createRegistryTarget } from '../../core/registry/registry-target.js';
import { createTransport } from '../../core/registry/http/transport.js';
import type { ImageTarget } from '../../core/ports/image-target.js';
import { fixtureCharts, goldenCases } from '../chart/fixture-charts.js';
import { startChartMuseum, type Museum } from './chartmuseum.js';
import { startRegistry, type RunningRegistry } from './registries.js';
import { renderedImages } from './render.js';
import { openBench, packagePath, SEED } from './seed.js';
import { PROJECT_ROOT } from './source-tree.js';
import { tinyImage, pushImages } from './tiny-image.js';

const never = { signal: new AbortController().signal };
/** The registry's address in the recordings. */
const RECORDED = 'localhost:5100';

const registrySchema = z.record(
  z.string(),
  z.record(z.string(), z.looseObject({ digest: z.custom<Digest>(isDigest), platforms: z.array(z.string()) })),
);
const chartsSchema = z.record(z.string(), z.looseObject({ name: z.string(), version: z.string() }));
const renderedSchema = z.record(z.string(), z.record(z.string(), z.string()));

/** Manifests and blobs of all genuine packages, by digest. */
export interface PackageContents {
  manifest(digest: Digest): Promise<RawManifest | null>;
  blob(digest: Digest): Promise<Buffer | null>;
  close(): Promise<void>;
}

export async function packageContents(): Promise<PackageContents> {
  const bench = await openBench();
  // One store for each package, because in a common one later images would replace earlier ones.
  const stores: FolderTarget[] = [];
  for (const name of SEED) {
    const target = { store: join(bench.directory, name), noCharts: true };
    await bench.import({ packages: [packagePath(name)], target, allowMislabelled: true });
    stores.push(await openFolderTarget(target.store, never));
  }
  const first = async <T>(ask: (store: FolderTarget) => Promise<T | null>): Promise<T | null> => {
    for (const store of stores) {
      const found = await ask(store);
      if (found !== null) return found;
    }
    return null;
  };
  return {
    manifest: (digest) => first((store) => store.getManifest('', digest, never)),
    blob: (digest) => first((store) => store.getBlob('', digest, never)),
    close: async () => {
      for (const store of stores) await store.close();
      await bench.close();
    },
  };
}

export interface GoldenSite {
  readonly registry: RunningRegistry;
  readonly museum: Museum;
  /** Recorded digest to the digest of the image in its place, where the very image cannot be made again. */
  readonly standIns: ReadonlyMap<string, string>;
  /** `<chart>-<version>` to what helm finds in the published chart, with this site's addresses. */
  rendered(): Promise<ReadonlyMap<string, readonly string[]>>;
  close(): Promise<void>;
}

/** `name`: a case, or a step of one (`sequence-arm64-amd64/2-v0.9.0-amd64`). */
export async function openGoldenSite(name: string, contents: PackageContents): Promise<GoldenSite> {
  const folder = join(PROJECT_ROOT, 'test/fixtures/golden', name);
  const registry = await startRegistry({ version: 2 });
  const museum = await startChartMuseum();
  const target = createRegistryTarget({ url: registry.url, retryPauses: [] });
  const standIns = new Map<string, string>();
  for (const [repository, tags] of Object.entries(
    registrySchema.parse(readJson(join(folder, 'registry.json'))),
  )) {
    for (const [tag, { digest, platforms }] of Object.entries(tags)) {
      const stored = await putRecorded(target, repository, tag, digest, platforms, contents);
      if (stored !== digest) standIns.set(digest, stored);
    }
  }
  const charts = publishedCharts(name, folder, registry.host, standIns);
  const transport = createTransport({ origin: 'chart-repo', allowedHosts: [new URL(museum.url).host] });
  const repository = createChartMuseum({ url: museum.url, transport });
  for (const files of charts.values()) {
    const chart = readChart(files);
    const archive = packChart(chart.name, files);
    await repository.putChart({ name: chart.name, version: chart.version, archive, provenance: null }, never);
  }
  return {
    registry,
    museum,
    standIns,
    rendered: () => renderAll(charts),
    close: async () => {
      await transport.close();
      await target.close();
      await museum.close();
      await registry.stop();
    },
  };
}

/** The content of a case's `rendered.json`, with a site's addresses. */
export function recordedStates(name: string, site: GoldenSite): ReadonlyMap<string, string> {
  const path = join(PROJECT_ROOT, 'test/fixtures/golden', name, 'rendered.json');
  const charts = Object.entries(renderedSchema.parse(readJson(path)));
  return new Map(
    charts.flatMap(([chart, images]) =>
      Object.entries(images).map(([image, state]) => [
        `${chart} ${inSite(image, site.registry.host, site.standIns)}`,
        state,
      ]),
    ),
  );
}

/** Pushes the very image where the packages have it, otherwise small ones for the recorded platforms; returns the tag's digest. */
async function putRecorded(
  target: ImageTarget,
  repository: string,
  tag: string,
  digest: Digest,
  platforms: readonly string[],
  contents: PackageContents,
): Promise<string> {
  const manifest = await contents.manifest(digest);
  const image = manifest && parseManifest(manifest.bytes, manifest.mediaType);
  if (manifest && image?.kind === 'manifest') {
    for (const { digest: blob } of [image.config, ...image.layers]) {
      const bytes = await contents.blob(blob);
      if (!bytes) throw new Error(`the packages lack ${blob}`);
      await target.putBlob(repository, blob, bytes.length, bytes, never);
    }
    await target.putManifest(repository, tag, manifest, never);
    return digest;
  }
  const images = platforms.map((platform) => {
    const [, architecture = ''] = platform.split('/');
    return tinyImage(architecture, `${repository}:${tag} ${digest}`);
  });
  const index = await pushImages(target, repository, tag, images, never);
  const [single] = images;
  if (images.length > 1 || !single) return index.digest;
  await target.putManifest(repository, tag, single.manifest, never);
  return single.manifest.digest;
}

/** The charts in the case's ChartMuseum at its end, with the values that the tool wrote into them. */
function publishedCharts(
  name: string,
  folder: string,
  host: string,
  standIns: ReadonlyMap<string, string>,
): ReadonlyMap<string, ChartFiles> {
  const [caseName = '', step] = name.split('/');
  // Later steps of a sequence record only what changed.
  const values = new Map<string, Readonly<Record<string, string>>>();
  for (const golden of goldenCases()) {
    const [goldenCase, goldenStep = ''] = golden.name.split('/');
    if (goldenCase !== caseName || (step !== undefined && goldenStep > step)) continue;
    for (const [chart, texts] of Object.entries(golden.values)) values.set(chart, texts);
  }
  const charts = new Map<string, ChartFiles>();
  for (const [key, { name: chartName, version }] of Object.entries(
    chartsSchema.parse(readJson(join(folder, 'charts.json'))),
  )) {
    const fixture = fixtureCharts().find(
      ({ files }) => readChart(files).name === chartName && readChart(files).version === version,
    );
    if (!fixture) throw new Error(`no fixture chart ${key}`);
    const texts = Object.entries(values.get(key) ?? {}).map(
      ([path, text]) => [path, Buffer.from(inSite(text, host, standIns))] as const,
    );
    charts.set(key, new Map([...fixture.files, ...texts]));
  }
  return charts;
}

function inSite(text: string, host: string, standIns: ReadonlyMap<string, string>): string {
  let result = text.replaceAll(RECORDED, host);
  for (const [recorded, actual] of standIns) result = result.replaceAll(recorded, actual);
  return result;
}

async function renderAll(
  charts: ReadonlyMap<string, ChartFiles>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const scratch = await mkdtemp(join(tmpdir(), 'archbridge-golden-'));
  const rendered = new Map<string, readonly string[]>();
  try {
    for (const [key, files] of charts) {
      const folder = join(scratch, key, readChart(files).name);
      for (const [path, bytes] of files) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), bytes);
      }
      rendered.set(key, await renderedImages(folder));
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
  return rendered;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
