// Brings the blobs of packages that were only looked at: those that the decisions need, each package read again only if it must be.
import type { ServedOffers } from './forecast/blob-needs.js';
import { completeOffer } from './pass/complete-offer.js';
import { blobsOf, type Offer } from './base/offer.js';
import { bringMissing, type ReadingOptions, type ReadPackage } from './pass/read-packages.js';
import type { TagForecast } from './tags/tag-rows.js';
import type { TagJob } from './tags/tag-jobs.js';
import { forEachLimited } from '../flow/task-pool.js';

const COMPLETING = 8;

/** Asks, mounts, sends configs, and reads for the rest; packages that were sent already stay as they are. */
export async function sendNeededBlobs(
  read: readonly ReadPackage[],
  { toStore, present }: ServedOffers,
  options: ReadingOptions,
): Promise<readonly ReadPackage[]> {
  const { sender, counters, spool, passes, pause, signal } = options;
  if (!sender) throw new RangeError('nothing to send with');
  for (const offer of present) for (const { digest, size } of blobsOf(offer)) counters.skipped(digest, size);
  const wanted = new Set(toStore);
  const brought: ReadPackage[] = [];
  for (const [at, one] of read.entries()) {
    if (!one.isUnsent) {
      brought.push(one);
      continue;
    }
    const own = [...one.findings.offers.values()];
    for (const offer of own) if (!wanted.has(offer)) offer.missing = [];
    const needed = own.filter((offer) => wanted.has(offer));
    await forEachLimited(needed, COMPLETING, async (offer) => {
      await pause.passed(options);
      await completeOffer(offer, sender, spool, { signal });
    });
    brought.push(await bringMissing(one, at, passes, options));
  }
  return brought;
}

/** The forecast of a tag, as long as what goes there is still the same: an image whose blobs did not arrive does not. */
export function forecastsFor(
  forecasts: ReadonlyMap<TagJob, TagForecast>,
): (job: TagJob) => TagForecast | null {
  const known = new Map([...forecasts].map(([job, forecast]) => [nameOf(job), { job, forecast }]));
  return (job) => {
    const found = known.get(nameOf(job));
    return found && offersOf(found.job).join() === offersOf(job).join() ? found.forecast : null;
  };
}

function nameOf({ repository, tag }: TagJob): string {
  return `${repository}:${tag}`;
}

function offersOf({ chosen }: TagJob): readonly string[] {
  return chosen.map(({ offer }) => keyOf(offer));
}

function keyOf({ packageAt, manifest }: Offer): string {
  return `${String(packageAt)} ${manifest.digest}`;
}
