// `npm run build`: brings dist up to date, the app's window included.
//   node build/build.mjs --window   the window alone, for `archbridge serve` in a checkout
import { fileURLToPath } from 'node:url';
import { requireNode } from './node-version.mjs';

requireNode();
const { buildWindowAlone, firstRun, SetupError } = await import('./first-run.mjs');
try {
  const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
  if (process.argv.includes('--window')) await buildWindowAlone(root);
  else await firstRun(root, { window: true });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
