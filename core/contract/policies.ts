// Which part of the packages is taken, and what happens to content that differs: shared by requests and plans.

/** `[folder/]NAME[@VERSION]` globs of charts, `--image` globs and platforms. */
export interface Selection {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly images?: readonly string[];
  readonly platforms?: readonly string[];
  /** Only the bundles of this shard. */
  readonly shard?: Shard;
}

/** One of `count` parts into which the bundles of packages are divided. */
export interface Shard {
  /** From 1 on. */
  readonly index: number;
  readonly count: number;
}

/**
 * How missing projects are created (Harbor, JFrog); `like-existing`: public where all other projects with images are, else private.
 */
export type CreateProjects = 'like-existing' | 'private' | 'public' | 'never';
export type ChangePolicy = 'newer' | 'replace' | 'keep' | 'stop';
export type ChartChangePolicy = 'auto' | 'replace' | 'keep' | 'stop';

/**
 * What a person may set in a row where the target serves the same platform with another image, or a chart version with other
 * content.
 */
export type Decision = 'replace' | 'keep' | 'stop';
