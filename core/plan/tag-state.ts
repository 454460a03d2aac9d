// What a tag holds, as far as the decision about it needs to know.
import type { Digest } from '../content/digest.js';
import { isAttestation, type Descriptor } from '../content/descriptor.js';
import type { ImageIndex, RawManifest } from '../content/manifest.js';
import { isImageManifestType } from '../content/media-types.js';
import { platformKey, type Platform } from '../content/platform.js';

/** One image that a tag serves. */
export interface ChildState {
  readonly descriptor: Descriptor;
  /** In an index the platform of the entry, because clients select by it; else that of the config. */
  readonly platform: Platform;
  /** Null when the manifest could not be read, or was not looked at. */
  readonly config: Digest | null;
  /** ISO 8601, or null when unknown (1970 and 1980 count as unknown). */
  readonly created: string | null;
  /** Version of the package that brought it, as far as journals know. */
  readonly version: string | null;
  /** False when the manifest or a blob of it is missing. */
  readonly complete: boolean;
  /** The manifest of an index's child; absent when it was not read, or is not there. */
  readonly manifest?: RawManifest;
}

export type TagState =
  /** `isUnproven`: as far as a look that writes nothing can tell; the import proves it before it writes. */
  | { readonly kind: 'absent'; readonly isUnproven?: true }
  | { readonly kind: 'manifest'; readonly manifest: RawManifest; readonly child: ChildState }
  | {
      readonly kind: 'index';
      readonly manifest: RawManifest;
      readonly index: ImageIndex;
      /** The image children (see {@link isImageChild}) in the order of the index. */
      readonly children: readonly ChildState[];
    }
  | {
      readonly kind: 'blocked';
      readonly reason: 'unreadable' | 'not-an-image' | 'unsupported-manifest';
      /** For the message, in English. */
      readonly detail: string;
    };

/** The key of every image whose config names no platform: a tag can hold only one of them. */
export const NO_PLATFORM = 'unknown';

/** The key of an image in an index: an import leaves at most one image for each key. */
export function childKey(platform: Platform): string {
  return platform.os === '' || platform.architecture === '' ? NO_PLATFORM : platformKey(platform);
}

/**
 * True for an index entry that is an image for a platform. Attestations, nested indexes, artifacts and entries without a
 * platform (or `unknown/unknown`) are not: they are left alone. An entry without a media type is one, as clients select by platform.
 */
export function isImageChild(
  descriptor: Descriptor,
): descriptor is Descriptor & { readonly platform: Platform } {
  const { platform, mediaType } = descriptor;
  if (!platform || !(mediaType === '' || isImageManifestType(mediaType)) || isAttestation(descriptor))
    return false;
  return platform.os !== 'unknown' && platform.architecture !== 'unknown';
}

/** The state of an entry, as the survey found it; an entry that it did not find counts as unreadable. */
export function stateOf(
  descriptor: Descriptor & { readonly platform: Platform },
  children: readonly ChildState[],
): ChildState {
  const { platform, digest } = descriptor;
  const found = children.find(
    (child) => child.descriptor.digest === digest && childKey(child.platform) === childKey(platform),
  );
  return found ?? { descriptor, platform, config: null, created: null, version: null, complete: false };
}
