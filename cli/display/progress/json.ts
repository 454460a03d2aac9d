// The display for `--json`: one value on stdout; on stderr only notes and why a run waits.
import type { Language, RunEvent } from '../../../core/contract.js';
import { printableJson } from '../../../core/messages/printable.js';
import type { Say } from '../../command.js';
import { eventLine } from './event-lines.js';
import type { ProgressDisplay } from './progress.js';
import type { TextSink } from '../../io.js';

const WAITS: ReadonlySet<RunEvent['type']> = new Set(['waiting', 'away', 'back'] as const);

/** Shows notes and why a run waits, no progress. */
export function quietDisplay(stderr: TextSink, say: Say, language: Language): ProgressDisplay {
  return {
    event(event) {
      const line = WAITS.has(event.type) ? eventLine(event, say, language) : null;
      if (line !== null) stderr.write(`${line}\n`);
    },
    note(text) {
      stderr.write(`${text}\n`);
    },
    close() {},
  };
}

/** The one value of `--json`; names in it cannot harm a terminal. */
export function jsonText(value: unknown): string {
  return printableJson(`${JSON.stringify(value, null, 2)}\n`);
}
