// Sends the blobs of packages that were only looked at: those that the decisions about tags need, and no others.
import { IMAGES_COMPLETED_AT_A_TIME } from '../flow/limits.js';
import { forEachLimited } from '../flow/task-pool.js';
import type { ServedOffers } from './forecast/blob-survey.js';
import { sendingOptions, type ImageTools, type ImportRun } from './import-job.js';
import { completeOffer } from './pass/complete-offer.js';
import type { ReadPackage } from './pass/look-at-package.js';
import { sendMissing } from './pass/send-package.js';

/**
 * For each package of `unsent`: asks for its blobs, mounts what another repository has, sends configs, and reads the package only
 * for layers that are still missing. Gives all packages in their order; those outside `unsent` as they are.
 */
export async function sendNeededBlobs(
  run: ImportRun,
  tools: ImageTools,
  read: readonly ReadPackage[],
  unsent: ReadonlySet<ReadPackage>,
  { toStore, present }: ServedOffers,
): Promise<readonly ReadPackage[]> {
  const { job, record } = run;
  const { counters, spool, pause, signal } = job;
  const options = sendingOptions(run, tools);
  for (const offer of present) for (const { digest, size } of offer.blobs) counters.skipped(digest, size);
  const needed = new Set(toStore);
  const sent: ReadPackage[] = [];
  for (const [at, one] of read.entries()) {
    if (!unsent.has(one)) {
      sent.push(one);
      continue;
    }
    const offers = [...one.findings.offers.values()];
    for (const offer of offers) if (!needed.has(offer)) offer.needsNoBlobs();
    const own = offers.filter((offer) => needed.has(offer));
    await forEachLimited(own, IMAGES_COMPLETED_AT_A_TIME, async (offer) => {
      await pause.passed({ signal });
      const refusal = await options.admission.refusalOf(offer.repository);
      if (refusal) return offer.exclude(refusal);
      await completeOffer(offer, tools.sender, spool, { absent: job.heads[at]?.absent, signal });
    });
    const complete = await sendMissing(one, at, options.passes, options);
    if (complete.problem && !one.problem) await record.problem(complete.problem);
    sent.push(complete);
  }
  return sent;
}
