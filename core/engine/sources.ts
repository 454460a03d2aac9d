// Opens the packages of a command before anything else, so that a wrong name is reported at once, and finds their checksums.
import { dirname, join, resolve } from 'node:path';
import type { CommandOptions, ReportPackage } from '../contract.js';
import { AppError } from '../errors.js';
import type { LostFiles } from '../package/bytes/file-bytes.js';
import type { PackHead } from '../package/read-pack-head.js';
import { expectedSha512 } from '../package/source/checksum.js';
import { countSha512 } from '../package/source/checksum-text.js';
import { parsePackageName } from '../package/source/names.js';
import { openPackage, type PackageSource } from '../package/source/open-package.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Failures that a drive which is plugged in ends. */
const AWAITED: ReadonlySet<string> = new Set([
  'package.dangling-link',
  'package.not-found',
  'package.unreadable',
]);

/** Opens all packages; throws as {@link openPackage} does. `lost`: those that are not there, now or later, are waited for. */
export async function openAll(
  paths: readonly string[],
  { signal }: CommandOptions,
  lost: LostFiles | null = null,
): Promise<readonly PackageSource[]> {
  const sources: PackageSource[] = [];
  for (const path of paths) {
    const found = await openOrWait(path, lost, { signal });
    const source = lost ? { ...found, lost } : found;
    // `x.tar.gz.part-*` names every part of one package
    const isKnownPart = source.parts.length > 1 && sources.some((known) => known.path === source.path);
    if (!isKnownPart) sources.push(source);
  }
  return sources;
}

async function openOrWait(
  path: string,
  lost: LostFiles | null,
  options: Cancellable,
): Promise<PackageSource> {
  try {
    return await openPackage(path, options);
  } catch (error) {
    if (!(error instanceof AppError) || !AWAITED.has(error.code)) throw error;
    if (!(await lost?.wait(resolve(path), error, options))) throw error;
    return openPackage(path, options);
  }
}

/** SHA-512 in hex of each package where one is known: from the option, else from a sidecar file. */
export async function checksums(
  sources: readonly PackageSource[],
  option: string | undefined,
  { signal }: CommandOptions,
): Promise<ReadonlyMap<PackageSource, string>> {
  const expected = new Map<PackageSource, string>();
  if (option !== undefined && countSha512(option) === 1 && sources.length > 1) {
    throw new AppError('config.sha512-for-several', { origin: 'config', params: { count: sources.length } });
  }
  for (const source of sources) {
    const value =
      source.kind === 'file'
        ? await expectedSha512(join(dirname(source.path), source.fileName), option, { signal })
        : null;
    if (value !== null) expected.set(source, value);
  }
  return expected;
}

/** Describes a package before it is read: by its file's name, and a pack by what it says of itself. */
export function describePackage(source: PackageSource, head: PackHead | null = null): ReportPackage {
  const named = parsePackageName(source.fileName);
  const version = named.version || (head?.version ?? '');
  const { arch } = named;
  return { path: source.path, name: source.fileName, version, arch, bytes: source.bytes, sha512: null };
}
