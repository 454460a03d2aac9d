// Reads targets from a file that the site already has, within the bounds of the app.
import { open } from 'node:fs/promises';
import { AppError } from '../errors.js';
import { onDisk } from '../layout/disk-error.js';
import { parseSiteFile, type SiteFile } from '../target/site-file.js';

/** Bytes. Such files have some hundred lines. */
const LARGEST = 1024 * 1024;

/** Throws AppErrors of origin `config` for what cannot be used, `app.target-file-too-large`, and errors of the disk. */
export async function readTargetFile(
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<SiteFile> {
  const text = await readText(path);
  signal.throwIfAborted();
  return parseSiteFile(text, path, { env: {} });
}

async function readText(path: string): Promise<string> {
  return onDisk(path, 'read', async () => {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LARGEST + 1), 0, LARGEST + 1, 0);
      if (bytesRead <= LARGEST) return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
    throw new AppError('app.target-file-too-large', { origin: 'config', params: { path } });
  });
}
