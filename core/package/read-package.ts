// Reads a package once, as a file or folder, compressed or not, and calls a visitor for each bundle and blob.
import { basename } from 'node:path';
import { AppError } from '../errors.js';
import { asDamage, damaged, unsupportedCompression } from './bytes/damage.js';
import { cleanPath } from './bytes/entry-role.js';
import { folderEntries, listFolder } from './source/folder-tree.js';
import { openFile } from './open-file.js';
import type { Foreign } from './open-tar.js';
import { expectUnchanged, type PackageSource } from './source/open-package.js';
import type { PackageFacts, PackageVisitor } from './stream/package-stream.js';
import { Pass, VisitorFailure } from './stream/pass.js';
import { PACK_LIST } from './packed/pack-list.js';
import { packOrder } from './packed/pack-order.js';
import { readPackList } from './packed/pack-reader.js';
import { refuseInstaller } from './platform-installer.js';
import { NAMED, TreeReader } from './tree-reader.js';
import { tarEntries, type TreeEntry } from './bytes/tar-stream.js';
import type { Place } from './open-bundles.js';

export interface ReadOptions {
  /** Compute the SHA-512 of the file on the way. */
  readonly sha512?: boolean;
  /** Look at the programs inside images; otherwise every image counts as not looked at. */
  readonly programs?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Reads the package from its first to its last byte. Damage of a bundle or image is told to the visitor and reading goes on. Damage
 * of the whole package (a cut or wrong file, a wrong CRC) is thrown as an AppError of origin `package`, after everything that could
 * be read was delivered. What the visitor throws and the signal's reason are thrown unchanged.
 */
export async function readPackage(
  source: PackageSource,
  visitor: PackageVisitor,
  options: ReadOptions,
): Promise<PackageFacts> {
  await expectUnchanged(source, options);
  const pass = new Pass(visitor, source.bytes, options);
  let sha512: string | null = null;
  let bytesRead = 0;
  const count = (bytes: number): void => {
    bytesRead += bytes;
    visitor.progress?.(bytesRead);
  };
  try {
    if (source.kind === 'folder') {
      const files = await listFolder(source.path, options);
      const reading = { signal: options.signal, lost: source.lost };
      const ordered = await packOrder(source.path, files, options);
      await readEntries(source, folderEntries(source.path, ordered, count, reading), false, pass);
    } else {
      sha512 = await readFile(source, pass, options, count);
    }
  } catch (error) {
    if (error instanceof VisitorFailure) throw error.cause;
    throw asPartProblem(asDamage(error, source.fileName, options.signal) ?? error, source);
  }
  await expectUnchanged(source, options);
  try {
    await pass.deliverLooseCharts();
  } catch (error) {
    throw error instanceof VisitorFailure ? error.cause : error;
  }
  if (pass.damage !== null) throw pass.damage;
  if (pass.bundles === 0) {
    const found = listed([...pass.topNames].filter((name) => name !== ''));
    throw new AppError('package.nothing-inside', {
      origin: 'package',
      params: { file: source.fileName, found },
    });
  }
  if (pass.chartArchives > 0) {
    const params = { file: source.fileName, count: pass.chartArchives };
    pass.note(new AppError('package.charts-skipped', { origin: 'package', params }));
  }
  if (pass.hasUncheckedText) {
    pass.note(
      new AppError('package.text-unproven', { origin: 'package', params: { file: source.fileName } }),
    );
  }
  return { sha512, bytesRead, notes: pass.notes, yamlFiles: pass.yamlFiles };
}

/** Some names for a message. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return '0 files';
  const some = names.slice(0, NAMED).map((name) => (name.length > 60 ? `${name.slice(0, 60)}…` : name));
  return [...some, ...(names.length > NAMED ? ['…'] : [])].join(', ');
}

async function readFile(
  source: PackageSource,
  pass: Pass,
  options: ReadOptions,
  onRead: (bytes: number) => void,
): Promise<string | null> {
  const file = source.fileName;
  const opened = await openFile(source, {
    sha512: options.sha512 ?? false,
    onRead,
    budget: pass.budget,
    signal: options.signal,
  });
  try {
    if (opened.tar === null) throw noPackage(file, opened.foreign);
    const { reader, isChecked } = opened.tar;
    const entries = tarEntries(reader, {
      archive: file,
      note: pass.note,
      isOutermost: true,
      onDamage: (problem) => pass.addDamage(problem),
      isUnchecked: !isChecked,
      budget: pass.budget,
    });
    await readEntries(source, entries, isChecked, pass);
    return opened.sha512();
  } finally {
    await opened.close();
  }
}

async function readTree(
  source: PackageSource,
  entries: AsyncIterable<TreeEntry>,
  isChecked: boolean,
  pass: Pass,
): Promise<void> {
  const top: Place = {
    path: source.fileName,
    prefix: '',
    folder: '',
    depth: 1,
    isChecked,
    isInBundle: false,
    isFolder: source.kind === 'folder',
  };
  const checked = refuseInstaller(entries, source.fileName, () => pass.bundles);
  await new TreeReader(top, pass).read(checked);
}

/** Reads a pack by its list, which is its first entry, and everything else as a tree. */
async function readEntries(
  source: PackageSource,
  entries: AsyncGenerator<TreeEntry, void>,
  isChecked: boolean,
  pass: Pass,
): Promise<void> {
  const first = await entries.next();
  if (first.done !== true && cleanPath(first.value.path).path === PACK_LIST) {
    const reader = await readPackList(first.value, source.fileName, pass);
    return reader.read(entries);
  }
  await readTree(source, again(first, entries, source.fileName), isChecked, pass);
}

/** The first entry again, then the others. Throws where the list of a pack comes later. */
async function* again(
  first: IteratorResult<TreeEntry, void>,
  others: AsyncGenerator<TreeEntry, void>,
  file: string,
): AsyncGenerator<TreeEntry, void> {
  try {
    if (first.done !== true) yield first.value;
    for await (const entry of others) {
      // a pack that was unpacked and packed again by another program: without its list its charts would be lost silently
      if (cleanPath(entry.path).path === PACK_LIST)
        throw damaged(file, PACK_LIST, 0, 'it has to be the first file of the archive');
      yield entry;
    }
  } finally {
    await others.return();
  }
}

/** Where the whole of a split package ends too early, a further part is what is missing. */
function asPartProblem(error: unknown, { fileName: file, parts, nextPart: next }: PackageSource): unknown {
  const isCut =
    error instanceof AppError && error.code === 'package.truncated' && error.params['archive'] === file;
  if (!isCut || next === null) return error;
  const params = { file, last: basename(parts.at(-1) ?? file), next };
  return new AppError('package.parts-end-early', { origin: 'package', params, cause: error });
}

function noPackage(file: string, { format }: Foreign): AppError {
  return format === null || format === 'gzip'
    ? new AppError('package.wrong-file', { origin: 'package', params: { file } })
    : unsupportedCompression(file, format);
}
