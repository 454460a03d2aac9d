// Says before anything is sent that the target does not take the media types of the images.
import { isDockerType } from '../../content/media-types.js';
import type { AppError } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ConnectedTarget } from '../../target/connect.js';
import { referenceIn } from '../../target/place.js';
import type { Offer } from '../base/offer.js';
import { dockerRefused } from '../pass/converted-image.js';

/** The obstacle of images with Docker's media types in a registry that takes only those of OCI; empty where there is none. */
export async function refusedTypes(
  target: Pick<ConnectedTarget, 'images' | 'refusesDockerTypes'>,
  offers: readonly Offer[],
  options: Cancellable,
): Promise<readonly AppError[]> {
  const first = offers.find(({ manifest }) => isDockerType(manifest.mediaType));
  const { images } = target;
  if (!images || !first || !(await target.refusesDockerTypes(options))) return [];
  return [dockerRefused(images.host, referenceIn(images, first))];
}
