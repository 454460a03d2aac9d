// The image rows of a plan: what each tag holds, the action for each image, and what the tag holds afterwards.
import type { PlanImage } from '../../contract.js';
import { platformFields, rowPlatform } from '../../content/platform.js';
import { toProblem, type AppError } from '../../errors.js';
import { decisionOf } from '../../plan/change-policy.js';
import { placeIn, referenceIn } from '../../target/place.js';
import type { TagReader } from '../../ports/tag-reader.js';
import type { Offer } from '../base/offer.js';
import type { BlobSurvey } from './blob-survey.js';
import type { OfferedChart } from '../base/offered-chart.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import { conflictOf } from '../tags/disputes.js';
import { reasonOfFailed, type TagJob } from '../tags/tag-jobs.js';
import { afterOf, rowsOf, summaryOf, type TagForecast } from '../tags/tag-rows.js';
import { compareText } from '../../content/text-order.js';

/** The part of a row that does not describe the image itself. */
type Fate = Pick<PlanImage, 'action' | 'reason' | 'problem'>;
type RowMaker = (offer: Offer, names: Pick<PlanImage, 'sources' | 'bundles'>, fate: Fate) => PlanImage;

/** One row for each image and tag, sorted by target and platform. */
export function planRows(
  forecasts: ReadonlyMap<TagJob, TagForecast>,
  target: TagReader,
  labels: readonly PackageLabel[],
  charts: readonly OfferedChart[],
  blobs: BlobSurvey,
): readonly PlanImage[] {
  const namedBy = chartsByTag(charts, target);
  const rows = [...forecasts].flatMap(([job, forecast]) => {
    const tag = `${job.repository}:${job.tag}`;
    const of: RowMaker = (offer, { sources, bundles }, fate) => {
      const label = labels[offer.packageAt];
      const after = afterOf(forecast);
      return {
        source: sources[0] ?? '',
        sources,
        target: referenceIn(target, job),
        ...platformFields(offer.platform),
        digest: offer.manifest.digest,
        ...(offer.convertedFrom === null ? {} : { convertedFrom: offer.convertedFrom }),
        config: offer.config.digest,
        ...fate,
        decision: decisionOf(fate.action, fate.reason),
        package: label?.fileName ?? '',
        version: label?.version ?? '',
        created: offer.created,
        bytes: bytesOf(offer),
        ...blobs.of(offer),
        bundles,
        before: summaryOf(forecast.state),
        after,
        afterPlatforms: after === null || after === 'unreadable' ? [] : after.platforms,
        charts: namedBy.get(tag) ?? [],
      };
    };
    return imageRows(job, forecast, of, referenceIn(target, job));
  });
  // packages of the same file name in two folders may hold the same image
  const once = new Map(
    rows.map((row) => [`${row.target} ${rowPlatform(row)} ${row.digest} ${row.package}`, row]),
  );
  return [...once.values()].sort(
    (a, b) => compareText(a.target, b.target) || compareText(rowPlatform(a), rowPlatform(b)),
  );
}

function imageRows(
  job: TagJob,
  forecast: TagForecast,
  of: RowMaker,
  reference: string,
): readonly PlanImage[] {
  const decided = rowsOf(forecast);
  const alone = (offer: Offer, fate: Omit<Fate, 'problem'>, problem: AppError | null) =>
    of(
      offer,
      { sources: [...offer.sources].sort(), bundles: [...offer.bundles].sort(compareText) },
      { ...fate, problem: problem && toProblem(problem) },
    );
  return [
    ...job.chosen.flatMap(({ offer, ...names }, at) => {
      const row = decided[at];
      // a plan has no failed rows: what an import would report as failed is blocked
      if (!row || row.action === 'failed') return [];
      return [of(offer, names, { action: row.action, reason: row.reason, problem: row.problem })];
    }),
    ...job.failed.map((offer) => {
      return alone(offer, { action: 'blocked', reason: reasonOfFailed(offer) }, offer.problem);
    }),
    ...job.conflicting.map((offer) => {
      const { reason, problem } = conflictOf(job, offer, reference);
      return alone(offer, { action: 'conflict', reason }, problem);
    }),
  ];
}

/** `folder/name@version` of the charts that name an image, by `repository:tag`. */
function chartsByTag(
  charts: readonly OfferedChart[],
  target: TagReader,
): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, Set<string>>();
  for (const { folder, name, version, plan } of charts) {
    for (const image of plan.images) {
      const { repository, tag } = placeIn(target, image.target);
      const key = `${repository}:${tag}`;
      const chart = `${folder === '' ? '' : `${folder}/`}${name}@${version}`;
      named.set(key, (named.get(key) ?? new Set()).add(chart));
    }
  }
  return new Map([...named].map(([tag, names]) => [tag, [...names].sort(compareText)]));
}

function bytesOf(offer: Offer): number {
  const blobs = new Map(offer.blobs.map((blob) => [blob.digest, blob.size]));
  return [...blobs.values()].reduce((sum, size) => sum + size, 0);
}
