// Maps an image name to repository and tag in a target: folders keep full names, registries the path under their host.
import { familiarReference, isRepository, isTag, type Reference } from '../content/reference.js';
import type { ImageTarget } from '../ports/image-target.js';

export interface Place {
  readonly repository: string;
  readonly tag: string;
}

/** Repository and tag for a relocated reference; without a tag `latest`. */
export function placeIn(target: Pick<ImageTarget, 'kind'>, reference: Reference): Place {
  const tag = reference.tag ?? 'latest';
  if (target.kind === 'registry') return { repository: reference.repository, tag };
  const { registry, repository } = reference;
  const full = familiarReference({ registry, repository, tag });
  return { repository: full.slice(0, full.length - tag.length - 1), tag };
}

/** The reference of a place: with the host in a registry, the full name in a folder. */
export function referenceIn(target: Pick<ImageTarget, 'host'>, place: Place): string {
  const host = target.host === '' ? '' : `${target.host}/`;
  return `${host}${place.repository}:${place.tag}`;
}

/** The inverse of {@link referenceIn}; null when the reference does not belong to this target. */
export function placeOf(target: Pick<ImageTarget, 'host' | 'kind'>, reference: string): Place | null {
  const host = target.host === '' ? '' : `${target.host}/`;
  const colon = reference.lastIndexOf(':');
  if (!reference.startsWith(host) || colon < reference.lastIndexOf('/')) return null;
  const place = { repository: reference.slice(host.length, colon), tag: reference.slice(colon + 1) };
  const isLegal = isTag(place.tag) && (target.kind === 'folder' || isRepository(place.repository));
  return isLegal ? place : null;
}
