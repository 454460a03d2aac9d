// `npm start`: sets up what is missing, then opens the app or, with arguments, runs the command line in this very process, so that exit
// status and signals are its own.
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
  // npm works in the project's folder; relative paths belong to where the user stood
  const stood = process.env.INIT_CWD;
  if (stood !== undefined) process.chdir(stood);
  takeOneInterruptForTwo();
  const main = resolve(join(root, 'dist', 'cli', 'main.js'));
  process.argv = [process.execPath, main, ...args];
  await import(pathToFileURL(main).href);
}

/**
 * A terminal's Ctrl-C reaches this process, and where npm's shell hands over to it (bash), npm sends the signal once more.
 * That echo would be taken for a person's second Ctrl-C, which ends at once instead of in good order.
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
