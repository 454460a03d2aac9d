// Finds family, version and architecture of a package: from its file name, else from names of folders inside, else from its images.
import { AppError } from '../errors.js';
import { parsePackageName, type PackageName } from '../package/source/names.js';

/** A package in messages, reports and the choice among packages: its file name and its version. */
export interface PackageLabel {
  readonly fileName: string;
  /** '' when unknown. */
  readonly version: string;
}

export interface PackageLabels extends Pick<PackageName, 'family' | 'version'> {
  /** The architecture that the images have; several are joined by commas. */
  readonly arch: string;
  /** A note when the name gives another architecture than the images have; else null. */
  readonly note: AppError | null;
}

/** An architecture with less than this part of the images does not count, because packages for arm64 hold some amd64 images. */
const MIN_SHARE = 1 / 3;

/**
 * @param paths of the bundles inside; folders and archives keep their names where people rename the package
 * @param architectures one for each image, as its config claims it
 */
export function packageLabels(
  fileName: string,
  paths: readonly string[],
  architectures: readonly string[],
): PackageLabels {
  const inside = new Set(paths.flatMap((path) => path.split('/').slice(0, -1)));
  const names = [fileName, ...inside].map(parsePackageName);
  const claimed = names.find(({ arch }) => arch !== '')?.arch ?? '';
  const counts = new Map<string, number>();
  for (const arch of architectures) counts.set(arch, (counts.get(arch) ?? 0) + 1);
  const total = architectures.length;
  const main = [...counts]
    .filter(([, count]) => count >= total * MIN_SHARE)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const [first] = main;
  const isRight = first === undefined || first[1] === counts.get(claimed);
  const arch = isRight && claimed !== '' ? claimed : main.map(([name]) => name).join(', ');
  return {
    family: names.find(({ family }) => family !== 'other')?.family ?? 'other',
    version: names.find(({ version }) => version !== '')?.version ?? '',
    arch,
    note: isRight || claimed === '' ? null : archDiffers(fileName, claimed, first, total),
  };
}

function archDiffers(
  file: string,
  named: string,
  [found, count]: readonly [string, number],
  total: number,
): AppError {
  const params = { file, named, found, count, total };
  return new AppError('package.arch-differs', { origin: 'package', params });
}
