// What a target should serve, in one form for both sources: packages and the journal of a run.
import type { ChartFiles } from '../../chart/types.js';
import type { Problem } from '../../contract.js';

/** One platform under a tag. */
export interface ExpectedImage {
  /** The name of the image, in short form. */
  readonly platform: string;
  readonly digest: string;
  readonly config: string;
  /** True where the run left what was there: then any image of this platform, or the one that journals name, is right. */
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
  /** URL of the repository that must hold it; null: each repository that the folder maps to. */
  readonly url: string | null;
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the published archive; null when it is not known. */
  readonly digest: string | null;
  /** True when the published files equal those of the package, apart from the values that Archbridge writes. */
  readonly isSame: (published: ChartFiles) => Promise<boolean>;
  /** The hints file of the bundle, for a chart that holds none. */
  readonly hints: Buffer | null;
  /** Images, in short form, that the package does not bring for it: the target need not hold them. */
  readonly omitted: readonly string[];
  /** True where the hints in the chart may be unusable, because its bundle did not use them. */
  readonly mayMisname: boolean;
  /** True where its images may be named elsewhere, because the chart was to stay unchanged. */
  readonly isKept: boolean;
  /** True where it was not published because an image of it was left out on purpose. */
  readonly mayBeAbsent: boolean;
}

export interface Expected {
  readonly tags: readonly ExpectedTag[];
  readonly charts: readonly ExpectedChart[];
  /** Problems because of which a part of the packages cannot be proven. */
  readonly problems: readonly Problem[];
  readonly notes: readonly Problem[];
}
