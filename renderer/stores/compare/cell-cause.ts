// The cause of a cell as a whole sentence. Pure.
import type { CoverageCell } from '../../../core/contract.js';
import type { TextKey } from '../../i18n/i18n.js';

const SENTENCES: Readonly<Record<string, TextKey>> = {
  same: 'cause.same',
  'same same-config': 'cause.sameConfig',
  'add incomplete': 'cause.addIncomplete',
  'replace newer': 'cause.replaceNewer',
  'replace newer-version': 'cause.replaceNewerVersion',
  'replace time-unknown': 'cause.replaceTimeUnknown',
  'replace policy-replace': 'cause.replacePolicy',
  'replace decided': 'cause.replaceDecided',
  keep: 'cause.keep',
  'keep damaged': 'cause.keepDamaged',
  'keep incomplete': 'cause.keepIncomplete',
  'keep unreadable': 'cause.keepUnreadable',
  'keep policy-keep': 'cause.keepPolicy',
  'keep decided': 'cause.keepDecided',
  'conflict older': 'cause.conflictOlder',
  'conflict older-version': 'cause.conflictOlderVersion',
  'conflict time-unknown': 'cause.conflictTimeUnknown',
  'conflict policy-stop': 'cause.conflictPolicy',
  'conflict decided': 'cause.conflictDecided',
  'conflict two-contents': 'cause.conflictTwoContents',
  'conflict other-source': 'cause.conflictOtherSource',
  missing: 'cause.missing',
  'missing damaged': 'cause.missingDamaged',
  'missing lacking': 'cause.missingLacking',
  'missing only-package-of-family': 'cause.missingNoPackage',
  mislabelled: 'cause.mislabelled',
  unreadable: 'cause.unreadable',
  'unreadable not-an-image': 'cause.notAnImage',
  'unreadable unsupported-manifest': 'cause.unsupported',
  'not-used': 'cause.notUsed',
};

/** `isNewTag`: the target has nothing under the tag yet. The sentence has the places `{platform}` and `{from}`. */
export function causeOf({ state, reason }: CoverageCell, isNewTag: boolean): TextKey {
  if (state === 'add' && reason !== 'incomplete') return isNewTag ? 'cause.addNew' : 'cause.addPlatform';
  return SENTENCES[`${state} ${reason}`] ?? SENTENCES[state] ?? 'cause.other';
}
