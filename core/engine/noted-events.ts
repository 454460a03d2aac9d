// Passes the events of a command on to its host and notes them for those who follow the run.
import type { CommandOptions } from '../contract.js';
import type { LiveRun } from '../journal/live-run.js';

/** The same options, whose events are also noted. */
export function notedBy(live: LiveRun, options: CommandOptions): Required<CommandOptions> {
  return {
    signal: options.signal,
    onEvent: (event) => {
      live.note(event);
      options.onEvent?.(event);
    },
  };
}
