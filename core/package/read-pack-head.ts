// Reads only the begin of a package: is it a pack, of which packages, and what does it leave out?
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, isAbort } from '../errors.js';
import { PassBudget } from '../flow/pass-budget.js';
import type { Digest } from '../content/digest.js';
import type { Cancellable } from '../ports/cancellable.js';
import { cleanPath } from './bytes/entry-role.js';
import { tarEntries } from './bytes/tar-stream.js';
import { openFile } from './open-file.js';
import { listLimit, PACK_LIST, parsePackList, type AbsentBlob } from './packed/pack-list.js';
import type { PackageSource } from './source/open-package.js';

/** What a pack says of itself. */
export interface PackHead {
  /** Name of the pack's own file. */
  readonly file: string;
  /** What a delta leaves out; empty for a whole pack. */
  readonly absent: ReadonlyMap<Digest, AbsentBlob>;
  /** File names of the packages that it was made of: they bring everything. */
  readonly packages: readonly string[];
  /** The version of all these packages; '' where they have several or none. */
  readonly version: string;
}

/** What a pack says of itself; null for every other package, and for one that cannot be read: reading it whole reports that. */
export async function readPackHead(source: PackageSource, options: Cancellable): Promise<PackHead | null> {
  let bytes: Buffer | null;
  try {
    bytes =
      source.kind === 'folder' ? await listOfFolder(source.path, options) : await listOfFile(source, options);
    if (bytes === null) return null;
    const { absent, packages } = parsePackList(bytes, source.fileName);
    const versions = new Set(packages.map(({ version }) => version));
    return {
      file: source.fileName,
      absent: new Map(absent.map((one) => [one.digest, one])),
      packages: packages.map(({ name }) => name),
      version: versions.size === 1 ? ([...versions][0] ?? '') : '',
    };
  } catch (error) {
    if (isAbort(error, options.signal) || !(error instanceof AppError)) throw error;
    return null;
  }
}

async function listOfFolder(folder: string, { signal }: Cancellable): Promise<Buffer | null> {
  try {
    return await readFile(join(folder, PACK_LIST), { signal });
  } catch (error) {
    if (isAbort(error, signal)) throw error;
    return null;
  }
}

async function listOfFile(source: PackageSource, { signal }: Cancellable): Promise<Buffer | null> {
  const budget = new PassBudget();
  budget.begin(source.bytes, { signal });
  const opened = await openFile(source, { sha512: false, onRead: () => undefined, budget, signal });
  try {
    if (opened.tar === null) return null;
    const entries = tarEntries(opened.tar.reader, {
      archive: source.fileName,
      note: () => undefined,
      budget,
    });
    const first = await entries.next();
    if (first.done === true || cleanPath(first.value.path).path !== PACK_LIST) return null;
    return await first.value.body.all(listLimit());
  } finally {
    await opened.close();
  }
}
