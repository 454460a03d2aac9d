// The display where nobody watches a terminal: plain lines, one per thing that happened.
import type { Language } from '../../../core/contract.js';
import type { Say } from '../../command.js';
import type { TextSink } from '../../io.js';
import { eventLine } from './event-lines.js';
import type { ProgressDisplay } from './progress.js';

export function plainDisplay(stderr: TextSink, say: Say, language: Language): ProgressDisplay {
  let last = '';
  return {
    event(event) {
      const line = eventLine(event, say, language);
      // a stage may come up once per package; twice in a row says nothing new
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
