// What a target answers before anything is done with it: the value of `check`.
import type { Problem } from '../errors.js';
import type { CredentialsSource, ServerCertificate } from './target.js';

/** A host beside the registry's own that it sends its clients to. Nothing is sent there unless it is allowed. */
export interface FurtherHost {
  /** `host:port`, as `--allow-host` takes it. */
  readonly host: string;
  readonly use: 'token-service' | 'uploads' | 'blobs';
  readonly isAllowed: boolean;
}

/** What a registry answers beyond whether it is there. Null: it does not tell; `unanswered` says who could. */
export interface RegistryAnswers {
  /** Of the host's name. */
  readonly addresses: readonly string[];
  /** Which credentials were used; null: none. */
  readonly credentials: CredentialsSource | null;
  readonly version: string | null;
  readonly mayPull: boolean | null;
  readonly mayPush: boolean | null;
  readonly mayDelete: boolean | null;
  readonly mayCreateProjects: boolean | null;
  /** What the quota of the project leaves that the naming rules lead to; `free` is null without a limit. */
  readonly quota: { readonly project: string; readonly free: number | null } | null;
  /** How far the registry's clock is ahead of this computer's. */
  readonly clockSkewSeconds: number | null;
  readonly hosts: readonly FurtherHost[];
  readonly unanswered: readonly {
    readonly question:
      'version' | 'mayPull' | 'mayPush' | 'mayDelete' | 'mayCreateProjects' | 'quota' | 'clock';
    readonly by: 'administrator' | 'plan' | 'import';
  }[];
}

export interface CheckRegistry extends Partial<RegistryAnswers> {
  readonly url: string;
  readonly reachable: boolean;
  readonly product: 'harbor' | 'distribution' | 'zot' | 'jfrog' | 'unknown' | 'folder';
  readonly auth: 'none' | 'basic' | 'token';
  /** Free bytes where the target says (a folder's drive); null where it does not. */
  readonly free: number | null;
  /** What the registry shows over TLS; null over HTTP, for a folder, and where no connection came about. */
  readonly certificate: ServerCertificate | null;
}

export interface CheckCharts {
  readonly url: string;
  readonly kind: string;
  readonly reachable: boolean;
  /** Whether this account may publish there; null where that shows only when something is published. */
  readonly mayPublish: boolean | null;
}

export interface Check {
  readonly schema: 'archbridge.check/1';
  readonly ok: boolean;
  readonly registry: CheckRegistry;
  readonly charts: readonly CheckCharts[];
  readonly problems: readonly Problem[];
}
