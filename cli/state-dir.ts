// Where journals, reports and caches lie when nobody says otherwise: the place that each system has for such things.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from './io.js';

/** `--state-dir`, then ARCHBRIDGE_STATE_DIR, then the system's own folder for the state of programs. */
export function stateDir(
  option: string | undefined,
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string {
  const asked = option ?? env['ARCHBRIDGE_STATE_DIR'];
  if (asked) return resolve(asked);
  const home = env['HOME'] || homedir();
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'archbridge');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'archbridge');
  // https://specifications.freedesktop.org/basedir-spec/latest/
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'archbridge');
}
