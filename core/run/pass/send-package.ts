// Reads a package as often as it takes until the target has all blobs of its images.
import type { Digest } from '../../content/digest.js';
import { AppError } from '../../errors.js';
import { readPackage } from '../../package/read-package.js';
import type { PackageSource } from '../../package/source/open-package.js';
import { wantedBlobs, type LentBlob, type Offer } from '../base/offer.js';
import type { BlobPresence } from '../upload/blob-presence.js';
import { EnoughRead } from './awaited.js';
import type { BundleAdmission } from './bundle-admission.js';
import type { BlobSender } from '../upload/blob-sender.js';
import {
  endOfPass,
  excludeUnproven,
  firstPass,
  type LookingOptions,
  type ReadPackage,
} from './look-at-package.js';
import { PackagePass, type PackageFindings } from './package-pass.js';

export interface SendingOptions extends LookingOptions {
  readonly sender: BlobSender;
  readonly admission: BundleAdmission;
  /** How often one package is read at most. */
  readonly passes: number;
}

/** Reads a package and sends its blobs on the way; what is missing then is sent in further passes. */
export async function sendPackage(
  source: PackageSource,
  packageAt: number,
  options: SendingOptions,
): Promise<ReadPackage> {
  options.sender.packageStarts();
  const read = await firstPass(source, packageAt, options, options);
  return sendMissing(read, packageAt, options.passes - 1, options);
}

/**
 * Reads a package again for the blobs that its images still lack, and for those that `lent` gives before each pass, at most `passes`
 * times. Images that lack blobs then are excluded, each with the reason.
 */
export async function sendMissing(
  read: ReadPackage,
  packageAt: number,
  passes: number,
  options: SendingOptions,
  lent: () => readonly LentBlob[] = () => [],
): Promise<ReadPackage> {
  const { source, findings } = read;
  let { problem } = read;
  const isUsable = problem === null || options.acceptUnproven;
  for (let left = passes; isUsable && left > 0; left -= 1) {
    const wanted = wantedBlobs(findings.offers.values(), lent());
    if (wanted.size === 0) break;
    problem ??= await furtherPass(source, packageAt, findings, wanted, options);
  }
  excludeUnproven(findings, problem, options);
  excludeIncomplete(findings, options.sender);
  return { ...read, problem };
}

/**
 * Reads packages once more for images whose blobs the target had confirmed and then did not find; they are sent whatever the
 * target says. Throws when a package turns out to be damaged.
 */
export async function sendAgain(
  read: readonly ReadPackage[],
  refused: ReadonlySet<Offer>,
  presence: BlobPresence,
  options: SendingOptions,
): Promise<void> {
  for (const [packageAt, { source, findings }] of read.entries()) {
    const offers = [...findings.offers.values()].filter((offer) => refused.has(offer));
    for (const offer of offers) {
      presence.distrust(offer.repository);
      offer.needsAllBlobs();
    }
    if (offers.length === 0) continue;
    const wanted = wantedBlobs(findings.offers.values());
    const problem = await furtherPass(source, packageAt, findings, wanted, options);
    if (problem) throw problem;
  }
}

/** Sends the wanted blobs and no others; gives the damage that was found on the way, or null. */
async function furtherPass(
  source: PackageSource,
  packageAt: number,
  findings: PackageFindings,
  wanted: ReadonlyMap<Digest, ReadonlySet<string>>,
  options: SendingOptions,
): Promise<AppError | null> {
  const { counters, signal } = options;
  const pass = new PackagePass({ ...options, packageAt, wanted }, findings);
  counters.passStarted(source.fileName, source.bytes);
  try {
    await endOfPass(pass, readPackage(source, pass, { signal }));
    return null;
  } catch (error) {
    if (error instanceof EnoughRead) {
      await pass.finish();
      return null;
    }
    if (!(error instanceof AppError) || error.origin !== 'package') throw error;
    return error;
  }
}

function excludeIncomplete({ offers }: PackageFindings, sender: BlobSender): void {
  for (const offer of offers.values()) {
    const [missing] = offer.missing;
    if (!missing) continue;
    const notSent = new AppError('run.blob-not-sent', {
      origin: 'registry',
      retryable: true,
      params: { digest: missing.digest, image: `${offer.repository}:${offer.tag}` },
    });
    offer.exclude(offer.failure ?? sender.failureOf(missing.digest) ?? notSent);
  }
}
