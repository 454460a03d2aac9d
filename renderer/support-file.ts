// The file for support: version, settings, runs and log as one JSON text. Hosts keep credentials out of all of these.
import { ask } from './bridge.js';
import type { TextKey } from './i18n/i18n.js';
import { saveText } from './save-text.js';

/** What the file holds, as the dialog lists it before it is saved. */
export const SUPPORT_PARTS: readonly TextKey[] = [
  'support.part.version',
  'support.part.settings',
  'support.part.runs',
  'support.part.log',
  'support.part.error',
];

const LOG_LINES = 2_000;

/** `details`: what went wrong, as the window knows it; '' for nothing. */
export async function saveSupportFile(details: string): Promise<void> {
  const [info, settings, runs, log] = await Promise.all([
    ask('info', null),
    ask('settings', null),
    ask('runs', {}),
    ask('readLog', { lines: LOG_LINES }),
  ]);
  const text = JSON.stringify(
    { made: new Date().toISOString(), details, info, settings, runs, log },
    null,
    2,
  );
  await saveText('archbridge-support.json', `${text}\n`, 'application/json');
}
