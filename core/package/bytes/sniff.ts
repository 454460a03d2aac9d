// Recognises compressions and JSON by the first bytes, because the names of files may be wrong.

export type Compression = 'gzip' | 'zstd' | 'xz' | 'bzip2';

const MAGIC: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]], // https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]], // https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];

/**
 * The compression that the first bytes (six are enough) show; null when there is none. zstd may begin with a skippable frame, as
 * pzstd and other writers of seekable files do: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2
 */
export function compressionOf(start: Buffer): Compression | null {
  if (start.length >= 4 && start.readUInt32LE(0) >>> 4 === 0x184d2a5) return 'zstd';
  return matching(MAGIC, start);
}

/** What a file can be packed with that may hold other files. */
export type ArchiveFormat = Compression | 'lz4' | 'lzip' | 'zip' | '7z' | 'rar';

const ARCHIVES: readonly (readonly [ArchiveFormat, readonly number[]])[] = [
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lzip', [0x4c, 0x5a, 0x49, 0x50]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
];

/** The format that the first bytes of a file (six are enough) show; null when it is no known one, and for a plain tar. */
export function archiveFormatOf(start: Buffer): ArchiveFormat | null {
  return compressionOf(start) ?? matching(ARCHIVES, start);
}

function matching<T>(magics: readonly (readonly [T, readonly number[]])[], start: Buffer): T | null {
  for (const [name, magic] of magics) {
    if (start.length >= magic.length && magic.every((byte, index) => start[index] === byte)) return name;
  }
  return null;
}

/** True when the first bytes could be those of a JSON object or array. */
export function looksLikeJson(start: Buffer): boolean {
  return /^[\s\ufeff]*[[{]/.test(start.toString('utf8'));
}
