// Notices a changed package without reading all of it: from sizes, times and sampled blocks.
import { createHash, type Hash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../content/digest.js';
import { fileProblem } from '../bytes/file-bytes.js';
import { listFolder } from './folder-tree.js';
import type { PackageSource } from './open-package.js';

/** Number of sampled blocks: the first, the last, and others at even distances. Few, so that slow drives answer quickly. */
const BLOCKS = 18;
const BLOCK = 64 << 10;

interface Part {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/**
 * A digest of path, sizes, times and sampled blocks; it differs when the package was changed or moved. The ctime shows every write,
 * also one that kept size and mtime; on drives without ctime (FAT) the sampled blocks have to show it. Inode numbers are left out,
 * because such drives give other ones after each mount. Throws AppErrors of this zone.
 */
export async function packageStamp(
  source: PackageSource,
  options: { readonly signal: AbortSignal },
): Promise<Digest> {
  const parts = await partsOf(source, options);
  const hash = createHash('sha256').update(JSON.stringify([source.path, parts]));
  const ranges = rangesOf(parts.reduce((sum, part) => sum + part.bytes, 0));
  let start = 0;
  for (const { path, bytes } of parts) {
    options.signal.throwIfAborted();
    const end = start + bytes;
    const inside = ranges
      .map((range) => ({ from: Math.max(range.from, start) - start, to: Math.min(range.to, end) - start }))
      .filter(({ from, to }) => to > from);
    await hashRanges(path, inside, hash);
    start = end;
  }
  return `sha256:${hash.digest('hex')}`;
}

/** The files of a package in a fixed order: one file, the parts of a split one, or the files of a folder. */
async function partsOf(
  source: PackageSource,
  options: { readonly signal: AbortSignal },
): Promise<readonly Part[]> {
  if (source.kind === 'folder') {
    const files = await listFolder(source.path, options);
    return files.map(({ path, bytes, mtimeMs, ctimeMs }) => ({
      ...{ path: join(source.path, path), bytes, mtimeMs, ctimeMs },
    }));
  }
  const parts: Part[] = [];
  for (const path of source.parts) {
    const { size, mtimeMs, ctimeMs } = await stat(path).catch((error: unknown) => {
      throw fileProblem(error, path);
    });
    parts.push({ path, bytes: size, mtimeMs, ctimeMs });
  }
  return parts;
}

/** The ranges to sample of `total` bytes; they cover everything when `total` is small. */
function rangesOf(total: number): readonly { readonly from: number; readonly to: number }[] {
  const step = Math.max(BLOCK, Math.ceil((total - BLOCK) / (BLOCKS - 1)));
  const last = Math.max(0, total - BLOCK);
  const starts = Array.from({ length: BLOCKS }, (_, at) => Math.min(at * step, last));
  return [...new Set(starts)].map((from) => ({ from, to: Math.min(from + BLOCK, total) }));
}

async function hashRanges(
  path: string,
  ranges: readonly { readonly from: number; readonly to: number }[],
  hash: Hash,
): Promise<void> {
  if (ranges.length === 0) return;
  try {
    const file = await open(path);
    try {
      for (const { from, to } of ranges) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
        hash.update(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileProblem(error, path);
  }
}
