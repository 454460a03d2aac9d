// Makes all packages of this platform in one folder, and says of each that cannot be made here what it needs.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../set-up-error.mjs';
import { evenModes, filesBelow, writeChecksums, writeTarGz, writeZip } from './archive.mjs';
import { layOutDesktop, desktopInstallers } from './desktop.mjs';
import { findElectron } from './find-electron.mjs';
import { makeDeb, makeRpm } from './linux-packages.mjs';
import { addInstallers, addRuntime, layOutProgram, licenceOfNode } from './program.mjs';

/**
 * @typedef {{ made: { name: string, bytes: number }[], notBuilt: { what: string, needs: string }[] }} Outcome
 */

/**
 * @param {string} root folder of package.json, built with its window
 * @param {{ out: string, node: string | null, electron: string | null, tell: (line: string) => void }} options
 *   `out` is replaced; `node`: Node program for the package of this platform; `electron`: a zip or folder that was named
 * @returns {Promise<Outcome>}
 * @throws {SetupError} for a program or file that was named and cannot be used
 */
export async function makePackages(root, { out, node, electron, tell }) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const platform = `${process.platform}-${process.arch}`;
  const runtime = node === null ? null : describeRuntime(node);
  const found = findElectron(root, electron);
  const notBuilt = [];
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'archbridge-package-'));
  try {
    tell('Bundling the command line and the web host ...');
    const plain = `archbridge-${version}`;
    const program = join(work, plain, 'program');
    await layOutProgram(root, program);
    await finish(join(work, plain), {
      version,
      needs: 'Node 20.19 or newer must be installed (node --version).',
    });
    await writeTarGz(work, plain, join(out, `${plain}.tar.gz`));
    writeZip(work, plain, join(out, `${plain}.zip`));

    tell(`Making the packages for ${platform} ...`);
    const full = `archbridge-${version}-${platform}`;
    const whole = join(work, full, 'program');
    mkdirSync(join(work, full));
    cpSync(program, whole, { recursive: true });
    if (runtime === null) notBuilt.push({ what: `Node in ${full}`, needs: '--node FILE' });
    else addRuntime(root, whole, runtime);
    if (found.problem !== undefined) notBuilt.push({ what: 'the desktop app', needs: found.problem });
    else await layOutDesktop(root, { electron: found, folder: join(whole, 'desktop'), work });
    const needs =
      runtime === null
        ? 'Node 20.19 or newer must be installed (node --version).'
        : `It needs nothing else: Node ${runtime.version} is in it.`;
    await finish(join(work, full), { version, needs });
    await writeTarGz(work, full, join(out, `${full}.tar.gz`));
    if (process.platform === 'linux') {
      for (const make of [makeDeb, makeRpm]) {
        const missing = make(root, { program: whole, work, out, withNode: runtime !== null });
        if (missing !== null) notBuilt.push(missing);
      }
    }
    notBuilt.push(...(await desktopInstallers(root, { electron: found, work, out })));
    await writeChecksums(out);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const made = filesBelow(out).map((name) => ({ name, bytes: statSync(join(out, name)).size }));
  return { made, notBuilt };
}

/** Installers, rights and checksums around a finished program folder. */
async function finish(folder, words) {
  addInstallers(folder, words);
  await writeChecksums(folder);
  evenModes(folder);
}

function describeRuntime(file) {
  if (!existsSync(file)) throw new SetupError(`There is no Node at ${file}.`);
  const version = execFileSync(file, ['--version'], { encoding: 'utf8' }).trim().replace(/^v/, '');
  const [major, minor] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new SetupError(`${file} is Node ${version}; Archbridge needs 20.19 or newer.`);
  const licence = licenceOfNode(file);
  if (licence === null) {
    throw new SetupError(
      `${file} has no LICENSE file of Node beside it, which must go with it.\n` +
        'Name another Node with --node (the archives of nodejs.org have it), or leave it out with --without-node.',
    );
  }
  return { file, version, licence };
}
