// Files that survive a crash at any moment: written aside, synced, then renamed into place.
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, onDisk } from './disk-error.js';

/** Writes a file so that readers see the old bytes or the new ones and never a part; `temporary` lies on the same file system. */
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

/** Writes all of the bytes at the file's position; one write call may take fewer. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
  }
}

// Windows and some network file systems cannot sync a folder; there the file system orders renames itself.
const CANNOT_SYNC = new Set(['EISDIR', 'EINVAL', 'ENOTSUP', 'EPERM', 'EBADF', 'EACCES']);

/** Makes the names in a folder durable, where the file system can do that. */
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
