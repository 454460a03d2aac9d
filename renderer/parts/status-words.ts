// Icon, word and tone of every state that an image, a row of a run or a check can have.
import type { ComponentType } from 'react';
import type { CellState, Outcome } from '../../core/contract.js';
import type { TextKey } from '../i18n/i18n.js';
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowsLeftRight,
  IconArrowUp,
  IconBan,
  IconCheck,
  IconClock,
  IconEqual,
  IconLink,
  IconMinus,
  IconPin,
  IconPlayerPause,
  IconPlus,
  IconQuestionMark,
  IconRefresh,
  IconTag,
  IconX,
} from './icons.js';

export type Icon = ComponentType<{ size?: number; stroke?: number; className?: string | undefined }>;
export type Tone =
  | 'plain'
  | 'muted'
  | 'accent'
  | 'ok'
  | 'add'
  | 'replace'
  | 'keep'
  | 'conflict'
  | 'missing'
  | 'mislabelled'
  | 'error';

export interface StatusWord {
  readonly icon: Icon;
  readonly text: TextKey;
  readonly tone: Tone;
}

/** State of one image on one platform. */
export const CELL_STATES: Readonly<Record<CellState, StatusWord>> = {
  same: { icon: IconEqual, text: 'state.same', tone: 'muted' },
  keep: { icon: IconPin, text: 'state.keep', tone: 'keep' },
  add: { icon: IconPlus, text: 'state.add', tone: 'add' },
  replace: { icon: IconArrowsLeftRight, text: 'state.replace', tone: 'replace' },
  conflict: { icon: IconAlertTriangle, text: 'state.conflict', tone: 'conflict' },
  missing: { icon: IconBan, text: 'state.missing', tone: 'missing' },
  mislabelled: { icon: IconTag, text: 'state.mislabelled', tone: 'mislabelled' },
  'not-used': { icon: IconMinus, text: 'state.notUsed', tone: 'muted' },
  unreadable: { icon: IconQuestionMark, text: 'state.unreadable', tone: 'missing' },
};

export type RunState =
  | 'waiting'
  | 'sending'
  | 'joining'
  | 'retrying'
  | 'verified'
  | 'failed'
  | 'skipped'
  | 'paused'
  | 'left-out'
  | 'not-begun';

/** State of one image in a run. */
export const RUN_STATES: Readonly<Record<RunState, StatusWord>> = {
  waiting: { icon: IconClock, text: 'run.waiting', tone: 'muted' },
  sending: { icon: IconArrowUp, text: 'run.sending', tone: 'accent' },
  joining: { icon: IconLink, text: 'run.joining', tone: 'replace' },
  retrying: { icon: IconRefresh, text: 'run.retrying', tone: 'conflict' },
  verified: { icon: IconCheck, text: 'run.verified', tone: 'ok' },
  failed: { icon: IconX, text: 'run.failed', tone: 'error' },
  skipped: { icon: IconMinus, text: 'run.skipped', tone: 'muted' },
  paused: { icon: IconPlayerPause, text: 'run.paused', tone: 'muted' },
  'left-out': { icon: IconTag, text: 'plan.leftOut', tone: 'mislabelled' },
  'not-begun': { icon: IconMinus, text: 'run.notWritten', tone: 'muted' },
};

/** How a run ended; the same words in every list and on every screen. */
export const OUTCOMES: Readonly<Record<Outcome, StatusWord>> = {
  imported: { icon: IconCheck, text: 'outcome.imported', tone: 'ok' },
  gaps: { icon: IconAlertTriangle, text: 'outcome.gaps', tone: 'conflict' },
  stopped: { icon: IconPlayerPause, text: 'outcome.stopped', tone: 'conflict' },
  failed: { icon: IconX, text: 'outcome.failed', tone: 'error' },
  undone: { icon: IconArrowBackUp, text: 'outcome.undone', tone: 'muted' },
  'undone-in-part': { icon: IconAlertTriangle, text: 'outcome.undoneInPart', tone: 'conflict' },
  pruned: { icon: IconCheck, text: 'outcome.pruned', tone: 'muted' },
  'pruned-in-part': { icon: IconAlertTriangle, text: 'outcome.prunedInPart', tone: 'conflict' },
};

export type CheckState = 'fine' | 'to-know' | 'failed' | 'not-checked';

/** State of one question in the check of a target. */
export const CHECK_STATES: Readonly<Record<CheckState, StatusWord>> = {
  fine: { icon: IconCheck, text: 'check.fine', tone: 'ok' },
  'to-know': { icon: IconAlertTriangle, text: 'check.toKnow', tone: 'conflict' },
  failed: { icon: IconX, text: 'check.failed', tone: 'error' },
  'not-checked': { icon: IconClock, text: 'check.notChecked', tone: 'muted' },
};
