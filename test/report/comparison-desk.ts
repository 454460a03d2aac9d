// Test support: compares small packages on disk with a target in memory, as the engine does.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompareRequest, Coverage, RunEvent } from '../../core/contract.js';
import { digestOf } from '../../core/content/digest.js';
import {
  dockerLayer,
  encodeDockerManifest,
  encodeIndex,
  type RawManifest,
} from '../../core/content/manifest.js';
import { DOCKER_LIST } from '../../core/content/media-types.js';
import { parseReference } from '../../core/content/reference.js';
import { parsePackageName } from '../../core/package/source/names.js';
import { openPackage } from '../../core/package/source/open-package.js';
import { parseSelection } from '../../core/plan/selection.js';
import { comparePackages } from '../../core/report/compare/compare.js';
import { Counters } from '../../core/run/base/counters.js';
import type { PackageHistory } from '../../core/journal/known-versions.js';
import { Spool } from '../../core/run/base/spool.js';
import { MemoryTarget } from '../support/memory-target.js';
import {
  makeBundle,
  makeLayer,
  makePackage,
  tinyBundle,
  type TestBundle,
  type TestImage,
  type TestLayer,
} from '../support/packages.js';

export const AMD64 = 'addon-offline-full-package-v1.0.0-amd64.tar.gz';
export const ARM64 = 'addon-offline-full-package-v1.0.0-arm64.tar.gz';
export const NO_HISTORY: PackageHistory = { versionsOf: () => [] };

export interface ImageFields {
  readonly created?: string;
  readonly layers?: readonly TestLayer[];
  /** `config` of the config: entrypoint, env and so on. */
  readonly runtime?: Readonly<Record<string, unknown>>;
  readonly history?: readonly Readonly<Record<string, unknown>>[];
  readonly variant?: string;
  /** Windows of this version in the place of Linux. */
  readonly windows?: string;
  /** Makes this build differ from another one of the same name. */
  readonly build?: string;
}

export function image(name: string, architecture: string, fields: ImageFields = {}): TestImage {
  const { created = '2023-07-02T08:00:00Z', runtime = {}, variant, history, build = '1', windows } = fields;
  const layers = fields.layers ?? [makeLayer(`${name} ${architecture} ${build}`)];
  const rootfs = { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) };
  const os = windows === undefined ? { os: 'linux' } : { os: 'windows', 'os.version': windows };
  const config = { architecture, variant, ...os, created, config: runtime, rootfs, history };
  return { names: [name], config: Buffer.from(JSON.stringify(config)), architecture, layers };
}

/** The manifest that an import makes of an image. */
export function manifestOf({ config, layers }: TestImage): RawManifest {
  const stored = layers.map(({ digest, stored: bytes }) => dockerLayer(digest, bytes.length));
  return encodeDockerManifest({ digest: digestOf(config), size: config.length }, stored);
}

export class ComparisonDesk {
  readonly directory: string;
  readonly target = new MemoryTarget();
  readonly events: RunEvent[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async open(): Promise<ComparisonDesk> {
    return new ComparisonDesk(await mkdtemp(join(tmpdir(), 'compare-')));
  }

  close(): Promise<void> {
    return rm(this.directory, { recursive: true });
  }

  /** A package with one bundle per chart. The chart names only the first of its images. */
  async package(name: string, charts: Readonly<Record<string, readonly TestImage[]>>): Promise<string> {
    const files = Object.entries(charts).map(([chart, images]) => ({
      path: `addon/${chart}_1.0.0.bundle.tar`,
      body: makeBundle(bundleOf(chart, images)),
    }));
    return this.file(name, makePackage(files));
  }

  async file(name: string, bytes: Buffer): Promise<string> {
    const path = join(this.directory, name);
    await writeFile(path, bytes);
    return path;
  }

  /** The target serves these images under one tag, as an import leaves them. */
  serve(repository: string, tag: string, ...images: readonly TestImage[]): RawManifest {
    const manifests = images.map((one) => {
      this.target.blobs.set(`${repository}@${digestOf(one.config)}`, one.config);
      for (const { digest, stored } of one.layers) this.target.blobs.set(`${repository}@${digest}`, stored);
      const manifest = manifestOf(one);
      this.target.manifests.set(`${repository}@${manifest.digest}`, manifest);
      return { manifest, architecture: one.architecture };
    });
    const [only] = manifests;
    const descriptors = manifests.map(({ manifest: { mediaType, digest, bytes }, architecture }) => ({
      ...{ mediaType, digest, size: bytes.length },
      platform: { os: 'linux', architecture },
    }));
    const top = only && manifests.length === 1 ? only.manifest : encodeIndex(DOCKER_LIST, descriptors);
    this.target.set(repository, tag, top);
    return top;
  }

  async compare(
    packages: readonly string[],
    request: Partial<CompareRequest> = {},
    more: { readonly history?: PackageHistory; readonly alone?: boolean; readonly sha512?: string } = {},
  ): Promise<Coverage> {
    const { signal } = new AbortController();
    const sources = await Promise.all(packages.map((path) => openPackage(path, { signal })));
    const summary = { kind: 'registry', location: 'http://memory.test', charts: [] } as const;
    const spool = new Spool(join(this.directory, 'spool'));
    const coverage = await comparePackages({
      ...{ request: { packages, ...request }, sources, spool, signal },
      packages: sources.map(({ path, fileName, bytes }) => {
        const { version, arch } = parsePackageName(fileName);
        return { path, name: fileName, version, arch, bytes, sha512: null };
      }),
      target: more.alone ? null : { images: this.target, summary, tagsRead: '' },
      rules: more.alone ? {} : { containerRegistry: 'memory.test' },
      convertToOci: false,
      selection: parseSelection(request.selection),
      required: parseSelection({ platforms: request.requirePlatforms ?? [] }).platforms,
      history: more.history ?? NO_HISTORY,
      versionOf: () => null,
      sourcesOf: () => [],
      counters: new Counters(() => undefined),
      stateDir: join(this.directory, 'state'),
      expectedSha512: () => more.sha512 ?? null,
      emit: (event) => this.events.push(event),
    });
    await spool.close();
    return coverage;
  }
}

/** `state` or `state reason` of one platform of one image, `stale` before it. */
export function cell(coverage: Coverage, source: string, platform: string): string {
  const found = coverage.images.find((one) => one.sources.includes(source))?.cells[platform];
  if (!found) return 'none';
  return [...(found.stale ? ['stale'] : []), found.state, found.reason]
    .filter((word) => word !== '')
    .join(' ');
}

export function bundleOf(
  chart: string,
  images: readonly TestImage[],
  names = images[0]?.names?.[0],
): TestBundle {
  const { registry = '', repository = '', tag = '' } = names ? (parseReference(names) ?? {}) : {};
  const values = `image:\n  registry: ${registry}\n  repository: ${repository}\n  tag: "${tag}"\n`;
  const bundle = tinyBundle(chart, images);
  return { ...bundle, chart: { ...bundle.chart, 'values.yaml': values } };
}
