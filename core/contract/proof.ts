// What was read back from the target: the values of `verify` and `audit`.
import type { Problem } from '../errors.js';
import type { ReportTarget } from './target.js';

/** One tag. */
export interface ProofImage {
  readonly target: string;
  /** What the tag holds; null when it is absent or cannot be read. */
  readonly digest: string | null;
  readonly platforms: readonly string[];
  readonly blobsChecked: number;
  readonly bytesChecked: number;
  /** Platforms whose image holds programs of another architecture and was let in on purpose: named, and no finding. */
  readonly mislabelled: readonly string[];
  readonly ok: boolean;
  /** The first finding; all of them in `problems`. */
  readonly problem: Problem | null;
  readonly problems: readonly Problem[];
}

export interface ProofChart {
  readonly repo: string;
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly images: readonly {
    readonly reference: string;
    readonly ok: boolean;
    readonly problem: Problem | null;
  }[];
  readonly ok: boolean;
  readonly problem: Problem | null;
}

export interface Proof {
  readonly schema: 'archbridge.proof/1';
  readonly ok: boolean;
  /** `sizes`: every blob is there with its size; `content`: every blob was read and hashed. */
  readonly depth: 'sizes' | 'content';
  /** As whom it was read: the target's own credentials, `anonymous`, or a user's name. */
  readonly readAs: string;
  readonly made: string;
  readonly target: ReportTarget;
  readonly images: readonly ProofImage[];
  readonly charts: readonly ProofChart[];
  /** Blobs of all tags together, each once in each place where it has to be (several tags may share one). */
  readonly checked: { readonly blobs: number; readonly bytes: number };
  /** Findings that belong to no single tag or chart. */
  readonly problems: readonly Problem[];
  /** Worth a word, and no finding: an image that was left out on purpose. */
  readonly notes: readonly Problem[];
}

export type AuditState =
  | 'ok'
  /** The chart still names another registry than the target. */
  | 'elsewhere'
  | 'missing'
  /** The tag serves fewer platforms than are needed. */
  | 'one-platform'
  | 'pinned-to-one-platform'
  | 'unreadable';

export interface AuditImage {
  readonly reference: string;
  readonly state: AuditState;
  readonly platforms: readonly string[];
  /** Platforms that are needed and not served. */
  readonly lacking: readonly string[];
  /** The package that is known to mend it, from the journals. */
  readonly mend: {
    readonly package: string;
    readonly version: string;
    readonly sha512: string | null;
  } | null;
}

export interface AuditChart {
  readonly repo: string;
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly images: readonly AuditImage[];
  readonly problem: Problem | null;
}

export interface Audit {
  readonly schema: 'archbridge.audit/1';
  readonly ok: boolean;
  readonly made: string;
  readonly target: ReportTarget;
  /** Platforms that every tag should serve. */
  readonly platforms: readonly string[];
  readonly charts: readonly AuditChart[];
  /** Platform to how many of the referenced tags serve it. */
  readonly summary: Readonly<Record<string, { readonly present: number; readonly total: number }>>;
  readonly problems: readonly Problem[];
}
