// Stores what an image's repository lacks and what is at hand: asks for each blob, mounts it, or sends the config.
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import type { AppError } from '../../errors.js';
import { BLOBS_COMPLETED_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { BlobSender } from '../upload/blob-sender.js';
import type { Offer } from '../base/offer.js';
import { concernsOneItem } from '../base/run-ending.js';
import type { Spool } from '../base/spool.js';

export interface CompleteOptions extends Cancellable {
  /** What a delta leaves out: it comes from another repository of the target, also where that is not mounted. */
  readonly absent?: ReadonlyMap<Digest, unknown> | undefined;
}

/**
 * Asks for each blob of the image, mounts it where another repository has it, and sends the config. Layers are not at hand: those
 * that the repository still lacks are written to the offer for the next pass. Throws a cancellation and what ends the run.
 */
export async function completeOffer(
  offer: Offer,
  sender: BlobSender,
  spool: Spool,
  options: CompleteOptions,
): Promise<void> {
  const missing = new Set<Digest>();
  const failures: AppError[] = [];
  let hasFailed = false;
  const complete = async (blob: Descriptor): Promise<void> => {
    // after a failed request the other blobs wait for the next pass
    if (hasFailed) {
      missing.add(blob.digest);
      return;
    }
    try {
      const bytes = blob.digest === offer.config.digest ? await spool.get(offer.configAt) : null;
      if ((await sender.ensure(offer.repository, blob, bytes)) !== 'missing') return;
      if (options.absent?.has(blob.digest) && (await sender.copy(offer.repository, blob))) return;
      missing.add(blob.digest);
      failures.push(...present(sender.failureOf(blob.digest)));
    } catch (error) {
      if (!concernsOneItem(error, options)) throw error;
      hasFailed = true;
      failures.push(error);
      missing.add(blob.digest);
    }
  };
  const once = new Map(offer.blobs.map((blob) => [blob.digest, blob]));
  await forEachLimited(once.values(), BLOBS_COMPLETED_AT_A_TIME, complete);
  offer.setMissing(
    offer.blobs.filter((blob) => missing.has(blob.digest)),
    failures,
  );
}

function present(failure: AppError | null): readonly AppError[] {
  return failure ? [failure] : [];
}
