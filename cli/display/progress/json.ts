// The display for `--json`: one value on stdout; on stderr only notes.
import type { ProgressDisplay } from './progress.js';
import type { TextSink } from '../../io.js';

/** Shows notes, no progress. */
export function quietDisplay(stderr: TextSink): ProgressDisplay {
  return {
    event() {},
    note(text) {
      stderr.write(`${text}\n`);
    },
    close() {},
  };
}

/** The one value of `--json`. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
