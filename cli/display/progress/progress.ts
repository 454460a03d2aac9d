// What every display of a running command can do.
import type { RunEvent } from '../../../core/contract.js';

export interface ProgressDisplay {
  event(event: RunEvent): void;
  /** Prints one or several lines that stay. The text ends without a newline. */
  note(text: string): void;
  /** Removes what must not stay on the terminal. Nothing may be shown after it. */
  close(): void;
}
