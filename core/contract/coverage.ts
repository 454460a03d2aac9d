// Which platforms each image has, in packages and target: the value of `compare`.
import type { Problem } from '../errors.js';
import type { ReportPackage } from './report.js';
import type { ReportTarget } from './target.js';

/** Of one image on one platform. `not-used`: nobody has it and nobody asked for it. */
export type CellState =
  'same' | 'add' | 'replace' | 'keep' | 'conflict' | 'missing' | 'mislabelled' | 'not-used' | 'unreadable';

export interface CoverageCell {
  readonly state: CellState;
  /**
   * True when the image comes from an older package version than the one that is compared or that the tag's other platforms
   * come from, as far as journals and compared packages tell (docs/decisions/0008-stale-platforms.md).
   */
  readonly stale: boolean;
  /** Of the child that the tag would serve after the import; null when it would serve none. */
  readonly digest: string | null;
  /** `target`, or the file name of a package; '' when nobody has it. */
  readonly from: string;
  /** Package version that brought it, as far as journals and file names tell; '' when unknown. */
  readonly version: string;
  readonly created: string | null;
  /** Of the image on this platform; 0 when nobody has it. */
  readonly bytes: number;
  /**
   * Short code of the cause, '' where the state says it all. Those of a plan (`older`, `newer-version`, `incomplete`,
   * `two-contents`, `mislabelled`, `unreadable`, ...), and of what is missing: `only-package-of-family` (no package that was
   * given could have brought it), `lacking` (a chart of a package needs it, the package lacks it), `damaged`.
   */
  readonly reason: string;
}

export interface CoverageImage {
  readonly source: string;
  readonly sources: readonly string[];
  /** `host/repo:tag`; '' when no target was compared. */
  readonly target: string;
  /** Charts that name it, `folder/name@version`. */
  readonly charts: readonly string[];
  /** A cell for each platform of the comparison. */
  readonly cells: Readonly<Record<string, CoverageCell>>;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Bytes of its blobs that its repository in the target lacks, each once; 0 without a target. */
  readonly bytesToSend: number;
  readonly problem: Problem | null;
}

export interface PlatformSummary {
  /** Images that serve the platform after the import. */
  readonly present: number;
  /** Images that serve it in the target now. */
  readonly now: number;
  readonly stale: number;
  readonly total: number;
}

/** One packaging of an image: in the target, or in one of the packages. */
export interface ImageVariant {
  /** `target`, or the file name of a package. */
  readonly from: string;
  readonly version: string;
  readonly platform: string;
  readonly digest: string;
  readonly config: string;
  readonly mediaType: string;
  readonly created: string | null;
  readonly bytes: number;
  readonly layers: readonly { readonly digest: string; readonly bytes: number; readonly shared: boolean }[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingDir: string;
  readonly ports: readonly string[];
  readonly programs: string;
  readonly mislabelled: boolean;
}

/** One image across architectures. */
export interface ImageDetail {
  readonly source: string;
  readonly target: string;
  readonly variants: readonly ImageVariant[];
  /** Names of the fields in which variants differ. */
  readonly differences: readonly string[];
}

export interface Coverage {
  readonly schema: 'archbridge.coverage/1';
  /** amd64, arm64, then by the alphabet. */
  readonly platforms: readonly string[];
  /** Platforms that every image must have; empty when nobody said. */
  readonly required: readonly string[];
  readonly packages: readonly ReportPackage[];
  readonly target: ReportTarget | null;
  readonly images: readonly CoverageImage[];
  readonly summary: Readonly<Record<string, PlatformSummary>>;
  /** Only when one image was asked for. */
  readonly detail: ImageDetail | null;
  readonly problems: readonly Problem[];
}
