// What a package holds: the value of `inspect`.
import type { Problem } from '../errors.js';

export interface InventoryLayer {
  readonly digest: string;
  readonly bytes: number;
}

export interface InventoryImage {
  readonly source: string;
  readonly platform: string;
  /** Version of the operating system, which Windows images have; absent where there is none. */
  readonly osVersion?: string;
  readonly digest: string;
  readonly config: string;
  readonly mediaType: string;
  readonly created: string | null;
  /** Platform of the programs inside (`linux/amd64`); `unknown` when there are only scripts or nobody looked. */
  readonly programs: string;
  /** True when the programs inside are built for another architecture than the config says, or when the config names none. */
  readonly mislabelled: boolean;
  readonly bytes: number;
  readonly layers: readonly InventoryLayer[];
  /** Package folder and chart that brought the image; '' when no chart did. */
  readonly repo: string;
  readonly chart: string;
  /** False for an image of a bundle that the bundle's chart does not name. */
  readonly named: boolean;
  readonly problem: Problem | null;
}

export interface InventoryChart {
  readonly repo: string;
  readonly name: string;
  readonly version: string;
  /** Canonical references. */
  readonly images: readonly string[];
  /** Those of them that the package does not hold. */
  readonly lacking: readonly string[];
  /** True when the bundle has no images at all (marked skipImages when it was made). */
  readonly skipImages: boolean;
  readonly problems: readonly Problem[];
}

export interface InventoryPackage {
  readonly path: string;
  readonly name: string;
  readonly family: string;
  readonly version: string;
  readonly arch: string;
  readonly bytes: number;
  readonly sha512: string | null;
  readonly checksum: 'ok' | 'mismatch' | 'unknown';
  readonly charts: readonly InventoryChart[];
  readonly images: readonly InventoryImage[];
  /** Bytes of all image blobs, each blob counted once. */
  readonly blobBytes: number;
  /** Bytes saved because images share layers: the sum of all image sizes minus `blobBytes`. */
  readonly sharedBytes: number;
  /** True when the answer comes from the inspect cache. The file is then unchanged since it was read. */
  readonly cached: boolean;
  readonly problems: readonly Problem[];
}

export interface Inventory {
  readonly schema: 'archbridge.inventory/1';
  readonly packages: readonly InventoryPackage[];
  readonly problems: readonly Problem[];
}
