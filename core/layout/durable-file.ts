// Replaces files so that a crash at any moment leaves the old or the new file: write a temporary file, sync it, rename it.
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, onDisk } from './disk-error.js';

/**
 * Replaces a file, or makes it, so that readers see all of the old bytes or all of the new ones. `temporary` is a path that does not
 * exist yet, on the same file system. Throws errors of the disk.
 */
export async function replaceFile(path: string, temporary: string, bytes: Uint8Array): Promise<void> {
  await onDisk(path, 'write', async () => {
    try {
      const file = await open(temporary, 'wx');
      try {
        await writeAll(file, bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
  });
}

/** Writes all of the bytes at the file's position. One call of `write` may write only a part of them. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
  }
}

// Windows and some network file systems cannot sync a folder, some no file. They make renames durable in order without it.
const CANNOT_SYNC = new Set(['EISDIR', 'EINVAL', 'ENOTSUP', 'EPERM', 'EBADF', 'EACCES']);

/** Syncs the bytes of a file that is written already. */
export async function syncFile(path: string): Promise<void> {
  // Windows syncs only what is open for writing
  const file = await open(path, 'r+');
  try {
    await syncHandle(file);
  } finally {
    await file.close();
  }
}

/** As {@link syncFile}, for an open file. Does nothing where the file system cannot do that. */
export async function syncHandle(file: FileHandle): Promise<void> {
  try {
    await file.datasync();
  } catch (error) {
    if (!CANNOT_SYNC.has(errnoOf(error))) throw error;
  }
}

/** Syncs a folder, so that new file names in it survive a crash; does nothing where the file system cannot do that. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!CANNOT_SYNC.has(errnoOf(error))) throw error;
  }
}
