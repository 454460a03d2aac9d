// Looks at a package without sending anything: reads it, or repeats what the inspect cache holds of an earlier read.
import { AppError } from '../errors.js';
import type { PackageSource } from '../package/source/open-package.js';
import type { PackageFacts, PackageVisitor } from '../package/stream/package-stream.js';
import { readPackage } from '../package/read-package.js';
import { knownPackage, type RecordScope } from './inspect-cache.js';
import { InspectRecord } from './inspect-record.js';

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
 * Calls the visitor for everything that the package holds. `blob` is called only when the package itself is read and not when the
 * cache serves. Damage of the whole package is returned in `problem`; errors of another origin than `package` are thrown.
 */
export async function examinePackage(
  source: PackageSource,
  visitor: PackageVisitor,
  options: ExamineOptions,
): Promise<Examined> {
  const { examined, scope } = await recall(source, visitor, options);
  return examined ?? { ...(await readRecorded(source, visitor, scope, options)), cached: false };
}

/** The same from the cache alone: null, without a call of the visitor, where the cache has no usable record of the package. */
export async function recallPackage(
  source: PackageSource,
  visitor: PackageVisitor,
  options: ExamineOptions,
): Promise<Examined | null> {
  return (await recall(source, visitor, options)).examined;
}

/** The result of replaying a record; `examined` is null where none serves, and `scope` says what a new record should hold. */
async function recall(
  source: PackageSource,
  visitor: PackageVisitor,
  { stateDir, reread, programs, sha512, signal }: ExamineOptions,
): Promise<{ readonly examined: Examined | null; readonly scope: RecordScope }> {
  const needed: RecordScope = { programs, sha512: sha512 && source.kind === 'file' };
  const known = reread ? null : await knownPackage(stateDir, source, { signal });
  if (!known) return { examined: null, scope: needed };
  try {
    // a new record should hold all that the old one does
    const scope = { programs: known.programs || needed.programs, sha512: known.sha512 || needed.sha512 };
    const serves = scope.programs === known.programs && scope.sha512 === known.sha512;
    const facts = serves ? await known.replay(visitor, { signal }) : null;
    return { examined: facts && { ...facts, problem: null, cached: true }, scope };
  } finally {
    await known.close();
  }
}

/** Reads a package and keeps a record of it in the cache if the whole package is proven. Damage of the whole is in `problem`. */
export async function readRecorded(
  source: PackageSource,
  visitor: PackageVisitor,
  scope: RecordScope,
  options: { readonly stateDir: string; readonly signal: AbortSignal },
): Promise<PackageFacts & Pick<Examined, 'problem'>> {
  const { stateDir, signal } = options;
  const record = await InspectRecord.begin(stateDir, source, scope, { signal });
  try {
    const facts = await readPackage(source, record?.around(visitor) ?? visitor, { ...scope, signal });
    await record?.keep(facts, { signal });
    return { ...facts, problem: null };
  } catch (error) {
    await record?.dispose();
    if (!(error instanceof AppError) || error.origin !== 'package') throw error;
    return { sha512: null, bytesRead: 0, notes: [], yamlFiles: [], problem: error };
  }
}
