// The engine's reason codes in the words of the reader.
import { isTextKey } from '../../../core/messages/catalog.js';
import { printable } from '../../../core/messages/printable.js';
import type { Say } from '../../command.js';

/** A code that this version does not know (from a report of a later version) is shown as it is. */
export function reasonText(reason: string, say: Say): string {
  const key = `reason.${reason}`;
  return isTextKey(key) ? say(key) : printable(reason);
}
