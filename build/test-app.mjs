// `npm run test:e2e`, `test:electron`, `screenshots`, `budgets`: builds what is stale and runs that part of test/app-e2e alone.
//   node build/test-app.mjs web|desktop|long|budgets [ARGS of Playwright]
//   node build/test-app.mjs pictures [FOLDER]
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireNode } from './node-version.mjs';

requireNode();
const { firstRun, SetupError } = await import('./first-run.mjs');
const { passSignalsToSteps } = await import('./step.mjs');
const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const [project = 'web', ...args] = process.argv.slice(2);
// npm changes to the project's folder; a relative path belongs to the folder that the person was in.
if (project === 'pictures' && args.length > 0)
  process.env.ARCHBRIDGE_PICTURES = resolve(process.env.INIT_CWD ?? '', args.shift());
passSignalsToSteps();

try {
  await firstRun(root, { window: true });
  const { obstacle, runAppSuite } = await import('./app-suite.mjs');
  const why = obstacle(root, project === 'desktop' ? 'desktop' : 'web');
  if (why === null) end(await runAppSuite(root, project, args));
  else notRun(why);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.log(error.message);
  end({ passed: 0, failed: 1, skipped: 0 });
}

function end({ passed, failed, skipped }) {
  if (skipped > 0) console.log(`${skipped} skipped`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  console.log(`${passed} passed, ${failed} failed`);
}

/** A missing Electron is no failure, because most machines have none. */
function notRun(why) {
  console.log(why);
  process.exitCode = project === 'desktop' ? 0 : 1;
  console.log(
    project === 'desktop' ? '0 passed, 0 failed, not run here' : '0 passed, 0 failed: nothing was run',
  );
}
