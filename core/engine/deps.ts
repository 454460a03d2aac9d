// What the engine needs from its host, and what its commands share.
import type { PauseGate } from '../flow/pause-gate.js';

export interface EngineDeps {
  /** Journals, reports and caches lie here. */
  readonly stateDir: string;
  /** Version of Archbridge, for the journal. */
  readonly version: string;
  /** Log line without secrets. */
  readonly log: (
    level: 'debug' | 'info' | 'warn' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void;
}

/** The runs that this engine is carrying out, by id. */
export type ActiveRuns = Map<string, PauseGate>;
