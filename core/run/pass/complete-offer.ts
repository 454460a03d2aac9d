// Stores what an image's repository lacks and what is at hand: asks for each blob, mounts it, or sends the config.
import type { Descriptor } from '../../content/descriptor.js';
import type { AppError } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { BlobSender } from '../upload/blob-sender.js';
import type { Offer } from '../base/offer.js';
import { concernsOneItem } from '../base/run-ending.js';
import type { Spool } from '../base/spool.js';

/**
 * Asks for each blob of the image, mounts it where another repository has it, and sends the config. Layers are not at hand: those
 * that the repository still lacks are written to the offer for the next pass. Throws a cancellation and what ends the run.
 */
export async function completeOffer(
  offer: Offer,
  sender: BlobSender,
  spool: Spool,
  options: Cancellable,
): Promise<void> {
  const { blobs } = offer;
  const missing: Descriptor[] = [];
  const failures: AppError[] = [];
  for (const [at, blob] of blobs.entries()) {
    try {
      const bytes = blob.digest === offer.config.digest ? await spool.get(offer.configAt) : null;
      const state = await sender.ensure(offer.repository, blob, bytes);
      if (state !== 'missing') continue;
      missing.push(blob);
      failures.push(...present(sender.failureOf(blob.digest)));
    } catch (error) {
      if (!concernsOneItem(error, options)) throw error;
      failures.push(error);
      missing.push(...blobs.slice(at));
      break;
    }
  }
  offer.setMissing(missing, failures);
}

function present(failure: AppError | null): readonly AppError[] {
  return failure ? [failure] : [];
}
