// Writes folders as archives whose bytes depend on their contents only: sorted names, one time, no owners.
import { createHash } from 'node:crypto';
import { chmodSync, createReadStream, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { zipSync } from 'fflate';
import { create } from 'tar';

/** The time of all files in packages, as seconds since 1970; SOURCE_DATE_EPOCH replaces it. https://reproducible-builds.org/specs/source-date-epoch/ */
export const TIME = Number(process.env.SOURCE_DATE_EPOCH ?? Date.UTC(2026, 0, 1) / 1000);

/** @param {string} folder @returns {string[]} its files as paths with `/`, sorted */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Gives folders the rights 0755 and files 0644 or 0755, whatever the umask and the copied file had. @param {string} folder */
export function evenModes(folder) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}

/** @param {string} parent @param {string} name of a folder in it @param {string} file .tar.gz */
export async function writeTarGz(parent, name, file) {
  const entries = filesBelow(join(parent, name)).map((path) => `${name}/${path}`);
  await create(
    {
      cwd: parent,
      file,
      gzip: { level: 6 },
      portable: true,
      mtime: new Date(TIME * 1000),
      noDirRecurse: true,
    },
    entries,
  );
}

/** @param {string} parent @param {string} name of a folder in it @param {string} file .zip */
export function writeZip(parent, name, file) {
  // zip has no time zones: fflate writes the local time, so the parts are taken as local ones
  const utc = new Date(TIME * 1000);
  const mtime = new Date(utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate());
  const entries = filesBelow(join(parent, name)).map((path) => {
    const full = join(parent, name, path);
    const attrs = (0o100000 | (statSync(full).mode & 0o777)) << 16;
    return [`${name}/${path}`, [readFileSync(full), { mtime, os: 3, attrs }]];
  });
  writeFileSync(file, zipSync(Object.fromEntries(entries), { level: 6 }));
}

/**
 * SHA512SUMS of a folder, as `sha512sum -c` reads it.
 * @param {string} folder @param {string[]} [names] default: all files
 */
export async function writeChecksums(folder, names = filesBelow(folder)) {
  const lines = [];
  for (const name of names.filter((one) => one !== 'SHA512SUMS'))
    lines.push(`${await sha512(join(folder, name))}  ${name}\n`);
  writeFileSync(join(folder, 'SHA512SUMS'), lines.join(''));
}

async function sha512(path) {
  const hash = createHash('sha512');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}
