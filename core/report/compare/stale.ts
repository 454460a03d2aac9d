// Finds the stale platforms of a tag: those whose image comes from an older package version than the image of another platform.
// Why this rule: docs/decisions/0008-stale-platforms.md
import { decideChange, type Age } from '../../plan/change-policy.js';
import { compareVersions } from '../../plan/versions.js';

/** The image that a tag serves on one platform when the import is done. */
export interface ServedImage {
  /** All package versions that are known to hold it under this name; empty when none is known. */
  readonly versions: readonly string[];
  /** ISO 8601, or null when unknown. */
  readonly created: string | null;
  /** Other images that the compared packages hold for this platform and that are not taken. */
  readonly rivals: readonly Age[];
}

/**
 * The stale ones among the platforms of one tag. An image is stale when
 * - another platform of the tag serves an image of a later package version, and nothing shows that the tag did not change
 *   between the two versions: a platform (one of these two or a third) that both hold with the same image would show it; or
 * - a compared package of a later version holds another image for this very platform, which the policy `newer` would take,
 *   and which is left out all the same (`keep`, `stop`, two packages that differ).
 * An image whose version neither a journal nor a compared package tells is never called stale.
 */
export function stalePlatforms(served: ReadonlyMap<string, ServedImage>): ReadonlySet<string> {
  const images = [...served.values()];
  const stale = [...served].filter(
    ([, image]) =>
      images.some((other) => isBehind(image, other, images)) ||
      image.rivals.some((rival) => isLater(rival, image)),
  );
  return new Set(stale.map(([platform]) => platform));
}

/** The latest of some versions, '' if there are none. A text that is not a version is returned only if no version is among them. */
export function latestVersion(versions: readonly string[]): string {
  const ordered = versions.filter((version) => compareVersions(version, version) !== null);
  const [latest] = ordered.toSorted((a, b) => compareVersions(b, a) ?? 0);
  return latest ?? versions.toSorted()[0] ?? '';
}

function isBehind(image: ServedImage, other: ServedImage, all: readonly ServedImage[]): boolean {
  const order = compareVersions(latestVersion(other.versions), latestVersion(image.versions));
  return (order ?? 0) > 0 && !all.some((one) => cameTogether(one, image) && cameTogether(one, other));
}

function cameTogether(a: ServedImage, b: ServedImage): boolean {
  return a.versions.some((version) => b.versions.includes(version));
}

function isLater(rival: Age, image: ServedImage): boolean {
  const version = latestVersion(image.versions);
  if (rival.version === null || (compareVersions(rival.version, version) ?? 0) <= 0) return false;
  return decideChange({ created: image.created, version }, rival, 'newer').action === 'replace';
}
