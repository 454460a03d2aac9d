// What a target should serve, whoever says so: packages, or the journal of a run.
import type { ChartFiles } from '../../chart/types.js';
import type { Problem } from '../../contract.js';

/** One platform under a tag. */
export interface ExpectedImage {
  /** As people write it. */
  readonly platform: string;
  readonly digest: string;
  readonly config: string;
  /** True where the run left what was there: right is what journals say of it, or any image of this platform. */
  readonly mayDiffer: boolean;
  /** True where the programs inside are for another architecture than the image says. */
  readonly mislabelled: boolean;
}

export interface ExpectedTag {
  readonly repository: string;
  readonly tag: string;
  readonly images: readonly ExpectedImage[];
}

export interface ExpectedChart {
  /** Folder of the package. */
  readonly repo: string;
  /** The repository that must have it; null: each that the folder maps to. */
  readonly url: string | null;
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the archive that was published; null when that is not known. */
  readonly digest: string | null;
  /** True when the published files are those of the package, apart from what Archbridge writes into values. */
  readonly isSame: (published: ChartFiles) => Promise<boolean>;
  /** Hints of the bundle, for a chart that holds none itself. */
  readonly hints: Buffer | null;
  /** True where its images may lie elsewhere, because nobody was to touch the chart. */
  readonly isKept: boolean;
  /** True where it cannot have been published, because an image of it was left out on purpose. */
  readonly mayBeAbsent: boolean;
}

export interface Expected {
  readonly tags: readonly ExpectedTag[];
  readonly charts: readonly ExpectedChart[];
  /** What keeps a part of the packages from being proven. */
  readonly problems: readonly Problem[];
  readonly notes: readonly Problem[];
}
