// Makes the inventory of a package: what it holds, whether it is whole, and whether its checksum is right.
import type { Reference } from '../content/reference.js';
import type { InventoryPackage, RunEvent } from '../contract.js';
import { toProblem } from '../errors.js';
import type { PackageSource } from '../package/source/open-package.js';
import { examinePackage, type Examined } from './examine-package.js';
import type { Holds } from '../plan/absent-images.js';
import { InventoryCollector } from './inventory-collector.js';
import { packageLabels } from './package-labels.js';
import { provePackage } from './package-proof.js';

export interface InspectOptions {
  /** SHA-512 in hex that a package must have; null: none is known. */
  readonly expectedSha512: (source: PackageSource) => string | null;
  /** The inspect cache lies under it. */
  readonly stateDir: string;
  /** Do not trust the inspect cache. */
  readonly reread: boolean;
  /** False: the programs inside images are not looked at. */
  readonly programs: boolean;
  /** Names images that nothing else names (`--image-name`); null: they are listed as a problem. */
  readonly imageName: Reference | null;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

const PROGRESS_EVERY_MS = 100;

/**
 * Reads packages to their ends, one after the other; damage is a problem of the inventory, not an exception. An image that one
 * package lacks may be in another one.
 */
export async function inspectPackages(
  sources: readonly PackageSource[],
  options: InspectOptions,
): Promise<readonly InventoryPackage[]> {
  const looked: Looked[] = [];
  for (const source of sources) {
    const collector = new InventoryCollector(progressTo(options.emit, source), options.imageName);
    const examined = await examinePackage(source, collector, { ...options, sha512: true });
    looked.push({ source, collector, examined });
  }
  return looked.map((one) => {
    const others = looked.filter((other) => other !== one);
    const isElsewhere: Holds = (source, platforms) =>
      others.some(({ collector }) => collector.holds(source, platforms));
    return inventoryOf(one, options.expectedSha512(one.source), isElsewhere);
  });
}

interface Looked {
  readonly source: PackageSource;
  readonly collector: InventoryCollector;
  readonly examined: Examined;
}

function inventoryOf(
  { source, collector, examined }: Looked,
  expected: string | null,
  isElsewhere: Holds,
): InventoryPackage {
  const { sha512, cached } = examined;
  const proof = provePackage(source, expected, examined);
  const { images, blobBytes, sharedBytes, paths, architectures } = collector;
  const { note, ...labels } = packageLabels(source.fileName, paths, architectures);
  const problems = [
    ...(examined.problem ? [examined.problem] : proof.notes),
    ...(proof.problem && proof.problem !== examined.problem ? [proof.problem] : []),
    ...(note ? [note] : []),
    ...collector.problems,
  ];
  return {
    path: source.path,
    name: source.fileName,
    ...labels,
    bytes: source.bytes,
    sha512,
    checksum: expected === null || sha512 === null ? 'unknown' : expected === sha512 ? 'ok' : 'mismatch',
    charts: collector.charts(examined.yamlFiles, source.fileName, isElsewhere),
    images,
    blobBytes,
    sharedBytes,
    cached,
    problems: problems.map((problem) => toProblem(problem)),
  };
}

/** Emits pass-started and progress events when the package is read; nothing when the cache serves. */
function progressTo(
  emit: (event: RunEvent) => void,
  { fileName, bytes }: PackageSource,
): (bytesRead: number, current: string) => void {
  let lastTold: number | null = null;
  return (bytesRead, current) => {
    const now = performance.now();
    if (lastTold === null) emit({ type: 'pass-started', pass: 1, package: fileName, bytes });
    else if (now - lastTold < PROGRESS_EVERY_MS) return;
    lastTold = now;
    emit({
      type: 'progress',
      pass: 1,
      bytesRead,
      bytesTotal: bytes,
      bytesSent: 0,
      bytesSkipped: 0,
      current,
    });
  };
}
