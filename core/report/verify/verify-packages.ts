// Makes from packages what a target should serve after their import, with the same naming and the same choice among packages.
import { compareCharts } from '../../chart/files/equality.js';
import type { Problem } from '../../contract.js';
import { describePlatform } from '../../content/platform.js';
import { familiarReference } from '../../content/reference.js';
import { type AppError, toProblem } from '../../errors.js';
import { notShipped } from '../../plan/absent-images.js';
import { isMislabelled } from '../../plan/mislabelled.js';
import { matchesChart } from '../../plan/selection.js';
import { offeredFiles, type OfferedChart } from '../../run/base/offered-chart.js';
import { checkLacking, outvoted } from '../../run/charts/lacking-images.js';
import { chooseCharts, usableCharts } from '../../run/charts/publish-charts.js';
import type { ReadPackage } from '../../run/pass/look-at-package.js';
import type { Spool } from '../../run/base/spool.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import { conflictOf, packagesDiffer } from '../../run/tags/disputes.js';
import { tagJobs, type TagJob } from '../../run/tags/tag-jobs.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { TagReader } from '../../ports/tag-reader.js';
import type { TagContentLookup } from '../../run/tags/tag-rows.js';
import { placeIn, referenceIn } from '../../target/place.js';
import type { Expected, ExpectedChart, ExpectedTag } from './expected.js';
import { unique } from './verify-run.js';

export interface LookedAt {
  /** Packages that were read without sending, mislabelled images included. */
  readonly read: readonly ReadPackage[];
  readonly labels: readonly PackageLabel[];
  readonly spool: Spool;
  /** Null without images. */
  readonly images: TagReader | null;
  readonly keepCharts: readonly string[];
  readonly noCharts: boolean;
}

/** Reads from the target only the tags of images that a bundle lacks. Throws errors that concern the whole target. */
export async function expectedOfPackages(looked: LookedAt, options: Cancellable): Promise<Expected> {
  const { read, labels, images, keepCharts, noCharts } = looked;
  const jobs = tagJobs(
    read.flatMap((one) => [...one.findings.offers.values()]),
    labels,
  );
  const lacking = { images, after: broughtBy(jobs), keepCharts, ...options };
  const checked = await checkLacking(noCharts ? [] : usableCharts(read, false), lacking);
  const chosen = chooseCharts(checked.charts, labels);
  const sound = chosen.filter(
    ({ chart, isDisputed }) => chart.isSelected && chart.problems.length === 0 && !isDisputed,
  );
  const problems = [
    ...read.flatMap((one) => one.findings.problems),
    ...jobs.flatMap((job) => job.failed.flatMap((offer) => offer.problem ?? [])),
    ...chosen.flatMap(({ chart }) => chart.problems),
    ...outvoted(checked.charts),
  ];
  const disputed = [
    ...jobs.flatMap((job) =>
      job.conflicting.map(
        (offer) => conflictOf(job, offer, referenceIn(images ?? { host: '' }, job)).problem,
      ),
    ),
    ...chosen
      .filter((one) => one.isDisputed)
      .map(({ chart }) => packagesDiffer(`${chart.name} ${chart.version}`)),
  ];
  const omissions = sound.flatMap(({ chart }) => [...chart.notes, ...notShipped(chart)]);
  const suspect = new Set(jobs.filter(holdsMislabelled).map((job) => `${job.repository}:${job.tag}`));
  return {
    tags: jobs.flatMap(expectedTag),
    charts: sound.map(({ chart }) => expectedChart(chart, looked, suspect)),
    problems: asProblems(problems),
    notes: asProblems([...disputed, ...checked.notes, ...omissions]),
  };
}

/** What the packages bring for each tag. */
function broughtBy(jobs: readonly TagJob[]): TagContentLookup {
  const brought = new Map(
    jobs.map(({ repository, tag, chosen }) => {
      const platforms = chosen.map(({ offer }) => describePlatform(offer.platform));
      return [`${repository}:${tag}`, { digest: '', mediaType: '', platforms }];
    }),
  );
  return (repository, tag) => brought.get(`${repository}:${tag}`);
}

function asProblems(errors: readonly AppError[]): readonly Problem[] {
  return unique(errors.map((error) => toProblem(error)));
}

function expectedTag({ repository, tag, chosen }: TagJob): readonly ExpectedTag[] {
  if (chosen.length === 0) return [];
  const images = chosen.map(({ offer }) => ({
    platform: describePlatform(offer.platform),
    digest: offer.manifest.digest,
    config: offer.config.digest,
    mayDiffer: false,
    mislabelled: isMislabelled(offer),
  }));
  return [{ repository, tag, images }];
}

function holdsMislabelled({ chosen }: TagJob): boolean {
  return chosen.some(({ offer }) => isMislabelled(offer));
}

function expectedChart(
  chart: OfferedChart,
  { images, spool, keepCharts }: LookedAt,
  suspect: ReadonlySet<string>,
): ExpectedChart {
  const { folder, name, version, plan, absent, notes } = chart;
  const written = plan.images.flatMap((image) => image.keys);
  return {
    repo: folder,
    url: null,
    name,
    version,
    digest: null,
    isSame: async (published) => {
      const own = await offeredFiles(chart, spool);
      return compareCharts(published, own.files, written) !== 'different';
    },
    hints: Buffer.from(JSON.stringify(plan.images.map((image) => image.hint))),
    omitted: absent.map(({ image }) => familiarReference(image.source)),
    mayMisname: notes.some(({ code }) => code === 'plan.own-hints-unusable'),
    isKept: matchesChart(keepCharts, { folder, name, version }),
    mayBeAbsent: plan.images.some((image) => {
      const place = images && placeIn(images, image.target);
      return place !== null && suspect.has(`${place.repository}:${place.tag}`);
    }),
  };
}
