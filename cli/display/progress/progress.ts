// What a display of a running command can do, whichever form it has.
import type { RunEvent } from '../../../core/contract.js';

export interface ProgressDisplay {
  event(event: RunEvent): void;
  /** One line, or several, that stay. Ends without a newline. */
  note(text: string): void;
  /** Takes away what must not stay; nothing may be shown after it. */
  close(): void;
}
