// Run events as lines of text, for the events that are worth a line in a log.
import type { RunEvent, RunStage } from '../../../core/contract.js';
import { formatTime, rowPlatform, type TextKey } from '../../../core/engine.js';
import type { Say } from '../../command.js';
import type { Language } from '../../../core/contract.js';
import { problemLine } from '../text/problem-text.js';
import { formatBytes } from '../text/units.js';
import { printable } from '../../../core/messages/printable.js';

type ItemAction = (RunEvent & { type: 'image' | 'chart' })['action'];

const ACTION: Readonly<Record<ItemAction, TextKey>> = {
  push: 'cli.action.push',
  promote: 'cli.action.promote',
  add: 'cli.action.add',
  replace: 'cli.action.replace',
  repair: 'cli.action.repair',
  keep: 'cli.action.keep',
  skip: 'cli.action.skip',
  conflict: 'cli.action.conflict',
  blocked: 'cli.action.blocked',
  failed: 'cli.action.failed',
  publish: 'cli.action.publish',
};

const STAGE: Readonly<Record<RunStage, TextKey>> = {
  connect: 'cli.stage.connect',
  read: 'cli.stage.read',
  survey: 'cli.stage.survey',
  tags: 'cli.stage.tags',
  charts: 'cli.stage.charts',
  sweep: 'cli.stage.sweep',
  verify: 'cli.stage.verify',
  done: 'cli.stage.done',
};

/** The word for an action in the reader's language. */
export function actionText(action: ItemAction, say: Say): string {
  return say(ACTION[action]);
}

/** The words for a stage of a run. */
export function stageText(stage: RunStage, say: Say): string {
  return say(STAGE[stage]);
}

/** The word for what was done to an item. An undo reports `replace` both for what it restored and for what it removed. */
function doneText(event: RunEvent & { type: 'image' | 'chart' }, say: Say): string {
  const isImage = event.type === 'image';
  if (isImage && event.reason === 'restored' && event.action === 'replace')
    return say('report.tags.restored');
  const isRemoved = isImage ? event.reason === 'removed' : event.digest === null;
  return isRemoved && event.action === 'replace' ? say('report.tags.removed') : actionText(event.action, say);
}

/** Until when a run waits, and for whom. */
export function waitingLine(event: RunEvent & { type: 'waiting' }, say: Say, language: Language): string {
  const time = formatTime(event.until, language);
  return say('cli.event.waiting', { time, message: problemLine(event.problem, language) });
}

/** Which server is waited for since when, and until when. */
export function awayLine(event: RunEvent & { type: 'away' }, say: Say, language: Language): string {
  const [since, until] = [event.since, event.until].map((time) => formatTime(time, language));
  return say('cli.event.away', {
    host: event.host,
    since: since ?? '',
    until: until ?? '',
    message: problemLine(event.problem, language),
  });
}

/** How many requests were sent again, and why the last one. */
export function retriedLine(event: RunEvent & { type: 'retried' }, say: Say, language: Language): string {
  return say('cli.event.retried', { count: event.retries, message: problemLine(event.problem, language) });
}

/** The line for an event; null for events without a line: progress, and items that stay as they are. */
export function eventLine(event: RunEvent, say: Say, language: Language): string | null {
  switch (event.type) {
    case 'run-started':
      return say('cli.event.run-started', { run: event.run, target: event.target });
    case 'pass-started':
      return say('cli.event.pass-started', {
        pass: event.pass,
        package: event.package,
        size: formatBytes(event.bytes),
      });
    case 'stage':
      return event.stage === 'done' ? null : stageText(event.stage, say);
    case 'image':
      if (event.action === 'skip' || event.action === 'keep') return null;
      return printable(`${doneText(event, say)} ${event.target} ${rowPlatform(event)}`);
    case 'chart':
      if (event.action === 'skip' || event.action === 'keep') return null;
      return printable(
        `${doneText(event, say)} ${say('cli.chart')} ${event.name} ${event.version} -> ${event.url}`,
      );
    case 'problem':
      return problemLine(event.problem, language);
    case 'waiting':
      return waitingLine(event, say, language);
    case 'away':
      return awayLine(event, say, language);
    case 'back':
      return say('cli.event.back', { host: event.host });
    case 'retried':
      return retriedLine(event, say, language);
    case 'paused':
      return say('cli.event.paused');
    case 'resumed':
      return say('cli.event.resumed');
    case 'surveyed':
    case 'compared':
    case 'offered':
    case 'blobs':
    case 'progress':
    case 'run-ended':
      return null;
  }
}
