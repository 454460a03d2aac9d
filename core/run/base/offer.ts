// What the packages bring for each tag, collected while they are read.
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import type { RawManifest } from '../../content/manifest.js';
import type { Platform } from '../../content/platform.js';
import type { AppError } from '../../errors.js';
import type { PackageImage } from '../../package/stream/package-stream.js';
import type { ProgramsFinding } from '../../package/programs/programs.js';
import type { Spool, SpoolRef } from './spool.js';

/** A manifest that waits in the spool. */
export interface SpooledManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly at: SpoolRef;
}

/** One image of one package under one name. */
export interface Offer {
  readonly packageAt: number;
  readonly sources: Set<string>;
  readonly repository: string;
  readonly tag: string;
  readonly platform: Platform;
  readonly created: string | null;
  readonly programs: ProgramsFinding;
  readonly manifest: SpooledManifest;
  readonly config: Descriptor;
  /** The config's bytes, waiting in the spool. */
  readonly configAt: SpoolRef;
  readonly layers: readonly Descriptor[];
  readonly attestations: readonly {
    readonly descriptor: Descriptor;
    readonly manifest: SpooledManifest;
    readonly blobs: readonly Descriptor[];
  }[];
  /** Blobs that the repository still lacks. */
  missing: readonly Descriptor[];
  /** The last failure to store a blob of it; a further pass may mend it. */
  failure: AppError | null;
  /** Why this image gets no name. */
  problem: AppError | null;
}

/** The key under which equal images of several charts become one row. */
export function offerKey(one: {
  readonly packageAt: number;
  readonly repository: string;
  readonly tag: string;
  readonly manifest: Pick<RawManifest, 'digest'>;
}): string {
  return `${String(one.packageAt)} ${one.repository}:${one.tag} ${one.manifest.digest}`;
}

/** An image that has just come by, its manifests in the spool; all its blobs count as missing. */
export async function newOffer(
  where: Pick<Offer, 'packageAt' | 'repository' | 'tag'>,
  image: PackageImage,
  spool: Spool,
): Promise<Offer> {
  const attestations = [];
  for (const { descriptor, manifest, blobs } of image.attestations) {
    attestations.push({ descriptor, blobs, manifest: await spooled(manifest, spool) });
  }
  return {
    ...where,
    sources: new Set(),
    platform: image.platform,
    created: image.created,
    programs: image.programs,
    manifest: await spooled(image.manifest, spool),
    config: image.config,
    configAt: await spool.put(image.configBytes),
    layers: image.layers,
    attestations,
    missing: image.layers,
    failure: null,
    problem: image.problem,
  };
}

async function spooled({ mediaType, digest, bytes }: RawManifest, spool: Spool): Promise<SpooledManifest> {
  return { mediaType, digest, size: bytes.length, at: await spool.put(bytes) };
}

/** Everything that the image's repository has to hold; foreign layers stay where their URL says. */
export function blobsOf({ layers, attestations, config }: Offer): readonly Descriptor[] {
  const attached = attestations.flatMap((attestation) => attestation.blobs);
  return [...layers, ...attached, config].filter((blob) => !blob.urls?.length);
}

/** The layers' digests that a further pass must bring, and where to. */
export function wantedBlobs(offers: Iterable<Offer>): ReadonlyMap<Digest, ReadonlySet<string>> {
  const wanted = new Map<Digest, Set<string>>();
  for (const offer of offers) {
    if (offer.problem) continue;
    for (const blob of offer.missing) {
      const repositories = wanted.get(blob.digest) ?? new Set<string>();
      wanted.set(blob.digest, repositories.add(offer.repository));
    }
  }
  return wanted;
}
