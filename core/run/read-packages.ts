// Reads the packages of a run, each as often as it takes until the target has every blob.
import type { NamingRules } from '../chart/naming.js';
import { AppError } from '../errors.js';
import type { PackageSource } from '../package/open-package.js';
import type { PackageFacts } from '../package/package-stream.js';
import { readPackage } from '../package/read-package.js';
import type { SelectionRules } from '../plan/selection.js';
import type { TagReader } from '../target/tag-reader.js';
import type { BlobPresence } from './blob-presence.js';
import type { BlobSender } from './blob-sender.js';
import type { Counters } from './counters.js';
import { examinePackage, readRecorded } from './examine-package.js';
import { checksumMismatch } from './inspect-package.js';
import { wantedBlobs, type Offer } from './offer.js';
import { emptyHarvest, PackagePass, type PackageHarvest } from './package-pass.js';
import type { PauseGate } from './pause-gate.js';
import type { Spool } from './spool.js';

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
  readonly harvest: PackageHarvest;
  readonly sha512: string | null;
  /** Why the package as a whole is not proven; then its names are withheld unless unproven packages are accepted. */
  readonly problem: AppError | null;
  /** What is fine but worth a word (missing end blocks, files that were skipped). */
  readonly notes: readonly AppError[];
}

/** Failures that concern one package and leave the others alone. Whatever else is thrown ends the run. */
function concernsPackage(error: unknown): error is AppError {
  return error instanceof AppError && error.origin === 'package';
}

/** Reads one package until the target has its blobs or the passes are used up; images that lack blobs then carry the reason. */
export async function readUntilComplete(
  source: PackageSource,
  packageAt: number,
  options: ReadingOptions,
): Promise<ReadPackage> {
  const harvest = emptyHarvest();
  const first = await onePass(source, packageAt, 1, harvest, options);
  let { problem } = first;
  const usable = problem === null || options.acceptUnproven;
  for (let pass = 2; usable && pass <= options.passes; pass += 1) {
    if (!options.sender || wantedBlobs(harvest.offers.values()).size === 0) break;
    const again = await onePass(source, packageAt, pass, harvest, options);
    problem ??= again.problem;
  }
  for (const offer of harvest.offers.values()) {
    if (problem && !options.acceptUnproven) offer.problem ??= problem;
    const [missing] = offer.missing;
    if (!missing || !options.sender) continue;
    offer.problem ??=
      offer.failure ??
      options.sender.failureOf(missing.digest) ??
      new AppError('run.blob-not-sent', {
        origin: 'registry',
        retryable: true,
        params: { digest: missing.digest, image: `${offer.repository}:${offer.tag}` },
      });
  }
  return { source, harvest, sha512: first.sha512, problem, notes: first.notes };
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
  for (const [packageAt, { source, harvest }] of read.entries()) {
    const offers = [...harvest.offers.values()].filter((offer) => refused.has(offer));
    for (const offer of offers) {
      presence.distrust(offer.repository);
      const attached = offer.attestations.flatMap((attestation) => attestation.blobs);
      offer.missing = [...offer.layers, ...attached, offer.config];
    }
    if (offers.length === 0) continue;
    const { problem } = await onePass(
      source,
      packageAt,
      options.counters.totals().passes + 1,
      harvest,
      options,
    );
    if (problem) throw problem;
  }
}

async function onePass(
  source: PackageSource,
  packageAt: number,
  number: number,
  harvest: PackageHarvest,
  options: ReadingOptions,
): Promise<Pick<ReadPackage, 'problem' | 'sha512' | 'notes'>> {
  const { counters } = options;
  const wanted = number === 1 ? null : wantedBlobs(harvest.offers.values());
  const pass = new PackagePass({ ...options, packageAt, wanted }, harvest);
  counters.passStarted(number, source.fileName, source.bytes);
  const expected = options.expectedSha512(source);
  const read = lookOrRead(source, pass, number, expected !== null, options);
  await read.catch(() => pass.finish()).catch(() => undefined); // the first failure tells
  const { sha512, notes, problem } = await read;
  await pass.finish();
  const isOther = expected !== null && sha512 !== null && sha512 !== expected;
  return { sha512, notes, problem: isOther ? checksumMismatch(source, expected, sha512) : problem };
}

/** The first pass remembers what it sees; where nothing is sent, what an earlier one remembers is enough. */
async function lookOrRead(
  source: PackageSource,
  pass: PackagePass,
  number: number,
  sha512: boolean,
  options: ReadingOptions,
): Promise<PackageFacts & Pick<ReadPackage, 'problem'>> {
  const { stateDir, reread, sender, signal } = options;
  if (!sender) return examinePackage(source, pass, { stateDir, reread, sha512, programs: true, signal });
  if (number === 1) return readRecorded(source, pass, { programs: true, sha512 }, { stateDir, signal });
  try {
    return { ...(await readPackage(source, pass, { signal })), problem: null };
  } catch (error) {
    if (!concernsPackage(error)) throw error;
    return { sha512: null, bytesRead: 0, notes: [], problem: error };
  }
}
