// The folder for journals, reports and caches: the one that was named, or the system's usual place.
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
