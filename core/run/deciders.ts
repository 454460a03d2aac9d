// Sets up what decides about tags and charts. Plan and import use the same set-up, so that they cannot decide differently.
import type { ImportRequest } from '../contract.js';
import { isDigest, type Digest } from '../content/digest.js';
import { describePlatform } from '../content/platform.js';
import type { PlannedChoices } from '../plan/planned-choices.js';
import { referenceIn } from '../target/place.js';
import type { TagReader } from '../ports/tag-reader.js';
import type { BlobPresence } from './upload/blob-presence.js';
import { ChartDecider } from './charts/chart-decider.js';
import type { FormerImages } from '../journal/known-versions.js';
import type { DisputeLookup } from './tags/disputes.js';
import type { TagContentLookup } from './tags/tag-rows.js';
import type { Spool } from './base/spool.js';
import { TagDecider } from './tags/tag-decider.js';

export interface DecidingJob {
  readonly request: Pick<ImportRequest, 'onChange' | 'onChartChange' | 'keepCharts' | 'allowMislabelled'>;
  /** Decisions of a person in the plan that is carried out. */
  readonly choices: PlannedChoices;
  /** Version of the package that brought a manifest, from the journals of former runs; null when none tells. */
  readonly versionOf: (digest: Digest) => string | null;
  /** Source references of an image under a tag of the target, from the same journals. */
  readonly sourcesOf: FormerImages['sourcesOf'];
  readonly spool: Spool;
  readonly signal: AbortSignal;
}

/** The decider of an import or its plan, with the policies and decisions of the request. */
export function tagDeciderFor(job: DecidingJob, target: TagReader, presence: BlobPresence): TagDecider {
  const { request, choices, versionOf, sourcesOf, signal } = job;
  return new TagDecider({
    target,
    presence,
    policy: request.onChange ?? 'newer',
    decided: (repository, tag, platform) =>
      choices.image(referenceIn(target, { repository, tag }), describePlatform(platform)),
    allowUnknownPlatform: request.allowMislabelled ?? false,
    versionOf,
    sourcesOf,
    signal,
  });
}

/** `images` is null with `--no-images`. */
export function chartDeciderFor(
  job: DecidingJob,
  images: TagReader | null,
  after: TagContentLookup,
  dispute: DisputeLookup,
): ChartDecider {
  const { request, choices, spool, signal } = job;
  return new ChartDecider({
    images,
    dispute,
    servedDigest: (repository, tag) => {
      const content = after(repository, tag);
      return content && content !== 'unreadable' && isDigest(content.digest) ? content.digest : null;
    },
    policy: request.onChartChange ?? 'auto',
    choices,
    keepCharts: request.keepCharts ?? [],
    spool,
    signal,
  });
}
