// Builds the app's window when `serve` needs it in a checkout where only the command line was used so far.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs build/build.mjs of a checkout where the window was not built yet; does nothing otherwise. Progress and errors of the build
 * go to stderr. Never throws: whether there is a window shows when its page is opened.
 * @param root folder of package.json
 * @param page folder of the built window
 */
export async function buildMissingWindow(
  root: string,
  page: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const script = join(root, 'build', 'build.mjs');
  if (existsSync(join(page, 'index.html')) || !existsSync(script)) return;
  const child = spawn(process.execPath, [script, '--window'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    signal,
  });
  await new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}
