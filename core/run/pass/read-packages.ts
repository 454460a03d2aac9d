// Reads the packages of a run, each as often as it takes until the target has every blob.
import type { NamingRules } from '../../chart/relocation/naming.js';
import type { Digest } from '../../content/digest.js';
import { AppError } from '../../errors.js';
import type { PackageSource } from '../../package/source/open-package.js';
import { readPackage } from '../../package/read-package.js';
import type { SelectionRules } from '../../plan/selection.js';
import type { TagReader } from '../../ports/tag-reader.js';
import type { BlobPresence } from '../upload/blob-presence.js';
import type { BlobSender } from '../upload/blob-sender.js';
import type { Counters } from '../base/counters.js';
import { readRecorded, recallPackage } from '../../inspect/examine-package.js';
import { checksumMismatch } from '../../inspect/inspect-package.js';
import { blobsOf, wantedBlobs, type Offer } from '../base/offer.js';
import { emptyFindings, PackagePass, type PackageFindings } from './package-pass.js';
import type { PauseGate } from '../../flow/pause-gate.js';
import type { Spool } from '../base/spool.js';

export interface ReadingOptions {
  readonly rules: NamingRules;
  readonly selection: SelectionRules;
  readonly images: TagReader | null;
  /** Null: only look. */
  readonly sender: BlobSender | null;
  readonly spool: Spool;
  readonly counters: Counters;
  /** Passes at most. */
  readonly passes: number;
  /** SHA-512 in hex that a package must have; null: none is known. */
  readonly expectedSha512: (source: PackageSource) => string | null;
  /** Take the intact part of a package whose end is not proven. */
  readonly acceptUnproven: boolean;
  /** Take images whose programs belie their config, too. */
  readonly allowMislabelled: boolean;
  /** The inspect cache lies under it: a pass that sends nothing need not read, a first pass leaves a record. */
  readonly stateDir: string;
  /** Do not trust the inspect cache. */
  readonly reread: boolean;
  readonly pause: PauseGate;
  readonly signal: AbortSignal;
}

/** A package after its passes. */
export interface ReadPackage {
  readonly source: PackageSource;
  readonly findings: PackageFindings;
  readonly sha512: string | null;
  /** Why the package as a whole is not proven; then its names are withheld unless unproven packages are accepted. */
  readonly problem: AppError | null;
  /** What is fine but worth a word (missing end blocks, files that were skipped). */
  readonly notes: readonly AppError[];
  /** True while it was only looked at: what it brings waits for what is decided. */
  readonly isUnsent: boolean;
}

/** Failures that concern one package and leave the others alone. Whatever else is thrown ends the run. */
function concernsPackage(error: unknown): error is AppError {
  return error instanceof AppError && error.origin === 'package';
}

/**
 * Reads one package until the target has its blobs or the passes are used up; images that lack blobs then carry the reason.
 * Without a sender it only looks, and an unchanged package that is known already is not read at all.
 */
export async function readUntilComplete(
  source: PackageSource,
  packageAt: number,
  options: ReadingOptions,
): Promise<ReadPackage> {
  if (!options.sender) {
    return (await recall(source, packageAt, options)) ?? (await firstPass(source, packageAt, options));
  }
  const read = await firstPass(source, packageAt, options);
  return bringMissing(read, packageAt, options.passes - 1, options);
}

/** What an earlier look has seen of an unchanged package; null where it has to be read. */
export async function recall(
  source: PackageSource,
  packageAt: number,
  options: ReadingOptions,
): Promise<ReadPackage | null> {
  const { stateDir, reread, signal } = options;
  const findings = emptyFindings();
  const pass = new PackagePass({ ...options, sender: null, packageAt, wanted: null }, findings);
  const sha512 = options.expectedSha512(source) !== null;
  const scope = { stateDir, reread, sha512, programs: true, signal };
  const facts = await settled(pass, recallPackage(source, pass, scope));
  return facts && found(source, findings, facts, true, options);
}

/**
 * Reads a package again for the blobs that its images still lack, at most so many times. What is lacking then is a problem of
 * the image.
 */
export async function bringMissing(
  read: ReadPackage,
  packageAt: number,
  passes: number,
  options: ReadingOptions,
): Promise<ReadPackage> {
  const { source, findings } = read;
  let { problem } = read;
  const isUsable = problem === null || options.acceptUnproven;
  for (let left = passes; isUsable && left > 0; left -= 1) {
    const wanted = wantedBlobs(findings.offers.values());
    if (wanted.size === 0) break;
    problem ??= await furtherPass(source, packageAt, findings, wanted, options);
  }
  nameFailures(findings, problem, options);
  return { ...read, problem, isUnsent: false };
}

/**
 * Reads packages once more for images whose blobs the target had confirmed and then did not find; they are sent whatever the
 * target says.
 */
export async function sendAgain(
  read: readonly ReadPackage[],
  refused: ReadonlySet<Offer>,
  presence: BlobPresence,
  options: ReadingOptions,
): Promise<void> {
  for (const [packageAt, { source, findings }] of read.entries()) {
    const offers = [...findings.offers.values()].filter((offer) => refused.has(offer));
    for (const offer of offers) {
      presence.distrust(offer.repository);
      offer.missing = blobsOf(offer);
    }
    if (offers.length === 0) continue;
    const wanted = wantedBlobs(findings.offers.values());
    const problem = await furtherPass(source, packageAt, findings, wanted, options);
    if (problem) throw problem;
  }
}

/** Sends what comes by and remembers what is seen. */
async function firstPass(
  source: PackageSource,
  packageAt: number,
  options: ReadingOptions,
): Promise<ReadPackage> {
  const { counters, stateDir, sender, signal } = options;
  const findings = emptyFindings();
  const pass = new PackagePass({ ...options, packageAt, wanted: null }, findings);
  counters.passStarted(source.fileName, source.bytes);
  const scope = { programs: true, sha512: options.expectedSha512(source) !== null };
  const facts = await settled(pass, readRecorded(source, pass, scope, { stateDir, signal }));
  return found(source, findings, facts, sender === null, options);
}

/** Sends what is wanted and nothing else; answers why the package turned out not to be whole. */
async function furtherPass(
  source: PackageSource,
  packageAt: number,
  findings: PackageFindings,
  wanted: ReadonlyMap<Digest, ReadonlySet<string>>,
  options: ReadingOptions,
): Promise<AppError | null> {
  const { counters, signal } = options;
  const pass = new PackagePass({ ...options, packageAt, wanted }, findings);
  counters.passStarted(source.fileName, source.bytes);
  try {
    await settled(pass, readPackage(source, pass, { signal }));
    return null;
  } catch (error) {
    if (!concernsPackage(error)) throw error;
    return error;
  }
}

/** Nothing that a pass started may go on behind it, also when reading fails. */
async function settled<T>(pass: PackagePass, reading: Promise<T>): Promise<T> {
  await reading.catch(() => pass.finish()).catch(() => undefined); // the first failure tells
  const facts = await reading;
  await pass.finish();
  return facts;
}

function found(
  source: PackageSource,
  findings: PackageFindings,
  { sha512, notes, problem }: Pick<ReadPackage, 'sha512' | 'notes' | 'problem'>,
  isUnsent: boolean,
  options: ReadingOptions,
): ReadPackage {
  const expected = options.expectedSha512(source);
  const isOther = expected !== null && sha512 !== null && sha512 !== expected;
  const why = isOther ? checksumMismatch(source, expected, sha512) : problem;
  nameFailures(findings, why, { ...options, sender: null });
  return { source, findings, sha512, notes, problem: why, isUnsent };
}

/** Why images get no name: their package is not proven, or blobs of theirs did not arrive. */
function nameFailures(findings: PackageFindings, problem: AppError | null, options: ReadingOptions): void {
  const { sender, acceptUnproven } = options;
  for (const offer of findings.offers.values()) {
    if (problem && !acceptUnproven) offer.problem ??= problem;
    const [missing] = offer.missing;
    if (!missing || !sender) continue;
    offer.problem ??=
      offer.failure ??
      sender.failureOf(missing.digest) ??
      new AppError('run.blob-not-sent', {
        origin: 'registry',
        retryable: true,
        params: { digest: missing.digest, image: `${offer.repository}:${offer.tag}` },
      });
  }
}
