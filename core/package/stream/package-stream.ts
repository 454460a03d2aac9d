// What a pass over a package delivers, in the order of the package. The shapes are the same for every form of package.
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import type { RawManifest } from '../../content/manifest.js';
import type { Platform } from '../../content/platform.js';
import type { AppError } from '../../errors.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import type { ProgramsFinding } from '../programs/programs.js';

/** Path inside the chart (`values.yaml`, `charts/sub/Chart.yaml`) to the file's bytes. */
export type ChartFiles = ReadonlyMap<string, Buffer>;

/** A chart with its images, or (without a chart) a docker-archive or OCI layout. */
export interface BundleId {
  /** Number of the bundle inside the package, from 0. */
  readonly ordinal: number;
  /** Name of the folder that holds the bundle (`addon`, `community`), or '' at the top. */
  readonly folder: string;
  /** Path inside the package, or the package's own name when the package is a single bundle. */
  readonly path: string;
}

/** What is known of a bundle when its first blob is delivered; null for what was not read yet. */
export interface BundleHead {
  readonly hints: Buffer | null;
  readonly chart: ChartFiles | null;
}

/** One blob as it will be stored in the target; layers that the package holds uncompressed are delivered compressed. */
export interface PassingBlob {
  /** Digest of the body's bytes as the package claims it; null when it is known at the end only (a layer that is compressed on the way, or whose name holds no digest). */
  readonly claimed: Digest | null;
  /** Bytes of the body; null when known at the end only. */
  readonly size: number | null;
  /** The bytes, to be read once. What the visitor leaves unread is read and hashed by the reader. A chunk is valid until the next one is asked for: copy to keep. */
  readonly body: AsyncIterable<Buffer>;
  /** The digest of all bytes of the body, once they were read; rejected where that fails. Absent where `claimed` is null. */
  readonly proof?: Promise<Digest>;
}

/** Digest and size in bytes of a blob's body, computed while it was read. */
export interface ProvenBlob {
  readonly digest: Digest;
  readonly size: number;
}

/** An attestation or another manifest that belongs to an image and is no platform of its own. */
export interface AttachedManifest {
  readonly descriptor: Descriptor;
  readonly manifest: RawManifest;
  /** Config and layers, all proven. */
  readonly blobs: readonly Descriptor[];
}

/** One image for one platform. */
export interface PackageImage {
  /** References as the package writes them; empty for an image that is named by digest only. */
  readonly names: readonly string[];
  /** Tags that the package gives without a repository; never beside `names`. */
  readonly tags: readonly string[];
  /** Digest of the index that held the image in the package, when the package has one. */
  readonly indexDigest: Digest | null;
  /** From the config; `os` or `architecture` may be empty. */
  readonly platform: Platform;
  /** ISO 8601, or null when unknown. */
  readonly created: string | null;
  /** As it will be pushed: regenerated (docker-archive) or the original bytes (OCI layout). */
  readonly manifest: RawManifest;
  readonly config: Descriptor;
  readonly configBytes: Buffer;
  /** Base first; may repeat. */
  readonly layers: readonly Descriptor[];
  /** Layers whose bytes the package does not hold, because clients fetch them from their `urls` (foreign layers of Windows images). */
  readonly absentLayers: readonly Digest[];
  readonly attestations: readonly AttachedManifest[];
  /** The platform that the programs inside the image are made for. */
  readonly programs: ProgramsFinding;
  /** Why this image must not be used: a layer is missing or damaged. */
  readonly problem: AppError | null;
}

/** What a bundle holds, without the bytes of its layers. */
export interface BundleContent {
  readonly chart: ChartFiles | null;
  readonly hints: Buffer | null;
  readonly images: readonly PackageImage[];
  /** False when the bundle has no images.tar (saved with skipImages). */
  readonly hasImages: boolean;
  /** Why no tag or chart may be written from this bundle (chart, hints or manifest.json unusable; one tag for two images); null when nothing is wrong. */
  readonly problem: AppError | null;
}

/** Called in the order of the package. The reader waits for each promise; a rejected one ends the pass. */
export interface PackageVisitor {
  /** What the pass may use altogether; a visitor that gives one counts its own work in it, too. */
  readonly budget?: PassBudget;
  bundleStart?(bundle: BundleId): Promise<void>;
  /** Right before the first blob of a bundle. */
  bundleHead?(bundle: BundleId, head: BundleHead): Promise<void>;
  blob?(bundle: BundleId, blob: PassingBlob): Promise<void>;
  /** After each blob; `problem` when its bytes do not have the digest that its name says. */
  blobProven?(bundle: BundleId, blob: ProvenBlob, problem: AppError | null): Promise<void>;
  bundleEnd?(bundle: BundleId, content: BundleContent): Promise<void>;
  /** Bytes of the package file that were read so far; called often. */
  progress?(bytesRead: number): void;
}

/** A YAML file beside the bundles; `addon.yaml` and `community.yaml` list the charts that the package was made of. */
export interface YamlFileInside {
  /** Path inside the package. */
  readonly path: string;
  readonly text: string;
}

/** What is known after the last byte of a package. */
export interface PackageFacts {
  /** SHA-512 of the file in hex; null when nobody asked for it, or for a folder. */
  readonly sha512: string | null;
  readonly bytesRead: number;
  /** Oddities that do not make the package unusable, such as tar files without end blocks. */
  readonly notes: readonly AppError[];
  /** Small YAML files beside the bundles, in their order. */
  readonly yamlFiles: readonly YamlFileInside[];
}
