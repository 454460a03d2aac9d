// Sees to it that an image's repository has all blobs of the image.
import type { Descriptor } from '../content/descriptor.js';
import { AppError, isAbort } from '../errors.js';
import type { PackageImage } from '../package/package-stream.js';
import type { BlobSender } from './blob-sender.js';
import type { Offer } from './offer.js';
import { endsRun } from './run-ending.js';

/** What the repository still lacks afterwards stands in `missing` and waits for the next pass, unless no pass can mend it. */
export async function completeOffer(
  offer: Offer,
  image: PackageImage,
  sender: BlobSender,
  options: { readonly signal: AbortSignal },
): Promise<void> {
  const attached = offer.attestations.flatMap((attestation) => attestation.blobs);
  const blobs = [...offer.layers, ...attached, offer.config];
  const missing: Descriptor[] = [];
  for (const [at, blob] of blobs.entries()) {
    if (blob.urls?.length) continue; // foreign layers stay where their URL says
    const bytes = blob.digest === offer.config.digest ? image.configBytes : null;
    try {
      const state = await sender.ensure(offer.repository, blob, bytes);
      if (state !== 'missing') continue;
      missing.push(blob);
      giveUpOn(offer, sender.failureOf(blob.digest));
    } catch (error) {
      if (isAbort(error, options.signal) || !(error instanceof AppError) || endsRun(error)) throw error;
      giveUpOn(offer, error);
      missing.push(...blobs.slice(at));
      break;
    }
  }
  offer.missing = missing;
}

/** Another pass mends what was temporary; reading the package again for anything else would be for nothing. */
function giveUpOn(offer: Offer, failure: AppError | null): void {
  if (!failure) return;
  offer.failure = failure;
  if (!failure.retryable) offer.problem ??= failure;
}
