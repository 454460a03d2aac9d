// The tags of a comparison: what the packages bring for each, and what their charts need there.
import { isAttachedTag } from '../../contract.js';
import { familiarReference } from '../../content/reference.js';
import { imageSelected, type SelectionRules } from '../../plan/selection.js';
import type { Offer } from '../../run/base/offer.js';
import type { OfferedChart } from '../../run/base/offered-chart.js';
import type { ReadPackage } from '../../run/pass/look-at-package.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import { tagJobs, type TagJob } from '../../run/tags/tag-jobs.js';
import { placeIn } from '../../target/place.js';
import type { TagReader } from '../../ports/tag-reader.js';

export interface ComparedTag {
  /** What an import of the packages would write under the tag. */
  readonly job: TagJob;
  /** All images of all packages for the tag, also those that a later version supersedes. */
  readonly offers: readonly Offer[];
  /** Spellings of the source. */
  readonly sources: readonly string[];
  /** Charts that name it, `folder/name@version`. */
  readonly charts: readonly string[];
  /** Packages (by position) with a chart that names the image, where no package brings it. */
  readonly lackedBy: readonly number[];
}

export interface GroupOptions {
  readonly labels: readonly PackageLabel[];
  readonly target: TagReader;
  readonly selection: SelectionRules;
}

/** One item for each tag; an image that several charts name is one. */
export function comparedTags(read: readonly ReadPackage[], options: GroupOptions): readonly ComparedTag[] {
  const groups = new Map<string, { place: Pick<TagJob, 'repository' | 'tag'>; offers: Offer[] }>();
  for (const offer of read.flatMap((one) => [...one.findings.offers.values()])) {
    const { repository, tag } = offer;
    // what is attached to an image has no platforms to compare
    if (isAttachedTag(tag)) continue;
    const key = `${repository}:${tag}`;
    const group = groups.get(key) ?? { place: { repository, tag }, offers: [] };
    groups.set(key, group);
    group.offers.push(offer);
  }
  const brought = new Set(groups.keys());
  const charts = read.flatMap((one) => one.findings.charts);
  const needs = neededTags(charts, options);
  for (const [key, need] of needs) {
    if (!brought.has(key) && need.isMeant) groups.set(key, { place: need.place, offers: [] });
  }
  return [...groups].map(([key, { place, offers }]) => {
    const need = needs.get(key);
    const [job = { ...place, chosen: [], failed: [], conflicting: [] }] = tagJobs(offers, options.labels);
    const sources = offers.flatMap((offer) => [...offer.sources]);
    return {
      job,
      offers,
      sources: [...new Set(sources.length > 0 ? sources : (need?.sources ?? []))].sort(),
      charts: [...(need?.charts ?? [])].sort(),
      lackedBy: brought.has(key) ? [] : [...(need?.packages ?? [])],
    };
  });
}

interface Need {
  readonly place: Pick<TagJob, 'repository' | 'tag'>;
  readonly sources: Set<string>;
  readonly charts: Set<string>;
  readonly packages: Set<number>;
  /** False where no package brings the image because it was not asked for. */
  readonly isMeant: boolean;
}

/** What the charts name, by `repository:tag`. */
function neededTags(
  charts: readonly OfferedChart[],
  { target, selection }: GroupOptions,
): ReadonlyMap<string, Need> {
  const needs = new Map<string, Need>();
  for (const { folder, name, version, packageAt, plan } of charts) {
    for (const { source, target: reference } of plan.images) {
      const place = placeIn(target, reference);
      const key = `${place.repository}:${place.tag}`;
      const spelling = familiarReference(source);
      // no package brings the image, so its platform is unknown: it cannot be one that was asked for
      const isMeant =
        selection.platforms.length === 0 && imageSelected(selection, spelling, { os: '', architecture: '' });
      const need = needs.get(key) ?? {
        place,
        sources: new Set(),
        charts: new Set(),
        packages: new Set(),
        isMeant,
      };
      needs.set(key, need);
      need.sources.add(spelling);
      need.charts.add(`${folder === '' ? '' : `${folder}/`}${name}@${version}`);
      need.packages.add(packageAt);
    }
  }
  return needs;
}
