// One image of a package that an import may put under a tag, and its entry in an index.
import { ATTESTATION_SUBJECT, isAttestation, type Descriptor } from '../content/descriptor.js';
import type { Digest } from '../content/digest.js';
import type { RawManifest } from '../content/manifest.js';
import type { Platform } from '../content/platform.js';
import type { ChildState } from './tag-state.js';

export interface IncomingImage {
  /** From the config; `os` or `architecture` may be empty. */
  readonly platform: Platform;
  readonly descriptor: { readonly mediaType: string; readonly digest: Digest; readonly size: number };
  readonly manifest: RawManifest;
  readonly config: Digest;
  /** ISO 8601, or null when unknown. */
  readonly created: string | null;
  /** Version of the package, or null when unknown. */
  readonly version: string | null;
  /** Attestation manifests that describe this image, as their index named them. */
  readonly attestations: readonly Descriptor[];
}

/** The index entry that Archbridge writes for an image. It has these four fields and no others. */
export function childDescriptor(
  descriptor: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>,
  platform: Platform,
): Descriptor & { readonly platform: Platform } {
  const { mediaType, digest, size } = descriptor;
  return { mediaType, digest, size, platform };
}

/** The state of the tag's image after this one was written. */
export function childOf(image: IncomingImage): ChildState {
  const { descriptor, platform, config, created, version } = image;
  return {
    descriptor: childDescriptor(descriptor, platform),
    platform,
    config,
    created,
    version,
    complete: true,
  };
}

/** The attestations that describe this manifest; those of other manifests would have no subject in the index. */
export function attestationsOf({ attestations, descriptor }: IncomingImage): readonly Descriptor[] {
  return attestations.filter(
    (one) => isAttestation(one) && one.annotations?.[ATTESTATION_SUBJECT] === descriptor.digest,
  );
}
