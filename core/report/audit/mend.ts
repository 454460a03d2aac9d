// Finds a package that would repair a finding of an audit: one that earlier brought this image for a missing platform.
import type { NamingRules } from '../../chart/relocation/naming.js';
import { relocateName } from '../../chart/relocation/relocation.js';
import { isDigest } from '../../content/digest.js';
import { includesPlatform } from '../../content/platform.js';
import { parseReference } from '../../content/reference.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { readPlace, type ReadPlace } from '../reading/chart-references.js';
import type { KnownImage, KnownPackage } from '../reading/run-history.js';

/** The image that is missing: at this place or with this name, for one of these platforms (empty: for any). */
export interface Wanted {
  readonly place: ReadPlace;
  readonly source: string;
  readonly platforms: readonly string[];
}

/** The package of the newest run that brought the image; null where no journal tells. */
export function mendingPackage(
  wanted: Wanted,
  known: readonly KnownImage[],
  images: Pick<ImageTarget, 'kind'>,
  rules: NamingRules,
): KnownPackage | null {
  const pinned = isDigest(wanted.place.reference)
    ? known.find((one) => one.digest === wanted.place.reference)
    : undefined;
  const found = known.findLast((one) => {
    const { platforms } = wanted;
    const isPlatform =
      platforms.length === 0 || platforms.some((asked) => includesPlatform([one.platform], asked));
    return isPlatform && (pinned ? isSameTag(one, pinned) : isMeant(one, wanted, images, rules));
  });
  if (!found) return null;
  const { package: name, version, sha512 } = found;
  return { package: name, version, sha512 };
}

function isSameTag(a: KnownImage, b: KnownImage): boolean {
  return a.repository === b.repository && a.tag === b.tag;
}

/** Compares the place that the run used, the image's own name, and the place where the naming rules would put it. */
function isMeant(
  { repository, tag, sources }: KnownImage,
  { place, source }: Wanted,
  images: Pick<ImageTarget, 'kind'>,
  rules: NamingRules,
): boolean {
  const isPlace = (one: ReadPlace): boolean =>
    one.repository === place.repository && (isDigest(place.reference) || one.reference === place.reference);
  if (isPlace({ repository, reference: tag }) || sources.includes(source)) return true;
  return sources.some((text) => {
    const reference = parseReference(text);
    return reference !== null && isPlace(readPlace(images, relocateName(reference, rules)));
  });
}
