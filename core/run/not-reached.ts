// Rows for what a run did not come to, because it ended early or was cancelled: a report names every image and chart that it knew of.
import { AppError, toProblem } from '../errors.js';
import { referenceIn } from '../target/place.js';
import { chartUrlsFor, normalizeTarget } from '../target/spec.js';
import { notReachedRow } from './charts/publish-everywhere.js';
import { chooseCharts, usableCharts } from './charts/publish-charts.js';
import type { ImportRun } from './import-job.js';
import type { ReadPackage } from './pass/look-at-package.js';
import { tagJobs } from './tags/tag-jobs.js';

/** Records a row for each image and chart of the packages that has none yet. `cause` is what ended the run. */
export async function recordNotReached(
  run: ImportRun,
  read: readonly ReadPackage[],
  cause: unknown,
): Promise<void> {
  const problem = cause instanceof AppError && !run.job.signal.aborted ? toProblem(cause) : null;
  await recordImages(run, read, problem);
  await recordCharts(run, read, problem);
}

async function recordImages(
  { job, record }: ImportRun,
  read: readonly ReadPackage[],
  problem: ReturnType<typeof toProblem> | null,
): Promise<void> {
  const { images } = job.target;
  if (!images) return;
  const known = new Set(
    job.journal.entries.flatMap((one) =>
      one.type === 'image' ? [`${one.repository}:${one.tag} ${one.digest}`] : [],
    ),
  );
  const offers = read.flatMap((one) => [...one.findings.offers.values()]);
  for (const { repository, tag, chosen, failed, conflicting } of tagJobs(offers, job.labels)) {
    for (const offer of [...chosen.map((one) => one.offer), ...failed, ...conflicting]) {
      if (known.has(`${repository}:${tag} ${offer.manifest.digest}`)) continue;
      await record.image(offer, {
        target: referenceIn(images, { repository, tag }),
        repository,
        tag,
        sources: [...offer.sources].sort(),
        action: 'failed',
        reason: 'not-reached',
        // The tag may not have been read, so nothing is said of what it holds.
        before: 'unreadable',
        after: 'unreadable',
        problem: offer.problem ? toProblem(offer.problem) : problem,
      });
    }
  }
}

async function recordCharts(
  { job, record }: ImportRun,
  read: readonly ReadPackage[],
  problem: ReturnType<typeof toProblem> | null,
): Promise<void> {
  const { journal, labels, request } = job;
  if (request.target.noCharts) return;
  const target = normalizeTarget(request.target);
  const key = (url: string, folder: string, name: string, version: string): string =>
    JSON.stringify([url, folder, name, version]);
  const known = new Set(
    journal.entries.flatMap((one) =>
      one.type === 'chart' ? [key(one.url, one.repo, one.name, one.version)] : [],
    ),
  );
  for (const { chart } of chooseCharts(usableCharts(read, request.acceptUnproven ?? false), labels)) {
    const { folder, name, version, isSelected } = chart;
    if (!isSelected) continue;
    for (const { url } of chartUrlsFor(target, folder)) {
      if (known.has(key(url, folder, name, version))) continue;
      const own = chart.problems[0];
      await record.chart(notReachedRow(chart, url, own ? toProblem(own) : problem));
    }
  }
}
