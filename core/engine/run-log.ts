// Puts the id of a run into every line that is logged while the run is carried out.
import type { EngineDeps } from './deps.js';

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
