// Tells from stamp files whether node_modules and dist are up to date; fast enough to ask before every start.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What tsconfig.build.json compiles and what bundles the command line. */
const SOURCES = [
  ...['core', 'cli', 'web', 'electron', 'package.json', 'tsconfig.json', 'tsconfig.build.json'],
  ...['build/bundle.mjs', 'build/bundle-cli.mjs'],
];
/** Sources of the app's window: of its page and of the desktop's preload script. */
const WINDOW_SOURCES = [
  'renderer',
  'web/client',
  'core/contract',
  'core/messages',
  'electron',
  'package.json',
  'package-lock.json',
  'docs',
  'build/docs',
  'build/vite.config.mjs',
  'build/window-contents.mjs',
  'build/package/third-party.mjs',
];
/** What the documentation as HTML is made of. */
const DOCS_SOURCES = [
  'docs',
  'build/docs',
  'build/docs.mjs',
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'],
];

/** @param {string} root @returns {string} where the stamp of an installation lies */
export const installStampPath = (root) => join(root, 'node_modules', '.archbridge-installed');
/** @param {string} dist */
export const buildStampPath = (dist) => join(dist, '.sources');
/** @param {string} dist */
export const windowStampPath = (dist) => join(dist, '.window');
/** @param {string} dist */
export const docsStampPath = (dist) => join(dist, '.docs');

/** @param {string} root @returns {string} changes with package-lock.json and with the kind of machine (native packages) */
export function installStamp(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return `${process.platform}-${process.arch} ${createHash('sha256').update(lock).digest('hex')}\n`;
}

/** @param {string} root @returns {boolean} */
export function isInstalled(root) {
  return readOrNull(installStampPath(root)) === installStamp(root);
}

/**
 * Recognizes an installation that somebody made with `npm ci`: at its end npm writes down what is in node_modules.
 * @param {string} root @returns {boolean} true when that is what package-lock.json asks for
 */
export function isInstalledByNpm(root) {
  const noted = readOrNull(join(root, 'node_modules', '.package-lock.json'));
  if (noted === null) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(noted).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = present[path];
    // Optional packages are for other kinds of machine and may be missing.
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/** @param {string} root @returns {string} */
export const sourceStamp = (root) => stampOf(root, SOURCES);
/** @param {string} root @returns {string} */
export const windowStamp = (root) => stampOf(root, WINDOW_SOURCES);
/** @param {string} root @returns {string} */
export const docsStamp = (root) => stampOf(root, DOCS_SOURCES);

/** One line for each file: path, size, time of change. */
function stampOf(root, names) {
  const rows = [];
  for (const name of names) {
    const found = statSync(join(root, name), { throwIfNoEntry: false });
    if (found?.isFile()) rows.push(row(root, name));
    if (!found?.isDirectory()) continue;
    for (const entry of readdirSync(join(root, name), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) rows.push(row(entry.parentPath, entry.name));
    }
  }
  return `${rows.sort().join('\n')}\n`;

  function row(parent, name) {
    const path = join(parent, name);
    const { size, mtimeMs } = statSync(path);
    return `${path.slice(root.length + 1)} ${size} ${mtimeMs}`;
  }
}

/** @param {string} root @returns {boolean} */
export function isBuilt(root) {
  return readOrNull(buildStampPath(join(root, 'dist'))) === sourceStamp(root);
}

/** @param {string} root @returns {boolean} */
export function isWindowBuilt(root) {
  return readOrNull(windowStampPath(join(root, 'dist'))) === windowStamp(root);
}

/** @param {string} root @returns {boolean} */
export function areDocsBuilt(root) {
  return readOrNull(docsStampPath(join(root, 'dist'))) === docsStamp(root);
}

function readOrNull(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
