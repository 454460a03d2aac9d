// The policy for a tag that serves a platform already, with another image than the one that comes in.
import type { ChangePolicy, Decision } from '../contract.js';
import type { Reason } from './reasons.js';
import { compareVersions } from './versions.js';

/** What is known about the age of an image. */
export interface Age {
  /** ISO 8601, or null when unknown. */
  readonly created: string | null;
  /** Version of the package that brought it, or null when unknown. */
  readonly version: string | null;
}

export interface ChangeDecision {
  readonly action: 'replace' | 'keep' | 'conflict';
  readonly reason: Reason;
}

/**
 * Decides whether `incoming` replaces `held`. `conflict` leaves the target as it was and is listed, so that a person can decide:
 * an older image never replaces a newer one without being asked for.
 */
export function decideChange(held: Age, incoming: Age, policy: ChangePolicy): ChangeDecision {
  switch (policy) {
    case 'replace':
      return { action: 'replace', reason: 'policy-replace' };
    case 'keep':
      return { action: 'keep', reason: 'policy-keep' };
    case 'stop':
      return { action: 'conflict', reason: 'policy-stop' };
    case 'newer': {
      const reason = compareAges(held, incoming);
      const isOlder = reason === 'older' || reason === 'older-version';
      return { action: isOlder ? 'conflict' : 'replace', reason };
    }
  }
}

/** The change that a person decided in a plan, which overrides the policy. */
export function changeDecided(decision: Decision): ChangeDecision {
  switch (decision) {
    case 'replace':
    case 'keep':
      return { action: decision, reason: 'decided' };
    case 'stop':
      return { action: 'conflict', reason: 'policy-stop' };
  }
}

const LEFT_TO_DECIDE: ReadonlySet<string> = new Set<Reason>([
  'newer',
  'older',
  'newer-version',
  'older-version',
  'time-unknown',
  'policy-replace',
  'policy-keep',
  'policy-stop',
  'decided',
]);

/** The decision that an action stands for; null where there was nothing to decide. */
export function decisionOf(action: string, reason: string): Decision | null {
  if (!LEFT_TO_DECIDE.has(reason)) return null;
  if (action === 'replace') return 'replace';
  return reason === 'policy-stop' ? 'stop' : 'keep';
}

/** Compares the build times; where they are equal or unknown, the package versions. */
function compareAges(held: Age, incoming: Age): Reason {
  // an unreadable time gives NaN, which is neither less nor greater
  const times = [held, incoming].map(({ created }) => (created === null ? NaN : Date.parse(created)));
  const [heldTime = NaN, incomingTime = NaN] = times;
  if (incomingTime > heldTime) return 'newer';
  if (incomingTime < heldTime) return 'older';
  if (held.version === null || incoming.version === null) return 'time-unknown';
  const order = compareVersions(incoming.version, held.version);
  if (order === null || order === 0) return 'time-unknown';
  return order > 0 ? 'newer-version' : 'older-version';
}
