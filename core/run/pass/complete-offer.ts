// Sees to it that an image's repository has all blobs of the image.
import type { Descriptor } from '../../content/descriptor.js';
import { AppError, isAbort } from '../../errors.js';
import type { BlobSender } from '../upload/blob-sender.js';
import { blobsOf, type Offer } from '../base/offer.js';
import { endsRun } from '../base/run-ending.js';
import type { Spool } from '../base/spool.js';
import type { Cancellable } from '../../ports/cancellable.js';

/**
 * Asks, mounts, and sends the config; layers are not at hand. What the repository still lacks afterwards stands in `missing` and
 * waits for the next pass, unless no pass can mend it.
 */
export async function completeOffer(
  offer: Offer,
  sender: BlobSender,
  spool: Spool,
  options: Cancellable,
): Promise<void> {
  const blobs = blobsOf(offer);
  const missing: Descriptor[] = [];
  for (const [at, blob] of blobs.entries()) {
    try {
      const bytes = blob.digest === offer.config.digest ? await spool.get(offer.configAt) : null;
      const state = await sender.ensure(offer.repository, blob, bytes);
      if (state !== 'missing') continue;
      missing.push(blob);
      recordFailure(offer, sender.failureOf(blob.digest));
    } catch (error) {
      if (isAbort(error, options.signal) || !(error instanceof AppError) || endsRun(error)) throw error;
      recordFailure(offer, error);
      missing.push(...blobs.slice(at));
      break;
    }
  }
  offer.missing = missing;
}

/** Another pass mends what was temporary; reading the package again for anything else would be for nothing. */
function recordFailure(offer: Offer, failure: AppError | null): void {
  if (!failure) return;
  offer.failure = failure;
  if (!failure.retryable) offer.problem ??= failure;
}
