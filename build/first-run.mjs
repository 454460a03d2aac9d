// Prepares a checkout: installs packages from the lockfile, then builds dist. Uses Node's built-in modules only; does nothing when
// all is up to date.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  areDocsBuilt,
  buildStampPath,
  docsStamp,
  docsStampPath,
  installStamp,
  installStampPath,
  isBuilt,
  isInstalled,
  isInstalledByNpm,
  isWindowBuilt,
  sourceStamp,
} from './freshness.mjs';
import { SetupError } from './set-up-error.mjs';
import { runStep, withProgress } from './step.mjs';

const LOCK_IS_STALE_AFTER_MS = 15 * 60_000;

export { SetupError };

/**
 * @param {string} root folder of package.json
 * @param {{ window?: boolean }} [wanted] `window`: the app's window and its documentation, too
 * @throws {SetupError} with the tool's own output and what to do
 */
export async function firstRun(root, { window = false } = {}) {
  const isFresh = () =>
    isInstalled(root) && isBuilt(root) && (!window || (isWindowBuilt(root) && areDocsBuilt(root)));
  if (isFresh()) return;
  await exclusively(root, async () => {
    if (!isInstalled(root)) await install(root);
    if (!isBuilt(root)) await build(root);
    if (window) await (await import('./window.mjs')).buildWindow(root);
    if (window && !areDocsBuilt(root) && existsSync(join(root, 'docs'))) await buildDocumentation(root);
  });
}

/** The documents as HTML in dist/docs. */
async function buildDocumentation(root) {
  const stamp = docsStamp(root);
  (await import('./docs.mjs')).buildDocs(root, join(root, 'dist', 'docs'));
  writeFileSync(docsStampPath(join(root, 'dist')), stamp);
}

/**
 * Builds the app's window and nothing else: for `archbridge serve`, which runs from dist, so dist must not be replaced.
 * @param {string} root folder of package.json, installed and built
 * @throws {SetupError} with the tool's own output
 */
export async function buildWindowAlone(root) {
  await exclusively(root, async () => (await import('./window.mjs')).buildWindow(root));
}

/** Does the work while no other process works in this checkout; errors of files become a SetupError. */
async function exclusively(root, work) {
  try {
    const unlock = await lock(root);
    try {
      await work();
    } finally {
      unlock();
    }
  } catch (error) {
    if (error.syscall === undefined) throw error;
    throw new SetupError(
      `The set-up failed: ${error.message}\nMay you write to ${root}, and is there space on the disk?`,
    );
  }
}

async function install(root) {
  if (!isInstalledByNpm(root)) {
    const { command, args, shell } = npm();
    // With NODE_ENV=production npm would leave out the compiler.
    const all = [...args, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    const { code, output } = await withProgress('Installing packages from the lockfile', () =>
      runStep(command, all, { cwd: root, shell }),
    );
    if (code !== 0) {
      throw new SetupError(
        `${firstLines(output, 25)}\n\nThe packages could not be installed (npm ci ended with ${code}).\n` +
          'Is the package registry reachable from here (npm config get registry), and is there space on the disk?',
      );
    }
  }
  writeFileSync(installStampPath(root), installStamp(root));
}

/** Shortens npm's output, because npm prints its whole manual after an error. */
function firstLines(text, count) {
  return text.trimEnd().split('\n').slice(0, count).join('\n');
}

/** The npm that runs this script, so that the result does not depend on PATH; otherwise the npm on PATH. */
function npm() {
  const path = process.env.npm_execpath;
  if (path !== undefined && basename(path) === 'npm-cli.js')
    return { command: process.execPath, args: [path], shell: false };
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

/** Compiles and bundles in a copy of dist (incrementally) and swaps the two at the end, so dist is complete at any time. */
async function build(root) {
  const stamp = sourceStamp(root);
  const dist = join(root, 'dist');
  const next = join(root, 'dist.next');
  const tsbuildinfo = '.tsbuildinfo';
  rmSync(next, { recursive: true, force: true });
  // A dist that this script did not make may hold outputs of deleted sources, so it is not reused.
  if (existsSync(join(dist, tsbuildinfo)) && existsSync(buildStampPath(dist)))
    cpSync(dist, next, { recursive: true });
  removeOrphans(root, next);
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const flags = [
    '--outDir',
    next,
    '--incremental',
    '--tsBuildInfoFile',
    join(next, tsbuildinfo),
    '--pretty',
    String(process.stderr.isTTY === true),
  ];
  const { code, output } = await withProgress('Building', async () => {
    const compiled = await runStep(process.execPath, [tsc, '-p', 'tsconfig.build.json', ...flags], {
      cwd: root,
    });
    if (compiled.code !== 0) return compiled;
    // with another NODE_ENV libraries would be bundled as they are for development
    const env = { ...process.env, NODE_ENV: 'production' };
    return runStep(process.execPath, [join(root, 'build', 'bundle-cli.mjs'), next], { cwd: root, env });
  });
  if (code !== 0) {
    rmSync(next, { recursive: true, force: true });
    throw new SetupError(
      `${output.trimEnd()}\n\nThe sources do not compile; the build before is left as it was.`,
    );
  }
  writeFileSync(buildStampPath(next), stamp);
  const old = join(root, 'dist.old');
  rmSync(old, { recursive: true, force: true });
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(next, dist);
  rmSync(old, { recursive: true, force: true });
}

/** Removes outputs of sources that were deleted, which tsc leaves. */
function removeOrphans(root, next) {
  if (!existsSync(next)) return;
  for (const entry of readdirSync(next, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.js(\.map)?$/.test(entry.name)) continue;
    const output = join(entry.parentPath, entry.name);
    // The window's page is made by another tool and stays.
    if (output.startsWith(join(next, 'renderer'))) continue;
    const source = join(root, output.slice(next.length + 1).replace(/\.js(\.map)?$/, '.ts'));
    if (!existsSync(source)) rmSync(output);
  }
}

/** Allows one set-up at a time in a checkout, so that `npm start` and `npm test` at the same time do not both install. */
async function lock(root) {
  const folder = join(root, '.cache');
  const path = join(folder, 'first-run.lock');
  mkdirSync(folder, { recursive: true });
  for (let told = false; ;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      process.once('exit', unlock);
      return unlock;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isStale(path)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) console.error('Waiting for the set-up that another process has begun ...');
    told = true;
    await sleep(200);
  }

  function unlock() {
    rmSync(path, { force: true });
    process.removeListener('exit', unlock);
  }
}

function isStale(path) {
  try {
    if (Date.now() - statSync(path).mtimeMs > LOCK_IS_STALE_AFTER_MS) return true;
    const pid = Number(readFileSync(path, 'utf8'));
    // An empty file: its owner is about to write its process id.
    if (pid === 0) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH' || error.code === 'ENOENT';
  }
}
