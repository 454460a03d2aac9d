// Opens the packages of a command before anything else, so that a wrong name is reported at once, and finds their checksums.
import { dirname, join } from 'node:path';
import type { CommandOptions, ReportPackage } from '../contract.js';
import { AppError } from '../errors.js';
import { expectedSha512 } from '../package/source/checksum.js';
import { countSha512 } from '../package/source/checksum-text.js';
import { parsePackageName } from '../package/source/names.js';
import { openPackage, type PackageSource } from '../package/source/open-package.js';

/** Opens all packages; throws as {@link openPackage} does. */
export async function openAll(
  paths: readonly string[],
  { signal }: CommandOptions,
): Promise<readonly PackageSource[]> {
  const sources: PackageSource[] = [];
  for (const path of paths) {
    const source = await openPackage(path, { signal });
    // `x.tar.gz.part-*` names every part of one package
    const isKnownPart = source.parts.length > 1 && sources.some((known) => known.path === source.path);
    if (!isKnownPart) sources.push(source);
  }
  return sources;
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

/** Describes a package before it is read. */
export function describePackage(source: PackageSource): ReportPackage {
  const { version, arch } = parsePackageName(source.fileName);
  return { path: source.path, name: source.fileName, version, arch, bytes: source.bytes, sha512: null };
}
