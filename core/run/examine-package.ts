// The one way to look at a package without sending anything: reads it, or tells again what an earlier look has seen.
import { AppError } from '../errors.js';
import type { PackageSource } from '../package/open-package.js';
import type { PackageFacts, PackageVisitor } from '../package/package-stream.js';
import { readPackage } from '../package/read-package.js';

export interface ExamineOptions {
  /** The inspect cache lies under it. */
  readonly stateDir: string;
  /** Do not trust the inspect cache. */
  readonly reread: boolean;
  /** True where the SHA-512 of the file is needed. */
  readonly sha512: boolean;
  /** False: the programs inside images need not be known. */
  readonly programs: boolean;
  readonly signal: AbortSignal;
}

/** What is known of a package after its last byte. */
export interface Examined extends PackageFacts {
  /** Why the package as a whole is not proven; null when it is. */
  readonly problem: AppError | null;
  /** True when the answer came from the inspect cache. */
  readonly cached: boolean;
}

/**
 * Tells the visitor what the package holds: everything but the bodies of blobs (`blob` is called only when the package is
 * really read). Damage of the whole package is in `problem`; only what concerns no package is thrown.
 */
export async function examinePackage(
  source: PackageSource,
  visitor: PackageVisitor,
  options: ExamineOptions,
): Promise<Examined> {
  try {
    const facts = await readPackage(source, visitor, { sha512: options.sha512, signal: options.signal });
    return { ...facts, problem: null, cached: false };
  } catch (error) {
    if (!(error instanceof AppError) || error.origin !== 'package') throw error;
    return { sha512: null, bytesRead: 0, notes: [], problem: error, cached: false };
  }
}
