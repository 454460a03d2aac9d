// Finds Electron on this computer for the desktop app; it is never downloaded here.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { SetupError } from '../set-up-error.mjs';

/**
 * @typedef {{ place: string, version: string, problem?: undefined } | { problem: string }} FoundElectron
 *   `place`: a zip as Electron releases it, or its unpacked folder; `problem`: what is needed
 */

/**
 * Looks in this order: the place that was named, ELECTRON_OVERRIDE_DIST_PATH, node_modules/electron/dist, Electron's cache.
 * @param {string} root folder of package.json
 * @param {string | null} named
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {FoundElectron}
 * @throws {SetupError} when what was named is no Electron of the version in the lockfile, or a zip with another checksum
 */
export function findElectron(root, named, env = process.env) {
  const folder = join(root, 'node_modules', 'electron');
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const zip = `electron-v${version}-${process.platform}-${process.arch}.zip`;
  const asked = named ?? env.ELECTRON_OVERRIDE_DIST_PATH;
  if (asked) return checked(folder, asked, version, zip);
  const dist = join(folder, 'dist');
  if (existsSync(join(dist, 'version'))) return checked(folder, dist, version, zip);
  const cached = cacheFolders(env)
    .flatMap((cache) => filesNamed(cache, zip))
    .at(0);
  if (cached !== undefined) return checked(folder, cached, version, zip);
  return {
    problem: `Electron ${version}: ${zip} in ${cacheFolders(env)[0]}, or --electron FILE, or its folder in ELECTRON_OVERRIDE_DIST_PATH`,
  };
}

function checked(folder, place, version, zip) {
  if (!existsSync(place)) throw new SetupError(`There is no Electron at ${place}.`);
  if (statSync(place).isDirectory()) {
    const inside = join(place, zip);
    if (existsSync(inside)) return checked(folder, inside, version, zip);
    const found = readOrNull(join(place, 'version'))?.trim().replace(/^v/, '');
    if (found === version) return { place, version };
    throw new SetupError(`${place} is ${found ? `Electron ${found}` : 'no Electron'}; ${version} is needed.`);
  }
  const wanted = JSON.parse(readFileSync(join(folder, 'checksums.json'), 'utf8'))[zip];
  const actual = createHash('sha256').update(readFileSync(place)).digest('hex');
  if (basename(place) === zip && actual === wanted) return { place, version };
  throw new SetupError(`${place} is not the ${zip} that Electron has released (SHA-256 ${wanted}).`);
}

/** Where @electron/get keeps downloads. https://www.electronjs.org/docs/latest/tutorial/installation#cache */
function cacheFolders(env) {
  const home = homedir();
  const usual = {
    darwin: join(home, 'Library', 'Caches', 'electron'),
    win32: join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'electron', 'Cache'),
  };
  const own = usual[process.platform] ?? join(env.XDG_CACHE_HOME || join(home, '.cache'), 'electron');
  return [env.electron_config_cache, own].filter(Boolean);
}

function filesNamed(folder, name) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => basename(path) === name)
    .map((path) => join(folder, path));
}

function readOrNull(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
