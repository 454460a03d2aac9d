// `npm run build`: brings dist up to date, the app's window included.
import { fileURLToPath } from 'node:url';
import { requireNode } from './node-version.mjs';

requireNode();
const { firstRun, SetupError } = await import('./first-run.mjs');
try {
  await firstRun(fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, ''), { window: true });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
