// What published charts use of the target: the tags that they name, and the digests to which they pin images.
import { isDigest } from '../content/digest.js';
import type { AppError } from '../errors.js';
import type { NamedImages, PublishedVersion } from '../report/audit/audit-charts.js';
import { homePlace, ownNames } from '../report/reading/chart-references.js';
import { placeOf, referenceIn, type Place } from '../target/place.js';
import type { PruneJob } from './prune-job.js';

export interface UsedTag {
  /** `host/repo:tag`. */
  readonly target: string;
  readonly place: Place;
}

export interface ChartUses {
  /** Each tag once. */
  readonly references: readonly UsedTag[];
  /** The charts (`NAME VERSION`) that name a tag, by `host/repo:tag`. */
  readonly users: ReadonlyMap<string, readonly string[]>;
  /** The charts that pin a digest, by `repository@sha256:…`. */
  readonly pins: ReadonlyMap<string, readonly string[]>;
  /** Charts whose images are not known for certain. */
  readonly unreadable: readonly AppError[];
}

/**
 * What the charts name by hints and default values, and what the runs that brought them say of them.
 * @param named what was read of each chart; one that is missing was not read
 */
export function chartUses(
  charts: readonly PublishedVersion[],
  named: ReadonlyMap<PublishedVersion, NamedImages>,
  { target, rules, imagesOf }: Pick<PruneJob, 'target' | 'rules' | 'imagesOf'>,
): ChartUses {
  const references = new Map<string, UsedTag>();
  const users = new Map<string, string[]>();
  const pins = new Map<string, string[]>();
  const unreadable: AppError[] = [];
  const { images } = target;
  for (const chart of images ? charts : []) {
    const found = named.get(chart);
    if (found?.problem) unreadable.push(found.problem);
    const isOwn = images && ownNames(images, rules);
    const user = `${chart.name} ${chart.version}`;
    const uses = (name: string, place: Place): void => {
      references.set(name, { target: name, place });
      const known = users.get(name) ?? [];
      if (!known.includes(user)) users.set(name, [...known, user]);
    };
    for (const name of images ? imagesOf(chart.name, chart.version) : []) {
      const place = images && placeOf(images, name);
      if (place) uses(name, place);
    }
    for (const one of found?.references ?? []) {
      if (!images || !isOwn?.(one.source)) continue;
      const { repository, reference } = homePlace(one, images, rules);
      if (isDigest(reference)) {
        const key = `${repository}@${reference}`;
        pins.set(key, [...(pins.get(key) ?? []), user]);
        continue;
      }
      const place = { repository, tag: reference };
      uses(referenceIn(images, place), place);
    }
  }
  return { references: [...references.values()], users, pins, unreadable };
}
