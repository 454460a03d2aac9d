// What the engine gets from its host (CLI, web or desktop), and what its commands share.
import type { Patience } from '../flow/patience.js';
import type { PauseGate } from '../flow/pause-gate.js';

export interface EngineDeps {
  /** Folder for journals, reports and caches. */
  readonly stateDir: string;
  /** Version of Archbridge, for the journal. */
  readonly version: string;
  /** Writes a log line; it must hold no secrets. */
  readonly log: (
    level: 'debug' | 'info' | 'warn' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void;
}

/** What a host may do with a run that is going on. */
export interface ActiveRun {
  readonly pause: PauseGate;
  readonly patience: Patience;
}

/** The runs that this engine is carrying out, by id. */
export type ActiveRuns = Map<string, ActiveRun>;

/** The same deps, with a log that names the run from its first line (`run started`, `undo started`) on. */
export function loggingRun(deps: EngineDeps): EngineDeps {
  let known: string | null = null;
  return {
    ...deps,
    log: (level, message, fields = {}) => {
      if (known === null && typeof fields['run'] === 'string') known = fields['run'];
      deps.log(level, message, known === null ? fields : { run: known, ...fields });
    },
  };
}
