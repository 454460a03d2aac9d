// The display without a terminal: plain lines, one for each event.
import type { Language } from '../../../core/contract.js';
import type { Say } from '../../command.js';
import type { TextSink } from '../../io.js';
import { eventLine } from './event-lines.js';
import type { ProgressDisplay } from './progress.js';

/** The display for streams that are no terminal. */
export function plainDisplay(stderr: TextSink, say: Say, language: Language): ProgressDisplay {
  let last = '';
  return {
    event(event) {
      const line = eventLine(event, say, language);
      // A stage may come once for each package; the same stage twice in a row is printed once.
      if (line === null || line === last) return;
      last = line;
      stderr.write(`${line}\n`);
    },
    note(text) {
      stderr.write(`${text}\n`);
    },
    close() {},
  };
}
