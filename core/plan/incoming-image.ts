// One image of a package on its way to a tag, and how it looks as a child of an index.
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

/** The index entry that Archbridge writes for an image: these four fields, nothing else. */
export function childDescriptor(
  descriptor: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>,
  platform: Platform,
): Descriptor & { readonly platform: Platform } {
  const { mediaType, digest, size } = descriptor;
  return { mediaType, digest, size, platform };
}

/** The image as the tag will serve it. */
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

/** The attestations that describe this very manifest; others would describe nothing in the index. */
export function attestationsOf({ attestations, descriptor }: IncomingImage): readonly Descriptor[] {
  return attestations.filter(
    (one) => isAttestation(one) && one.annotations?.[ATTESTATION_SUBJECT] === descriptor.digest,
  );
}
