// Makes a pack of packages: looks at them, composes the list, and writes the file in a second pass.
import { basename, dirname, resolve } from 'node:path';
import { describePlatform, distinctPlatforms } from '../content/platform.js';
import type { Reference } from '../content/reference.js';
import type { Packed, PackedPackage } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import { examinePackage } from '../inspect/examine-package.js';
import { packageLabels } from '../inspect/package-labels.js';
import { provePackage } from '../inspect/package-proof.js';
import { replaceFile } from '../layout/durable-file.js';
import { freeBytes } from '../layout/free-space.js';
import type { PackageSource } from '../package/source/open-package.js';
import type { SelectionRules } from '../plan/selection.js';
import type { Cancellable } from '../ports/cancellable.js';
import { arrangeBundles } from './arrange-bundles.js';
import { chooseImages, type NamedImages } from './choose-images.js';
import { BundleCollector } from './collect-bundles.js';
import { composePack, type ComposedPack } from './compose-list.js';
import type { HeldBlobs } from './held-blobs.js';
import { PackFile } from './pack-file.js';
import type { StoredDocs } from './stored-docs.js';
import { writePack } from './write-pack.js';

export interface LookOptions extends Cancellable {
  readonly selection: SelectionRules;
  readonly imageName: Reference | null;
  /** SHA-512 in hex that a package must have; null: none is known. */
  readonly expectedSha512: (source: PackageSource) => string | null;
  /** The inspect cache lies under it. */
  readonly stateDir: string;
  readonly reread: boolean;
  /** Told often while a package is read. */
  readonly tell: (pass: number, source: PackageSource, bytesRead: number, current: string) => void;
}

/** A package after the first pass. */
export interface LookedAt {
  readonly source: PackageSource;
  readonly label: PackedPackage;
  readonly found: BundleCollector;
}

/** Reads a package, or what is known of it. Throws the problem of a package that is damaged as a whole. */
export async function lookInto(
  source: PackageSource,
  packageAt: number,
  docs: StoredDocs,
  options: LookOptions,
): Promise<LookedAt> {
  const { stateDir, reread, signal } = options;
  const tell = (bytesRead: number, current: string): void => options.tell(1, source, bytesRead, current);
  const found = new BundleCollector({ ...options, packageAt, docs, tell });
  const examined = await examinePackage(source, found, {
    ...{ stateDir, reread, signal, programs: true },
    sha512: source.kind === 'file',
  });
  const { problem, sha512 } = provePackage(source, options.expectedSha512(source), examined);
  if (problem) throw problem;
  const paths = found.bundles.map((bundle) => bundle.path);
  const images = found.bundles.flatMap((bundle) => bundle.images);
  const { version, arch } = packageLabels(
    source.fileName,
    paths,
    images.map(({ platform }) => platform.architecture),
  );
  return { source, label: { name: source.fileName, version, arch, sha512 }, found };
}

/** Writes the pack and its SHA-512 beside it. Throws `pack.empty`, `pack.conflict`, and what packages and disk throw. */
export async function packInto(
  out: string,
  looked: readonly LookedAt[],
  docs: StoredDocs,
  held: HeldBlobs,
  options: LookOptions,
): Promise<Packed> {
  const path = resolve(out);
  const packages = looked.map(({ label }) => label);
  const bundles = looked.map(({ found }) => found.bundles);
  const named = chooseImages(bundles.flat(), packages);
  const composed = composePack(arrangeBundles(bundles), named, packages, held);
  if (composed.list.bundles.length === 0) throw new AppError('pack.empty', { origin: 'config' });
  await expectSpace(path, composed, options);
  const sources = looked.map(({ source }) => source);
  const written = await write(path, { composed, named, docs, sources }, options);
  const line = `${written.sha512}  ${basename(path)}\n`;
  await replaceFile(`${path}.sha512`, `${path}.sha512.partial`, Buffer.from(line));
  const problems = looked.flatMap(({ found }) => found.problems).map((problem) => toProblem(problem));
  return { schema: 'archbridge.packed/1', out: path, ...written, ...figures(composed, named), problems };
}

async function write(
  path: string,
  parts: {
    readonly composed: ComposedPack;
    readonly named: readonly NamedImages[];
    readonly docs: StoredDocs;
    readonly sources: readonly PackageSource[];
  },
  { tell, signal }: LookOptions,
): Promise<Pick<Packed, 'bytes' | 'sha512'>> {
  const file = await PackFile.begin(path);
  try {
    await writePack(file, { ...parts, signal, tell: (...told) => tell(2, ...told) });
    return await file.keep();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** Throws `disk.no-space` before anything is written. */
async function expectSpace(path: string, { list }: ComposedPack, options: Cancellable): Promise<void> {
  const free = await freeBytes(dirname(path), options);
  const needed = list.bundles.flatMap(({ blobs }) => blobs).reduce((sum, { size }) => sum + size, 0);
  if (free === null || free > needed) return;
  const reason = `${String(needed)} bytes needed, ${String(free)} free`;
  throw new AppError('disk.no-space', { origin: 'disk', params: { path, reason } });
}

function figures(
  { list, bundles, images }: ComposedPack,
  named: readonly NamedImages[],
): Omit<Packed, 'schema' | 'out' | 'bytes' | 'sha512' | 'problems'> {
  const layers = bundles.flatMap(({ listed, docs }) => listed.blobs.slice(docs.length));
  const bytesOf = (blobs: readonly { readonly size: number }[]): number =>
    blobs.reduce((sum, { size }) => sum + size, 0);
  const platforms = named.flatMap((one) => one.images.map(({ platform }) => describePlatform(platform)));
  return {
    ...{ packages: list.packages, since: list.since, images },
    charts: list.bundles.filter(({ chart }) => chart !== null).length,
    platforms: distinctPlatforms(platforms),
    blobs: layers.length,
    blobBytes: bytesOf(layers),
    leftOut: list.absent.length,
    leftOutBytes: bytesOf(list.absent),
  };
}
