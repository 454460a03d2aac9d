// Sends the blobs of packages that were only looked at: those that the decisions about tags need, and no others.
import { IMAGES_COMPLETED_AT_A_TIME } from '../flow/limits.js';
import { forEachLimited } from '../flow/task-pool.js';
import type { Loan } from './forecast/base-blobs.js';
import type { ImportForecast } from './forecast/forecast-import.js';
import { sendingOptions, type ImageTools, type ImportRun } from './import-job.js';
import { completeOffer } from './pass/complete-offer.js';
import type { ReadPackage } from './pass/look-at-package.js';
import { sendMissing } from './pass/send-package.js';

/**
 * For each package of `unsent`: asks for its blobs, mounts what another repository has, sends configs, and reads the package only
 * for layers that are still missing, in its own images or in a delta that leaves them out. Gives all packages in their order; those
 * outside `unsent` as they are.
 */
export async function sendNeededBlobs(
  run: ImportRun,
  tools: ImageTools,
  read: readonly ReadPackage[],
  unsent: ReadonlySet<ReadPackage>,
  { offers: { toStore, present }, loans }: Pick<ImportForecast, 'offers' | 'loans'>,
): Promise<readonly ReadPackage[]> {
  const { job, record } = run;
  const { counters, spool, pause, signal } = job;
  const options = sendingOptions(run, tools);
  for (const offer of present) for (const { digest, size } of offer.blobs) counters.skipped(digest, size);
  const needed = new Set(toStore);
  const sent = [...read];
  for (const at of lendersFirst(read.length, loans)) {
    const one = read[at];
    if (!one || !unsent.has(one)) continue;
    const offers = [...one.findings.offers.values()];
    for (const offer of offers) if (!needed.has(offer)) offer.needsNoBlobs();
    const own = offers.filter((offer) => needed.has(offer));
    await forEachLimited(own, IMAGES_COMPLETED_AT_A_TIME, async (offer) => {
      await pause.passed({ signal });
      const refusal = await options.admission.refusalOf(offer.repository);
      if (refusal) return offer.exclude(refusal);
      await completeOffer(offer, tools.sender, spool, { absent: job.heads[at]?.absent, signal });
    });
    const lent: Loan[] = [];
    for (const loan of loans) {
      if (loan.from === at && !(await options.admission.refusalOf(loan.repository))) lent.push(loan);
    }
    const isOpen = ({ repository, digest }: Loan): boolean => !tools.presence.wasBrought(repository, digest);
    const complete = await sendMissing(one, at, options.passes, options, () => lent.filter(isOpen));
    if (complete.problem && !one.problem) await record.problem(complete.problem);
    sent[at] = complete;
  }
  return sent;
}

/** The positions of the packages, each behind those that send blobs for it. Where two do so for each other, one goes first. */
function lendersFirst(count: number, loans: readonly Loan[]): Iterable<number> {
  const order = new Set<number>();
  const begun = new Set<number>();
  const take = (at: number): void => {
    if (begun.has(at)) return;
    begun.add(at);
    for (const { from, to } of loans) if (to === at) take(from);
    order.add(at);
  };
  for (let at = 0; at < count; at += 1) take(at);
  return order;
}
