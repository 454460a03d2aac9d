// Progress of a command as plain data.
import type { Problem } from '../errors.js';
import type { CoverageImage } from './coverage.js';
import type { ChartAction, ImageAction, Report, ReportPackage } from './report.js';

export type RunStage = 'connect' | 'read' | 'survey' | 'tags' | 'charts' | 'sweep' | 'verify' | 'done';

/** How one blob ended. `there`: the target had it before this run. A digest may come twice where several repositories need it. */
export interface BlobEnd {
  readonly digest: string;
  readonly bytes: number;
  readonly state: 'sent' | 'there' | 'mounted' | 'failed';
}

export interface BlobUpload {
  readonly digest: string;
  readonly sent: number;
  readonly bytes: number;
}

/** An image of a package that was read, before its tag is written. */
export interface OfferedImage {
  readonly source: string;
  /** Digest of the image's manifest. */
  readonly digest: string;
  readonly platform: string;
  readonly osVersion?: string;
  /** File name of the package. */
  readonly package: string;
  readonly layers: readonly { readonly digest: string; readonly bytes: number }[];
}

/** Progress as data; at most ten `progress` events a second. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly target: string;
      readonly packages: readonly ReportPackage[];
    }
  | { readonly type: 'pass-started'; readonly pass: number; readonly package: string; readonly bytes: number }
  | {
      readonly type: 'progress';
      readonly pass: number;
      /** Bytes read so far of the package that is being read. */
      readonly bytesRead: number;
      readonly bytesTotal: number;
      readonly bytesSent: number;
      readonly bytesSkipped: number;
      /** Name of the chart or image that is being worked on. */
      readonly current: string;
    }
  /** Which blobs have ended since the last such event, and which are being sent now. Sent as often as `progress`. */
  | {
      readonly type: 'blobs';
      readonly ended: readonly BlobEnd[];
      readonly uploads: readonly BlobUpload[];
    }
  | { readonly type: 'stage'; readonly stage: RunStage }
  /** The images of a package, once it was read; only in an import without a plan, which would name them before. */
  | { readonly type: 'offered'; readonly images: readonly OfferedImage[] }
  /** Progress of a survey or a proof: `done` of `total` tags and charts have been read. */
  | { readonly type: 'surveyed'; readonly done: number; readonly total: number }
  /**
   * Rows of a comparison while it is being made, where its request asks for them: first all rows as the packages tell them, without
   * cells, then each row once its tag was read. `bytesToSend` is 0 until the answer, because it needs all tags. `platforms`: the
   * columns that are known so far.
   */
  | {
      readonly type: 'compared';
      readonly platforms: readonly string[];
      readonly images: readonly CoverageImage[];
    }
  /** A registry asks to be left alone; the run goes on by itself then. `until` is ISO 8601. */
  | { readonly type: 'waiting'; readonly until: string; readonly problem: Problem }
  /** A server no longer answers. The run waits for it, at most until `until`, and goes on by itself. Times are ISO 8601. */
  | {
      readonly type: 'away';
      /** `host:port`, or a host alone. */
      readonly host: string;
      readonly since: string;
      readonly until: string;
      readonly problem: Problem;
    }
  /** A server that was away since `since` answers again. */
  | { readonly type: 'back'; readonly host: string; readonly since: string }
  /** Requests were sent again: how many in this run so far, and why the last one. At most one such event in five seconds. */
  | { readonly type: 'retried'; readonly retries: number; readonly problem: Problem }
  | { readonly type: 'paused'; readonly run: string }
  | { readonly type: 'resumed'; readonly run: string }
  | {
      readonly type: 'image';
      readonly source: string;
      /** Digest of the image's manifest. */
      readonly digest: string;
      readonly target: string;
      readonly platform: string;
      readonly osVersion?: string;
      readonly action: ImageAction;
      readonly reason: string;
    }
  | {
      readonly type: 'chart';
      readonly url: string;
      readonly name: string;
      readonly version: string;
      readonly action: ChartAction;
      /** As in the report; null after an undo that removed it. */
      readonly digest: string | null;
    }
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'run-ended'; readonly run: string; readonly result: Report['result'] };
