// Finds the SHA-512 that a package must have: from an option, or from a file beside the package.
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../errors.js';
import { LIMITS } from '../bytes/limits.js';

const SIDECARS = ['.sha512', '.sha512sum'];
const HEX = /^[0-9a-f]{128}$/i;
/** As sha512sum writes it: hash, blank, blank or `*`, name; a backslash first when the name is escaped. */
const LINE = /^\\?([0-9a-f]{128})(?:\s+\*?(.+))?$/i;
/** As BSD and `sha512sum --tag` write it. */
const TAGGED = /^SHA512 \((.+)\) ?= ?([0-9a-f]{128})$/i;

/**
 * The expected SHA-512 in lower-case hex; null when there is none to expect.
 * @param option hex, a `hash  name` line, or a file that holds either; absent: `<package>.sha512` or `.sha512sum` when present
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
    return fromLines(option, fileName) ?? fromFile(option, await readText(option), fileName);
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
  const found = fromLines(text, fileName);
  if (found === null) throw unreadable(path, `no SHA-512 for ${fileName} in it`);
  return found;
}

/** A single line counts whatever name it gives: people rename packages. Of several lines, the one with the package's name. */
function fromLines(text: string, fileName: string): string | null {
  const sums: { readonly hex: string; readonly name: string | undefined }[] = [];
  for (const raw of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const line = raw.trim();
    if (HEX.test(line)) sums.push({ hex: line.toLowerCase(), name: undefined });
    const plain = LINE.exec(line);
    const tagged = TAGGED.exec(line);
    if (plain?.[1] && plain[2]) sums.push({ hex: plain[1].toLowerCase(), name: plain[2] });
    if (tagged?.[1] && tagged[2]) sums.push({ hex: tagged[2].toLowerCase(), name: tagged[1] });
  }
  const named = sums.filter((sum) => sum.name?.split(/[\\/]/).at(-1) === fileName);
  const candidates = new Set((named.length > 0 ? named : sums).map((sum) => sum.hex));
  const [only] = candidates;
  return candidates.size === 1 && only !== undefined ? only : null;
}

async function readText(path: string): Promise<string | Error> {
  try {
    const file = await open(path);
    try {
      const { bytesRead, buffer } = await file.read(
        Buffer.alloc(LIMITS.checksumFileBytes),
        0,
        LIMITS.checksumFileBytes,
        0,
      );
      return buffer.toString('utf8', 0, bytesRead);
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
