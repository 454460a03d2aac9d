// Which platforms each image has, in packages and target: the value of `compare`; and which of its cells a person should look at.
import type { Problem } from '../errors.js';
import type { FigureRow, FigureSource } from './figures.js';
import type { ReportPackage } from './report.js';
import type { ReportTarget } from './target.js';

/** State of one image on one platform. `not-used`: no package and no tag has it, and `requirePlatforms` does not ask for it. */
export type CellState =
  'same' | 'add' | 'replace' | 'keep' | 'conflict' | 'missing' | 'mislabelled' | 'not-used' | 'unreadable';

export interface CoverageCell {
  readonly state: CellState;
  /**
   * True when the image comes from an older package version than the one that is compared or that the tag's other platforms
   * come from, as far as journals and compared packages tell (docs/decisions/0008-stale-platforms.md).
   */
  readonly stale: boolean;
  /** Digest of the manifest that the tag would serve on this platform after the import; null when it would serve none. */
  readonly digest: string | null;
  /** Where that image comes from: `target`, or the file name of a package; '' when it comes from nowhere. */
  readonly from: string;
  /** Version of the package that brought that image, as far as journals and file names tell; '' when unknown. */
  readonly version: string;
  readonly created: string | null;
  /** Size of the image on this platform in bytes; 0 when there is none. */
  readonly bytes: number;
  /** Version of the operating system, where the column is for one. */
  readonly osVersion?: string;
  /**
   * Short code of the cause; '' where the state needs none. Either a reason of a plan (`older`, `newer-version`, `incomplete`,
   * `two-contents`, `mislabelled`, `unreadable`, ...), or why the image is missing: `only-package-of-family` (none of the given
   * packages could have brought it), `lacking` (a chart of a package names it, but the package does not hold it), `damaged`.
   */
  readonly reason: string;
}

export interface CoverageImage {
  readonly source: string;
  readonly sources: readonly string[];
  /** `host/repo:tag`; '' when no target was compared. */
  readonly target: string;
  /** Charts that name the image, each as `folder/name@version`. */
  readonly charts: readonly string[];
  /** A cell for each platform of the comparison. */
  readonly cells: Readonly<Record<string, CoverageCell>>;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /**
   * Bytes of those blobs of the written images that no repository of the comparison holds, each blob counted once; 0 without a
   * target. Images share blobs, so the sum over images is more than an import sends: see `figures`.
   */
  readonly bytesToSend: number;
  readonly problem: Problem | null;
}

export interface PlatformSummary {
  /** How many images serve the platform after the import. */
  readonly present: number;
  /** How many images serve it in the target now. */
  readonly now: number;
  readonly stale: number;
  readonly total: number;
}

/** A layer of an image. */
export interface VariantLayer {
  readonly digest: string;
  /** Size as it is stored, compressed. */
  readonly bytes: number;
  /** True when another of the compared images has the layer as well. */
  readonly shared: boolean;
  /** The command that made it, as the history of the config tells; '' when unknown. */
  readonly command: string;
}

/** One build of an image: in the target, or in one of the packages. */
export interface ImageVariant {
  /** `target`, or the file name of a package. */
  readonly from: string;
  readonly version: string;
  /** The column: `linux/amd64`, `windows/amd64 (10.0.17763)`. */
  readonly platform: string;
  /** Version of the operating system, which Windows images have; absent where there is none. */
  readonly osVersion?: string;
  readonly digest: string;
  readonly config: string;
  readonly mediaType: string;
  readonly created: string | null;
  readonly bytes: number;
  readonly layers: readonly VariantLayer[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingDir: string;
  readonly ports: readonly string[];
  readonly programs: string;
  readonly mislabelled: boolean;
  /** The manifest and the config as they are stored, as text; '' where they could not be read. */
  readonly raw: { readonly manifest: string; readonly config: string };
}

/** One image across architectures. */
export interface ImageDetail {
  readonly source: string;
  readonly target: string;
  readonly variants: readonly ImageVariant[];
  /** Names of the fields in which variants differ. */
  readonly differences: readonly string[];
}

/** One image under one tag, as the figures count it. */
export interface CoverageFigureRow extends FigureRow {
  readonly platform: string;
  readonly osVersion?: string;
}

/** The rows of a comparison for `figuresOf`. Charts are not compared, so there are none. */
export interface CoverageFigures extends FigureSource {
  readonly images: readonly CoverageFigureRow[];
}

export interface Coverage {
  readonly schema: 'archbridge.coverage/1';
  /** amd64, arm64, then in alphabetical order; with a version of the operating system `windows/amd64 (10.0.17763)`. */
  readonly platforms: readonly string[];
  /** Platforms that every image must have; empty when the request names none. */
  readonly required: readonly string[];
  readonly packages: readonly ReportPackage[];
  readonly target: ReportTarget | null;
  /** When the first of the tags was read, ISO 8601, UTC; null without a target. */
  readonly tagsRead: string | null;
  readonly images: readonly CoverageImage[];
  readonly summary: Readonly<Record<string, PlatformSummary>>;
  /** What an import would do with each image, for `figuresOf`; null without a target and for one image in detail. */
  readonly figures: CoverageFigures | null;
  /** The image that the request asked to see in detail; null when it asked for none. */
  readonly detail: ImageDetail | null;
  readonly problems: readonly Problem[];
}

/** Reasons for which a person should look even at a platform that stays unchanged. */
const WORRYING: ReadonlySet<string> = new Set(['damaged', 'incomplete', 'unreadable']);

/** True for a cell that a person should look at. A platform for which no package was given is not among them. */
export function needsAttention({ state, reason }: Pick<CoverageCell, 'state' | 'reason'>): boolean {
  switch (state) {
    case 'conflict':
    case 'mislabelled':
    case 'unreadable':
      return true;
    case 'missing':
      return reason !== 'only-package-of-family';
    case 'keep':
      return WORRYING.has(reason);
    case 'same':
    case 'add':
    case 'replace':
    case 'not-used':
      return false;
  }
}

/** True for an image with a cell that a person should look at. */
export function imageNeedsAttention({ cells }: Pick<CoverageImage, 'cells'>): boolean {
  return Object.values(cells).some(needsAttention);
}
