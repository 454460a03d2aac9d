// Finds the SHA-512 that a package must have: from an option, or from a file beside the package.
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../errors.js';
import { LIMITS } from '../../flow/limits.js';
import { decodeText, sha512From } from './checksum-text.js';

const SIDECARS = ['.sha512', '.sha512sum'];

/**
 * The expected SHA-512 in lower-case hex; null when there is none to expect.
 * @param option text that holds the SHA-512, or the path of a file that does; absent: `<package>.sha512` or `.sha512sum` when present
 * Throws `package.checksum-unreadable` (origin `config`).
 */
export async function expectedSha512(
  packagePath: string,
  option: string | undefined,
  options: { readonly signal: AbortSignal },
): Promise<string | null> {
  options.signal.throwIfAborted();
  const fileName = basename(packagePath);
  if (option !== undefined) {
    return sha512From(option, fileName) ?? fromFile(option, await readText(option), fileName);
  }
  for (const ending of SIDECARS) {
    options.signal.throwIfAborted();
    const sidecar = packagePath + ending;
    const text = await readText(sidecar);
    if (!(text instanceof Error)) return fromFile(sidecar, text, fileName);
    if (!isAbsent(text)) throw unreadable(sidecar, text.message, text);
  }
  return null;
}

function fromFile(path: string, text: string | Error, fileName: string): string {
  if (text instanceof Error) {
    throw unreadable(path, isAbsent(text) ? 'neither 128 hex digits nor a file' : text.message, text);
  }
  const found = sha512From(text, fileName);
  if (found === null) throw unreadable(path, `no SHA-512 for ${fileName} in it`);
  return found;
}

async function readText(path: string): Promise<string | Error> {
  try {
    // opening a named pipe waits for a writer, and a device may never end
    if (!(await stat(path)).isFile()) return new Error('not a file');
    const file = await open(path);
    try {
      const { bytesRead, buffer } = await file.read(
        Buffer.alloc(LIMITS.checksumFileBytes),
        0,
        LIMITS.checksumFileBytes,
        0,
      );
      return decodeText(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function isAbsent(error: Error): boolean {
  return (
    'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ENAMETOOLONG')
  );
}

function unreadable(value: string, detail: string, cause?: unknown): AppError {
  return new AppError('package.checksum-unreadable', { origin: 'config', params: { value, detail }, cause });
}
