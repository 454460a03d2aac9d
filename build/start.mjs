// `npm start`: prepares the checkout, then opens the app. With arguments it runs the command line in this very process, so that
// exit status and signals are its own.
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { requireNode } from './node-version.mjs';

requireNode();
const { firstRun, SetupError } = await import('./first-run.mjs');
const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

try {
  const args = process.argv.slice(2);
  await firstRun(root, { window: args.length === 0 || args.includes('serve') });
  if (args.length > 0) await runCommandLine(args);
  else await (await import('./start-app.mjs')).startApp(root, () => runCommandLine(['serve']));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function runCommandLine(args) {
  // npm changes to the project's folder; relative paths belong to the folder that the person was in.
  const stood = process.env.INIT_CWD;
  if (stood !== undefined) process.chdir(stood);
  takeOneInterruptForTwo();
  const main = resolve(join(root, 'dist', 'cli', 'main.js'));
  process.argv = [process.execPath, main, ...args];
  await import(pathToFileURL(main).href);
}

/**
 * Drops the second of two interrupts that come at once. A terminal's Ctrl-C reaches this process, and where npm's shell has
 * replaced itself by it (bash), npm sends the signal once more. Two interrupts would end the command at once instead of cancelling
 * it.
 */
function takeOneInterruptForTwo() {
  const WINDOW_MS = 300;
  const last = { SIGINT: -Infinity, SIGTERM: -Infinity };
  const emit = process.emit;
  process.emit = function (name, ...rest) {
    if (name === 'SIGINT' || name === 'SIGTERM') {
      const now = performance.now();
      const echo = now - last[name] < WINDOW_MS;
      last[name] = now;
      if (echo) return true;
    }
    return emit.call(this, name, ...rest);
  };
}
