// Makes the desktop app's folder with electron-builder from an Electron that is already here, and its installers where that can be done
// without a download.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterPack as setFuses } from '../electron-fuses.mjs';
import { bundle } from '../bundle.mjs';
import { copyExamples, packageJson } from './program.mjs';

/** What is read from plain files: a thread is started from a path, and a browser opens the documentation. */
const UNPACKED = ['gunzip-thread.mjs', 'dist/docs/**'];

/** Each installer, and the folder of electron-builder's cache with the programs that make it. */
const INSTALLERS = {
  linux: [{ target: 'AppImage', tool: 'appimage' }],
  win32: [{ target: 'nsis', tool: 'nsis' }, { target: 'zip' }],
  darwin: [{ target: 'dmg' }],
};

/**
 * The app as electron-builder packs it: bundled programs, the built window, no node_modules.
 * @param {string} root folder of package.json, built with its window @param {string} app folder which is made
 */
export async function layOutApp(root, app) {
  mkdirSync(app, { recursive: true });
  const options = { external: ['electron'], outsideAsar: true };
  await bundle(root, 'electron/main.ts', join(app, 'main.js'), options);
  await bundle(root, 'electron/engine-process.ts', join(app, 'engine-process.js'), options);
  copyFileSync(join(root, 'dist', 'electron', 'preload.cjs'), join(app, 'preload.cjs'));
  for (const part of ['renderer', 'docs'])
    cpSync(join(root, 'dist', part), join(app, 'dist', part), { recursive: true });
  copyExamples(root, app);
  writeFileSync(join(app, 'package.json'), packageJson(root, { main: 'main.js' }));
}

/**
 * @param {string} root @param {{ electron: { place: string, version: string }, folder: string, work: string }} options
 *   `folder`: where the app's folder goes
 */
export async function layOutDesktop(root, { electron, folder, work }) {
  const app = join(work, 'app');
  await layOutApp(root, app);
  const output = join(work, 'desktop');
  await build(root, { electron, app, output, targets: ['dir'] });
  const unpacked = readdirSync(output).find((name) => /unpacked$|^mac/.test(name));
  renameSync(join(output, unpacked), folder);
}

/**
 * Makes the platform's installers whose programs are in electron-builder's cache.
 * @param {string} root @param {{ electron: import('./find-electron.mjs').FoundElectron, work: string, out: string }} options
 * @returns {Promise<{ what: string, needs: string }[]>} those that were not made, of this platform and the others
 */
export async function desktopInstallers(root, { electron, work, out }) {
  const missing = [];
  for (const [platform, installers] of Object.entries(INSTALLERS)) {
    for (const { target, tool } of installers) {
      const needs = [
        ...(platform === process.platform ? [] : [`a computer with ${platform}`]),
        ...(electron.problem === undefined ? [] : ['Electron']),
        ...(tool === undefined || isCached(tool)
          ? []
          : [`electron-builder's ${tool} tools in ${builderCache()}`]),
      ];
      if (needs.length > 0) missing.push({ what: `${target} (${platform})`, needs: needs.join(' and ') });
      else await makeInstaller(root, { electron, work, out, target });
    }
  }
  return missing;
}

async function makeInstaller(root, { electron, work, out, target }) {
  const output = join(work, `installer-${target}`);
  await build(root, { electron, app: join(work, 'app'), output, targets: [target] });
  for (const name of readdirSync(output).filter((one) => /\.(AppImage|exe|zip|dmg)$/.test(one)))
    copyFileSync(join(output, name), join(out, name));
}

async function build(root, { electron, app, output, targets }) {
  const { Arch, Platform, build: run } = await import('electron-builder');
  await run({
    projectDir: root,
    targets: Platform.current().createTarget(targets, Arch[process.arch]),
    config: {
      ...builderConfig(root),
      directories: { app, output },
      electronDist: electron.place,
      electronVersion: electron.version,
      // the programs are bundled, so no node_modules are packed. https://www.electron.build/app-builder-lib.interface.configuration#beforebuild
      beforeBuild: async () => false,
      afterPack,
    },
    publish: 'never',
  });
}

/** Takes out Electron's own start page, which an unpacked Electron still has, then sets the fuses. */
async function afterPack(context) {
  rmSync(join(context.appOutDir, 'resources', 'default_app.asar'), { force: true });
  await setFuses(context);
}

/** @param {string} root @returns {object} build/electron-builder.yml, with what follows from `layOutApp` */
export function builderConfig(root) {
  const config = parse(readFileSync(join(root, 'build', 'electron-builder.yml'), 'utf8'));
  return { ...config, asarUnpack: UNPACKED };
}

function builderCache() {
  const usual = { darwin: ['Library', 'Caches'], win32: ['AppData', 'Local'] };
  const caches = usual[process.platform] ?? ['.cache'];
  return process.env.ELECTRON_BUILDER_CACHE ?? join(homedir(), ...caches, 'electron-builder');
}

function isCached(tool) {
  const folder = builderCache();
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(tool));
}
