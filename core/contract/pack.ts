// Packages that are made here (`pack`) and what a site holds (`inventory`), so that only what it lacks has to be carried.
import type { Problem } from '../errors.js';
import type { Selection } from './policies.js';
import type { InspectRequest } from './requests.js';
import type { TargetSpec } from './target.js';

export interface PackRequest extends Pick<InspectRequest, 'packages' | 'sha512' | 'reread' | 'imageName'> {
  /** Path of the tar to write; a file that is there is replaced. Its SHA-512 is written beside it. */
  readonly out: string;
  readonly selection?: Selection;
  /**
   * Packages, folder targets, reports (JSON) or inventories of targets: blobs that they hold are left out. With several, what any
   * of them holds.
   */
  readonly since?: readonly string[];
}

/** A package that a pack was made of. */
export interface PackedPackage {
  /** File name. */
  readonly name: string;
  /** '' when unknown. */
  readonly version: string;
  /** Architectures of its images, separated by commas; '' when unknown. */
  readonly arch: string;
  /** In hex; null for a folder. */
  readonly sha512: string | null;
}

/** What a delta was made against. */
export interface PackedSince {
  readonly kind: 'package' | 'report' | 'inventory';
  /** File name of the package, location of the target, or id of the run. */
  readonly name: string;
}

/** The value of `pack`. */
export interface Packed {
  readonly schema: 'archbridge.packed/1';
  /** Absolute path. */
  readonly out: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha512: string;
  readonly packages: readonly PackedPackage[];
  readonly since: readonly PackedSince[];
  readonly charts: number;
  /** Images, each platform counted. */
  readonly images: number;
  readonly platforms: readonly string[];
  /** Layers in the file. */
  readonly blobs: number;
  readonly blobBytes: number;
  /** Layers that images of the file need and that the earlier version brings. */
  readonly leftOut: number;
  readonly leftOutBytes: number;
  readonly problems: readonly Problem[];
}

export interface SiteInventoryRequest {
  readonly target: TargetSpec;
  /** As for `import`. */
  readonly patience?: number;
}

/** The value of `inventory`: what the image side of a target holds. */
export interface SiteInventory {
  readonly schema: 'archbridge.site-inventory/1';
  /** ISO 8601. */
  readonly made: string;
  /** URL of a registry, or the path of a folder. */
  readonly target: string;
  readonly repositories: readonly SiteRepository[];
  /** Tags that could not be read: nothing is claimed about their blobs. */
  readonly problems: readonly Problem[];
}

export interface SiteRepository {
  readonly name: string;
  readonly tags: readonly { readonly tag: string; readonly digest: string }[];
  /** Digests of configs and layers that the tags lead to, sorted. */
  readonly blobs: readonly string[];
}
