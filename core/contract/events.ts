// Progress of a command as plain data.
import type { Problem } from '../errors.js';
import type { ChartAction, ImageAction, Report, ReportPackage } from './report.js';

export type RunStage = 'connect' | 'read' | 'survey' | 'tags' | 'charts' | 'sweep' | 'verify' | 'done';

/** `there`: the target had it before this run. A digest may come twice where several repositories need it. */
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
      /** Of the package being read. */
      readonly bytesRead: number;
      readonly bytesTotal: number;
      readonly bytesSent: number;
      readonly bytesSkipped: number;
      /** Chart or image being worked on. */
      readonly current: string;
    }
  /** What became of blobs since the last such event, and what is on its way now; as often as `progress`. */
  | {
      readonly type: 'blobs';
      readonly ended: readonly BlobEnd[];
      readonly uploads: readonly BlobUpload[];
    }
  | { readonly type: 'stage'; readonly stage: RunStage }
  /** Of a survey or a proof: `done` of `total` tags and charts have been read. */
  | { readonly type: 'surveyed'; readonly done: number; readonly total: number }
  | { readonly type: 'paused'; readonly run: string }
  | { readonly type: 'resumed'; readonly run: string }
  | {
      readonly type: 'image';
      readonly source: string;
      /** Of the image's manifest. */
      readonly digest: string;
      readonly target: string;
      readonly platform: string;
      readonly action: ImageAction;
      readonly reason: string;
    }
  | {
      readonly type: 'chart';
      readonly url: string;
      readonly name: string;
      readonly version: string;
      readonly action: ChartAction;
      /** As in the report: null after an undo that removed it. */
      readonly digest: string | null;
    }
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'run-ended'; readonly run: string; readonly result: Report['result'] };
