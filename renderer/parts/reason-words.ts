// The text for each of the engine's reason codes.
import type { TextKey } from '../i18n/i18n.js';

const REASONS: Readonly<Record<string, TextKey>> = {
  absent: 'reason.absent',
  'absent-unproven': 'reason.absentUnproven',
  'same-digest': 'reason.sameDigest',
  'same-config': 'reason.sameConfig',
  incomplete: 'reason.incomplete',
  'other-platform': 'reason.otherPlatform',
  'other-source': 'reason.otherSource',
  newer: 'reason.newer',
  older: 'reason.older',
  'newer-version': 'reason.newerVersion',
  'older-version': 'reason.olderVersion',
  'time-unknown': 'reason.timeUnknown',
  'policy-replace': 'reason.policyReplace',
  'policy-keep': 'reason.policyKeep',
  'policy-stop': 'reason.policyStop',
  decided: 'reason.decided',
  unreadable: 'reason.unreadable',
  'not-an-image': 'reason.notAnImage',
  'unsupported-manifest': 'reason.unsupportedManifest',
  'no-platform': 'reason.noPlatform',
  mislabelled: 'reason.mislabelled',
  'changed-since-plan': 'reason.changedSincePlan',
  'changed-since': 'reason.changedSince',
  'two-contents': 'reason.twoContents',
  lacking: 'reason.lacking',
  damaged: 'reason.damaged',
  'only-package-of-family': 'reason.onlyPackage',
  restored: 'reason.restored',
  removed: 'reason.removed',
  'already-there': 'reason.alreadyThere',
  'cannot-remove': 'reason.cannotRemove',
  shared: 'reason.shared',
  'parts-missing': 'reason.partsMissing',
  'not-kept': 'reason.notKept',
  'not-reached': 'reason.notReached',
  project: 'reason.project',
};

/** The key of the text; null for a code that this version does not know. */
export function reasonWords(reason: string): TextKey | null {
  return REASONS[reason] ?? null;
}
