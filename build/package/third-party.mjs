// What the programs are made of: the SBOM (CycloneDX) and the licences of all packages that are in them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * @param {string} root folder of package.json
 * @returns {{ path: string, name: string, version: string, license: string }[]} the packages that are not for development only, as the
 *   lockfile has them
 */
export function shippedPackages(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, entry]) => path !== '' && !entry.dev && !entry.devOptional)
    .map(([path, { version, license }]) => ({
      path,
      name: path.split('node_modules/').at(-1),
      version,
      license: license ?? 'unknown',
    }))
    .filter(({ path }) => existsSync(join(root, path, 'package.json')))
    .sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/**
 * `npm sbom`, without what changes from call to call. Its `--omit dev` leaves out packages that development needs, too, so all are asked
 * for and then chosen by the lockfile.
 * @param {string} root
 * @param {{ name: string, version: string }[]} programs further programs in the package, such as Node
 * @returns {string} CycloneDX 1.5 as JSON. https://cyclonedx.org/docs/1.5/json/
 */
export function sbom(root, programs) {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const { metadata, ...bom } = JSON.parse(npm(root, args));
  delete bom.serialNumber;
  const shipped = new Set([
    `${name}@${version}`,
    ...shippedPackages(root).map((one) => `${one.name}@${one.version}`),
  ]);
  const isShipped = (ref) => shipped.has(ref);
  const further = programs.map((program) => ({
    'bom-ref': `${program.name}@${program.version}`,
    type: 'application',
    name: program.name,
    version: program.version,
  }));
  return `${JSON.stringify(
    {
      ...bom,
      // npm takes the name of the folder
      metadata: { component: { ...metadata.component, type: 'application', name } },
      components: [...bom.components.filter((one) => isShipped(one['bom-ref'])), ...further],
      dependencies: bom.dependencies
        .filter(({ ref }) => isShipped(ref))
        .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isShipped) })),
    },
    null,
    2,
  )}\n`;
}

/**
 * The packages with the texts of their licences; a package without such a file says whose it is.
 * @param {string} root
 * @returns {{ name: string, version: string, licence: string, text: string }[]} by name
 */
export function licences(root) {
  return shippedPackages(root).map(({ path, name, version, license }) => {
    const folder = join(root, path);
    const files = readdirSync(folder)
      .filter((file) => LICENCE_FILE.test(file))
      .sort();
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
    const text = texts.length > 0 ? texts.join('\n\n') : withoutFile(folder);
    return { name, version, licence: license, text };
  });
}

/** @param {string} root @returns {string} the same as one text */
export function licencesText(root) {
  const line = '='.repeat(80);
  const chapters = licences(root).map(
    ({ name, version, licence, text }) => `${line}\n${name} ${version} (${licence})\n${line}\n\n${text}\n`,
  );
  return `Licences of the packages that are part of Archbridge.\n\n${chapters.join('\n')}`;
}

function withoutFile(folder) {
  const { author, homepage, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const by = typeof author === 'string' ? author : author?.name;
  const from = homepage ?? repository?.url ?? repository;
  return `The package has no licence file.${by ? ` Author: ${by}.` : ''}${from ? ` ${from}` : ''}`;
}

/** The npm that runs this script, otherwise the one on PATH. */
function npm(root, args) {
  const path = process.env.npm_execpath;
  const own = path !== undefined && basename(path) === 'npm-cli.js';
  return execFileSync(own ? process.execPath : 'npm', own ? [path, ...args] : args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: !own && process.platform === 'win32',
  });
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
