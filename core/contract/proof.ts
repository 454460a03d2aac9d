// What was read back from the target: the values of `verify` and `audit`.
import type { Problem } from '../errors.js';
import type { ReportTarget } from './target.js';

/** What was found under one tag. */
export interface ProofImage {
  readonly target: string;
  /** What the tag holds; null when it is absent or cannot be read. */
  readonly digest: string | null;
  readonly platforms: readonly string[];
  readonly blobsChecked: number;
  readonly bytesChecked: number;
  /**
   * Platforms whose image holds programs of another architecture and was imported on purpose (`--allow-mislabelled`). They are
   * listed, but are no finding.
   */
  readonly mislabelled: readonly string[];
  readonly ok: boolean;
  /** The first finding of this tag; `problems` holds all findings. */
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
  /** How much was checked: blobs of all tags, counted once in each place where they have to be (tags may share one). */
  readonly checked: { readonly blobs: number; readonly bytes: number };
  /** Findings that belong to no single tag or chart. */
  readonly problems: readonly Problem[];
  /** What is worth mentioning without being a finding: an image that was left out on purpose. */
  readonly notes: readonly Problem[];
}

export type AuditState =
  | 'ok'
  /** The chart names another registry than the target. */
  | 'elsewhere'
  | 'missing'
  /** The tag serves fewer platforms than the nodes need. */
  | 'one-platform'
  | 'pinned-to-one-platform'
  | 'unreadable';

export interface AuditImage {
  readonly reference: string;
  readonly state: AuditState;
  readonly platforms: readonly string[];
  /** Needed platforms that the tag does not serve. */
  readonly lacking: readonly string[];
  /** Why the image is named and not served, as far as it is known: what a package left out, or a template that fixes a name. */
  readonly cause: Problem | null;
  /** A package that would repair it, as far as the journals know; null when none is known. */
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
  /** For each platform: how many of the referenced tags serve it. */
  readonly summary: Readonly<Record<string, { readonly present: number; readonly total: number }>>;
  readonly problems: readonly Problem[];
}
