// `npm run package`: makes what a person carries to a computer without network, into dist.packages. Nothing is fetched.
//   --out FOLDER        another folder
//   --node FILE         the Node that goes into the package of this platform (default: the one that runs this)
//   --without-node      no Node in it: the computer must have Node 20.19 or newer
//   --electron PLACE    Electron as zip or folder, for the desktop app (default: ELECTRON_OVERRIDE_DIST_PATH, then Electron's cache)
//   --release           also checks what a release needs, and fails where it is not so
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireNode } from './node-version.mjs';

requireNode();
const { firstRun, SetupError } = await import('./first-run.mjs');
const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

try {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: 'dist.packages' },
      node: { type: 'string', default: process.execPath },
      'without-node': { type: 'boolean', default: false },
      electron: { type: 'string' },
      release: { type: 'boolean', default: false },
    },
  });
  await firstRun(root, { window: true });
  const { makePackages } = await import('./package/make-packages.mjs');
  const { made, notBuilt } = await makePackages(root, {
    out: resolve(values.out),
    node: values['without-node'] ? null : values.node,
    electron: values.electron ?? null,
    tell: (line) => console.error(line),
  });
  console.log(`\nMade in ${resolve(values.out)}:`);
  for (const { name, bytes } of made) console.log(`  ${name}  ${(bytes / 1e6).toFixed(1)} MB`);
  for (const { what, needs } of notBuilt) console.log(`Not built here: ${what}. It needs ${needs}.`);
  const { releaseProblems } = await import('./package/release-check.mjs');
  const problems = releaseProblems(root);
  for (const problem of problems) console.log(`Before a release: ${problem}`);
  if (values.release && problems.length > 0) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof SetupError) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
