// Tells a folder target from any other folder, so that nothing is written among a user's other files; makes and removes its layout.
import { rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../errors.js';
import { isAbsent, onDisk } from '../layout/disk-error.js';
import { makeFolder } from '../layout/make-folder.js';
import { syncFolder } from '../layout/durable-file.js';
import { EMPTY_INDEX, encodeLayoutIndex } from '../layout/layout-index.js';
import { oneAtATime } from '../flow/one-at-a-time.js';
import { listIfPresent, readIfPresent } from '../layout/optional-file.js';
import { WORK_FOLDER } from '../layout/write-access.js';
import type { Cancellable } from '../ports/cancellable.js';

export const LAYOUT_FOLDER = 'oci';
export const CHARTS_FOLDER = 'charts';

// Files that an empty disk has, or that file browsers make.
const NOT_OURS_BUT_FINE =
  /^(?:lost\+found|System Volume Information|\$RECYCLE\.BIN|\.DS_Store|\.Trash.*|\.snapshot)$/;

const markerSchema = z.looseObject({ imageLayoutVersion: z.string() });

/**
 * Checks that `dir` is a folder target, or empty, or absent. Writes nothing.
 * Throws `folder.not-a-store` for anything else, `folder.unknown-layout` for a layout of a later version.
 */
export async function checkStore(dir: string, options: Cancellable): Promise<void> {
  const all = (await listIfPresent(dir, options)) ?? [];
  const names = all.filter((name) => name !== WORK_FOLDER && !NOT_OURS_BUT_FINE.test(name));
  const layout = join(dir, LAYOUT_FOLDER);
  if (await hasLayout(layout, options)) return;
  const foreign = names.filter((name) => name !== LAYOUT_FOLDER && name !== CHARTS_FOLDER);
  if (names.includes(LAYOUT_FOLDER)) foreign.push(...((await listIfPresent(layout, options)) ?? []));
  const [first] = foreign;
  if (first === undefined) return;
  throw new AppError('folder.not-a-store', { origin: 'disk', params: { path: dir, found: first } });
}

/** Makes the OCI layout of a folder target, unless it exists: builds it at `temporary`, on the same file system, and renames it. */
export async function makeLayout(dir: string, temporary: string, options: Cancellable): Promise<void> {
  const layout = join(dir, LAYOUT_FOLDER);
  await oneAtATime(layout, () => makeIfAbsent(dir, layout, temporary, options));
}

async function makeIfAbsent(
  dir: string,
  layout: string,
  temporary: string,
  options: Cancellable,
): Promise<void> {
  if (await hasLayout(layout, options)) return;
  await onDisk(layout, 'write', async () => {
    await makeFolder(join(temporary, 'blobs', 'sha256'));
    await writeFile(join(temporary, 'index.json'), encodeLayoutIndex(EMPTY_INDEX), { flush: true });
    await writeFile(join(temporary, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}', { flush: true });
    await rmdir(layout).catch((error: unknown) => {
      if (!isAbsent(error)) throw error;
    });
    await rename(temporary, layout);
    await syncFolder(dir);
  });
}

/** Removes a layout that holds no blobs and no other files; any other layout stays. The caller makes sure that its index names nothing. */
export async function removeEmptyLayout(dir: string, options: Cancellable): Promise<void> {
  const layout = join(dir, LAYOUT_FOLDER);
  await oneAtATime(layout, async () => {
    const found = ((await listIfPresent(layout, options)) ?? []).sort().join();
    const algorithms = (await listIfPresent(join(layout, 'blobs'), options)) ?? [];
    const blobs = (await listIfPresent(join(layout, 'blobs', 'sha256'), options)) ?? [];
    if (found !== 'blobs,index.json,oci-layout' || algorithms.join() !== 'sha256' || blobs.length > 0) return;
    await onDisk(layout, 'write', () => rm(layout, { recursive: true }));
  });
}

/** https://github.com/opencontainers/image-spec/blob/main/image-layout.md#oci-layout-file */
async function hasLayout(layout: string, options: Cancellable): Promise<boolean> {
  const path = join(layout, 'oci-layout');
  const text = await readIfPresent(path, options);
  if (text === null) return false;
  let version = '?';
  try {
    version = markerSchema.parse(JSON.parse(text.toString('utf8'))).imageLayoutVersion;
  } catch {
    // stays unknown
  }
  if (version === '1.0.0') return true;
  throw new AppError('folder.unknown-layout', { origin: 'disk', params: { path, version } });
}
