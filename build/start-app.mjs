// `npm start` without arguments: opens the desktop app where Electron and a display exist, otherwise the same app in a browser.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';

/** Milliseconds. An Electron that ends sooner could not start (no sandbox, no display); the app is then served for a browser. */
const TOO_SOON_MS = 10_000;

/**
 * @param {string} root folder of package.json, built
 * @param {() => Promise<void>} serve
 */
export async function startApp(root, serve) {
  if (!hasDisplay()) return serve();
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    console.error('The desktop app is not run as root; this is the same app in a browser.');
    return serve();
  }
  const electron = findElectron(root) ?? (await offerDownload(root));
  if (electron === null || !(await runDesktop(electron, root))) return serve();
}

function hasDisplay() {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Finds Electron without loading its package, whose index.js would download what is missing.
 * @param {string} root @returns {string | null} the program
 */
export function findElectron(root) {
  const folder = join(root, 'node_modules', 'electron');
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH || join(folder, 'dist');
  const name = readOrNull(join(folder, 'path.txt')) ?? usualName();
  const program = join(dist, name);
  return existsSync(program) ? program : null;
}

function usualName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

/** Downloads Electron only after the person has said yes. */
async function offerDownload(root) {
  const installer = join(root, 'node_modules', 'electron', 'install.js');
  if (!process.stdin.isTTY || !process.stderr.isTTY || !existsSync(installer)) return null;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(
    'The desktop app needs Electron, about 110 MB from github.com. Download it now? Without it the app opens in a browser. [y/N] ',
  );
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) return null;
  const code = await ended(spawn(process.execPath, [installer], { stdio: 'inherit' }));
  if (code !== 0) console.error('Electron could not be downloaded; this is the same app in a browser.');
  return code === 0 ? findElectron(root) : null;
}

/** Runs the desktop app until it ends; false when it could not start. */
async function runDesktop(electron, root) {
  const began = Date.now();
  // Terminals inside Electron programs (editors) set this variable, and Electron would then run as plain Node.
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  const code = await ended(spawn(electron, [root], { stdio: 'inherit', env }));
  if (code !== 0 && Date.now() - began < TOO_SOON_MS) {
    console.error(`The desktop app could not be started (${code}); this is the same app in a browser.`);
    return false;
  }
  process.exitCode = code;
  return true;
}

function ended(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}

function readOrNull(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
