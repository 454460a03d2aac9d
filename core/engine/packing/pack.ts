// The command `pack`: one transportable package of several, with all their platforms; with `since` only what an earlier version lacks.
import { randomUUID } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CommandOptions, Packed, PackRequest, RunEvent } from '../../contract.js';
import { AppError } from '../../errors.js';
import { onDisk } from '../../layout/disk-error.js';
import { HeldBlobs } from '../../pack/held-blobs.js';
import { lookInto, packInto, type LookedAt, type LookOptions } from '../../pack/pack-packages.js';
import { StoredDocs } from '../../pack/stored-docs.js';
import { looksLikeJson } from '../../package/bytes/sniff.js';
import { readImageName } from '../../package/images/name-images.js';
import { readPackHead } from '../../package/read-pack-head.js';
import { openPackage, type PackageSource } from '../../package/source/open-package.js';
import { parseSelection } from '../../plan/selection.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { Spool } from '../../run/base/spool.js';
import type { EngineDeps } from '../deps.js';
import { checksums, openAll } from '../sources.js';

const PROGRESS_EVERY_MS = 100;
/** A report or an inventory of the largest sites has some megabytes. */
const DOCUMENT_BYTES = 256 << 20;

/** Reads the packages, writes one file and its SHA-512. Throws errors of the request, of packages and of the disk. */
export async function pack(request: PackRequest, deps: EngineDeps, options: CommandOptions): Promise<Packed> {
  const { signal, onEvent: emit = () => undefined } = options;
  const selection = parseSelection(request.selection);
  const imageName = readImageName(request.imageName);
  const sources = await openAll(request.packages, options);
  refuseOwnInput(request.out, sources);
  await refuseDeltas(sources, options);
  const since = await openSince(request.since ?? [], options);
  const expected = await checksums(sources, request.sha512, options);
  const spool = new Spool(join(deps.stateDir, `spool-${randomUUID()}`));
  const look: LookOptions = {
    ...{ selection, imageName, stateDir: deps.stateDir, reread: request.reread ?? false, signal },
    expectedSha512: (source) => expected.get(source) ?? null,
    tell: progressTo(emit),
  };
  try {
    const docs = new StoredDocs(spool);
    const held = new HeldBlobs();
    for (const one of since) {
      if ('text' in one) held.addDocument(one.text, one.file);
      else await addPackage(one, held, look, deps);
    }
    const looked: LookedAt[] = [];
    for (const [at, source] of sources.entries()) looked.push(await lookInto(source, at, docs, look));
    return await packInto(request.out, looked, docs, held, look);
  } finally {
    await spool.close();
  }
}

/** Adds all images of an earlier package, whatever is selected of the new ones. Its charts and configs are not kept. */
async function addPackage(
  source: PackageSource,
  held: HeldBlobs,
  look: LookOptions,
  { stateDir }: EngineDeps,
): Promise<void> {
  const spool = new Spool(join(stateDir, `spool-${randomUUID()}`));
  try {
    const everything = { ...look, selection: parseSelection() };
    const { found } = await lookInto(source, 0, new StoredDocs(spool), everything);
    held.addPackage(source.fileName, found.bundles);
  } finally {
    await spool.close();
  }
}

/** A report or inventory as text, or a package. */
type Since = PackageSource | { readonly file: string; readonly text: string };

async function openSince(paths: readonly string[], options: Cancellable): Promise<readonly Since[]> {
  const opened: Since[] = [];
  for (const path of paths) {
    const text = await documentAt(path, options);
    opened.push(text === null ? await openPackage(path, options) : { file: path, text });
  }
  return opened;
}

/** The text of a JSON file; null for everything else, whatever it is called. */
async function documentAt(path: string, { signal }: Cancellable): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile() || found.size > DOCUMENT_BYTES) return null;
  return onDisk(path, 'read', async () => {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
      if (!looksLikeJson(buffer.subarray(0, bytesRead))) return null;
    } finally {
      await file.close();
    }
    return readFile(path, { encoding: 'utf8', signal });
  });
}

/** Throws `pack.delta-input`: what a delta leaves out could not be packed. */
async function refuseDeltas(sources: readonly PackageSource[], options: Cancellable): Promise<void> {
  for (const source of sources) {
    const head = await readPackHead(source, options);
    if (!head || head.absent.size === 0) continue;
    const params = { file: source.fileName, packages: head.packages.join(', ') };
    throw new AppError('pack.delta-input', { origin: 'config', params });
  }
}

/** Throws `pack.out-is-input`: the file would replace one of the packages that it is made of. */
function refuseOwnInput(out: string, sources: readonly PackageSource[]): void {
  const path = resolve(out);
  const isInput = sources.some(({ path: own, parts }) => own === path || parts.includes(path));
  if (isInput) throw new AppError('pack.out-is-input', { origin: 'config', params: { file: out } });
}

/** Emits pass-started once for each package and pass, and progress at most ten times a second. */
function progressTo(emit: (event: RunEvent) => void): LookOptions['tell'] {
  const begun = new Set<string>();
  let last = 0;
  return (pass, { fileName, path, bytes }, bytesRead, current) => {
    const key = `${String(pass)} ${path}`;
    if (!begun.has(key)) emit({ type: 'pass-started', pass, package: fileName, bytes });
    else if (performance.now() - last < PROGRESS_EVERY_MS) return;
    begun.add(key);
    last = performance.now();
    const nothing = { bytesSent: 0, bytesSkipped: 0 };
    emit({ type: 'progress', pass, bytesRead, bytesTotal: bytes, ...nothing, current });
  };
}
