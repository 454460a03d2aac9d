// What a target answers before anything is done with it: the value of `check`.
import type { Problem } from '../errors.js';
import type { ServerCertificate } from './target.js';

export interface CheckRegistry {
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
