// Builds the app's window when it is out of date: the page (dist/renderer) and the desktop's preload script
// (dist/electron/preload.cjs).
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isWindowBuilt, windowStamp, windowStampPath } from './freshness.mjs';
import { SetupError } from './set-up-error.mjs';
import { runStep, withProgress } from './step.mjs';

/**
 * Does nothing when the window is up to date. The old page stays in place until the new one is complete.
 * @param {string} root folder of package.json, with an up-to-date dist
 * @throws {SetupError} with the tool's own output
 */
export async function buildWindow(root) {
  if (isWindowBuilt(root) || !existsSync(join(root, 'renderer'))) return;
  const stamp = windowStamp(root);
  const page = join(root, 'dist', 'renderer');
  const next = `${page}.next`;
  await withProgress('Building the window', async () => {
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const config = join(root, 'build', 'vite.config.mjs');
    const flags = ['--config', config, '--outDir', next, '--emptyOutDir', '--logLevel', 'warn'];
    await run([vite, 'build', ...flags], root);
    await run([join(root, 'build', 'electron-preload.mjs'), join(root, 'dist', 'electron')], root);
  });
  const old = `${page}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(page)) renameSync(page, old);
  renameSync(next, page);
  rmSync(old, { recursive: true, force: true });
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(windowStampPath(join(root, 'dist')), stamp);
}

async function run(args, root) {
  // with another NODE_ENV, as tests and some shells set it, the page would be one for development, with paths of this computer
  const env = { ...process.env, NODE_ENV: 'production' };
  const { code, output } = await runStep(process.execPath, args, { cwd: root, env });
  if (code === 0) return;
  throw new SetupError(
    `${output.trimEnd()}\n\nThe app's window could not be built; the one before is left as it was.`,
  );
}
