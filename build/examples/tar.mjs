// Writes tar archives whose bytes depend on their entries alone; supports as much of USTAR as the example packages need.

const BLOCK = 512;

/**
 * @typedef {{ path: string, bytes?: Buffer, mode?: number, mtime?: number, owner?: string }} Entry
 *   `path` ending in `/` is a directory; at most 100 bytes. `mtime` in seconds, `owner` a name such as `root`.
 */

/**
 * @param {Entry[]} entries in the order of the archive
 * @returns {Buffer} with two end blocks, as Go's writer ends an archive
 */
export function tar(entries) {
  const parts = entries.flatMap((entry) => {
    const bytes = entry.bytes ?? Buffer.alloc(0);
    return [header(entry, bytes.length), bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header({ path, mode, mtime = 0, owner = '' }, size) {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path}: longer than a USTAR name may be`);
  const directory = path.endsWith('/');
  const block = Buffer.alloc(BLOCK);
  block.write(path, 0);
  block.write(octal(mode ?? (directory ? 0o755 : 0o644), 8), 100);
  block.write(octal(0, 8) + octal(0, 8), 108);
  block.write(octal(size, 12) + octal(mtime, 12), 124);
  // The checksum is computed with its own field filled with blanks.
  block.write(' '.repeat(8) + (directory ? '5' : '0'), 148);
  block.write('ustar\u000000', 257);
  block.write(owner, 265);
  block.write(owner, 297);
  block.write(octal(0, 8) + octal(0, 8), 329);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148);
  return block;
}

function octal(value, width) {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}
