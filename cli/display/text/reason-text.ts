// The engine's reason codes in the words of the reader.
import type { TextKey } from '../../../core/engine.js';
import type { Say } from '../../command.js';
import { printable } from '../../../core/messages/printable.js';

const KEYS: readonly TextKey[] = [
  'reason.absent',
  'reason.absent-unproven',
  'reason.already-there',
  'reason.cannot-remove',
  'reason.changed-since',
  'reason.changed-since-plan',
  'reason.decided',
  'reason.incomplete',
  'reason.mislabelled',
  'reason.newer',
  'reason.newer-version',
  'reason.no-platform',
  'reason.not-an-image',
  'reason.not-kept',
  'reason.not-selected',
  'reason.older',
  'reason.older-version',
  'reason.other-platform',
  'reason.other-source',
  'reason.parts-missing',
  'reason.policy-keep',
  'reason.policy-replace',
  'reason.policy-stop',
  'reason.removed',
  'reason.restored',
  'reason.same-config',
  'reason.same-digest',
  'reason.shared',
  'reason.time-unknown',
  'reason.two-contents',
  'reason.unreadable',
  'reason.unsupported-manifest',
];

/** A code that this version does not know (from a report of a later version) is shown as it is. */
export function reasonText(reason: string, say: Say): string {
  const key = KEYS.find((known) => known === `reason.${reason}`);
  return key === undefined ? printable(reason) : say(key);
}
