// Lays out the program folder: command line and web host with all that they need, which runs with Node alone.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../bundle.mjs';
import { licencesText, sbom } from './third-party.mjs';

const files = fileURLToPath(new URL('./files', import.meta.url));

/** @typedef {{ file: string, version: string, licence: string }} Runtime a Node program that goes into the package */

/**
 * @param {string} root folder of package.json, built
 * @param {string} folder which is made
 */
export async function layOutProgram(root, folder) {
  await bundle(root, 'cli/main.ts', join(folder, 'archbridge.mjs'));
  mkdirSync(join(folder, 'bin'));
  copyFileSync(join(files, 'archbridge.sh'), join(folder, 'bin', 'archbridge'));
  writeFileSync(join(folder, 'bin', 'archbridge.cmd'), windowsText('archbridge.cmd'));
  chmodSync(join(folder, 'bin', 'archbridge'), 0o755);
  writeFileSync(join(folder, 'package.json'), packageJson(root));
  for (const part of ['renderer', 'docs'])
    cpSync(join(root, 'dist', part), join(folder, 'dist', part), { recursive: true });
  copyExamples(root, folder);
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  copyFileSync(join(root, 'renderer', 'theme', 'mark.svg'), join(folder, 'archbridge.svg'));
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licencesText(root));
  writeFileSync(join(folder, 'sbom.cdx.json'), sbom(root, []));
}

/**
 * What the programs read of package.json: name, version, and that .js files are modules.
 * @param {string} root @param {object} [more] @returns {string}
 */
export function packageJson(root, more = {}) {
  const { name, version, description, license } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return `${JSON.stringify({ name, version, description, license, private: true, type: 'module', ...more }, null, 2)}\n`;
}

/** @param {string} root @param {string} folder */
export function copyExamples(root, folder) {
  mkdirSync(join(folder, 'examples'), { recursive: true });
  for (const name of readdirSync(join(root, 'examples')).filter((one) => one.includes('.tar.gz')))
    copyFileSync(join(root, 'examples', name), join(folder, 'examples', name));
}

/**
 * Adds Node to a program folder, so that the computer needs none.
 * @param {string} root @param {string} folder as `layOutProgram` made it @param {Runtime} runtime
 */
export function addRuntime(root, folder, { file, version, licence }) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const into = join(folder, 'runtime');
  mkdirSync(into);
  copyFileSync(file, join(into, name));
  chmodSync(join(into, name), 0o755);
  copyFileSync(licence, join(into, 'LICENSE'));
  writeFileSync(join(folder, 'sbom.cdx.json'), sbom(root, [{ name: 'node', version }]));
}

/**
 * The files around the program folder in the archives.
 * @param {string} folder @param {{ version: string, needs: string }} words `needs`: what a computer must have
 */
export function addInstallers(folder, { version, needs }) {
  for (const name of ['install.sh', 'Documentation.html'])
    copyFileSync(join(files, name), join(folder, name));
  // PowerShell 5 takes a script without this mark for one in the system's old encoding
  writeFileSync(join(folder, 'install.ps1'), `\ufeff${windowsText('install.ps1')}`);
  chmodSync(join(folder, 'install.sh'), 0o755);
  const text = readFileSync(join(files, 'README.txt'), 'utf8');
  writeFileSync(join(folder, 'README.txt'), text.replaceAll('VERSION', version).replace('RUNTIME', needs));
}

/** cmd loses labels in files whose lines end with LF alone. */
const windowsText = (name) => readFileSync(join(files, name), 'utf8').replaceAll('\n', '\r\n');

/** @param {string} program of Node @returns {string | null} its licence file, where distributions put it */
export function licenceOfNode(program) {
  const places = [
    join(dirname(program), '..', 'LICENSE'),
    join(dirname(program), 'LICENSE'),
    '/usr/share/doc/nodejs/LICENSE',
    '/usr/share/doc/nodejs/copyright',
  ];
  return places.find((place) => isNodeLicence(place)) ?? null;
}

function isNodeLicence(path) {
  try {
    return /Node\.js/.test(readFileSync(path, 'utf8').slice(0, 2000));
  } catch {
    return false;
  }
}
