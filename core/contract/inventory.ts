// What a package holds: the value of `inspect`.
import type { Problem } from '../errors.js';

export interface InventoryLayer {
  readonly digest: string;
  readonly bytes: number;
}

export interface InventoryImage {
  readonly source: string;
  readonly platform: string;
  readonly digest: string;
  readonly config: string;
  readonly mediaType: string;
  readonly created: string | null;
  /** Platform of the programs inside (`linux/amd64`), or `unknown` (scripts only, not looked at). */
  readonly programs: string;
  /** True when the programs inside are of another architecture than the config claims, or the config claims none. */
  readonly mislabelled: boolean;
  readonly bytes: number;
  readonly layers: readonly InventoryLayer[];
  /** Package folder and chart that brought the image; '' without one. */
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
  /** Of those, what the package lacks. */
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
  /** Bytes of all image blobs, each once. */
  readonly blobBytes: number;
  /** Bytes that are saved because images share layers: the sum over all images less `blobBytes`. */
  readonly sharedBytes: number;
  /** True when the answer came from the inspect cache and the file is unchanged since. */
  readonly cached: boolean;
  readonly problems: readonly Problem[];
}

export interface Inventory {
  readonly schema: 'archbridge.inventory/1';
  readonly packages: readonly InventoryPackage[];
  readonly problems: readonly Problem[];
}
