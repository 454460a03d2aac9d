// Reads from a layer what shows the architecture of its image: programs, links to them, and files that hide them.
import { posix } from 'node:path';
import type { PassBudget } from '../../flow/pass-budget.js';
import type { ByteReader } from '../bytes/byte-reader.js';
import { isDamage } from '../bytes/damage.js';
import { ELF_HEADER_BYTES, programArchitecture } from './elf.js';
import { cleanPath } from '../bytes/entry-role.js';
import { openGunzip } from '../bytes/gunzip.js';
import { LIMITS } from '../../flow/limits.js';
import { compressionOf, type Compression } from '../bytes/sniff.js';
import { tarEntries, type TreeEntry } from '../bytes/tar-stream.js';
import { openUnzstd } from '../bytes/unzstd.js';
import type { Opened } from '../bytes/zlib-stream.js';

/** A file of a layer; paths are without a leading slash. */
export type LayerFile =
  | { readonly kind: 'program'; readonly path: string; readonly architecture: string }
  /** Starts with `#!`. It is listed because it may replace a program of a lower layer. */
  | { readonly kind: 'script'; readonly path: string }
  /** `to` is the target as it is written in the layer. */
  | { readonly kind: 'symlink' | 'hardlink'; readonly path: string; readonly to: string }
  /** Hides the file or folder that lower layers have at the path. */
  | { readonly kind: 'whiteout'; readonly path: string };

export interface LayerFiles {
  readonly files: readonly LayerFile[];
  /** False when the layer was not read to its end, or cannot be read. */
  readonly complete: boolean;
}

export const UNSEEN_LAYER: LayerFiles = { files: [], complete: false };

// https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
const LIBRARY = /\.so(?:\.[\w.]+)?$/;
const LOADER = /^ld(?:-[\w.-]*|64)?\.so(?:\.\d+)*$/;
const LOADER_FOLDER = /^(?:usr\/)?lib(?:32|64|x32)?(?:\/[\w-]+-linux-[\w-]+)?$/;
const SHEBANG = Buffer.from('#!');

/** True for the dynamic loader in one of the folders where programs look for it. Loaders of cross compilers are in other folders. */
export function isLoader(path: string): boolean {
  return LOADER.test(posix.basename(path)) && LOADER_FOLDER.test(posix.dirname(path));
}

/**
 * Reads a layer as it is stored. A layer that cannot be read is answered as incomplete; only errors that are no damage of
 * the package are thrown.
 * @param size stored bytes of the layer
 * @param isEnough called with each file; true ends the reading
 * @param budget ends the reading, too, when it is used up
 */
export async function readLayerFiles(
  stored: ByteReader,
  size: number,
  isEnough: (file: LayerFile) => boolean,
  budget: PassBudget,
): Promise<LayerFiles> {
  const files: LayerFile[] = [];
  try {
    const opened = decompressed(stored, size, compressionOf(await stored.peek(6)), budget);
    try {
      for await (const entry of tarEntries(opened?.reader ?? stored, {
        archive: 'layer',
        note: () => undefined,
        budget,
      })) {
        const file = await fileOf(entry);
        if (file === null) continue;
        files.push(file);
        if (files.length >= LIMITS.layerFiles || isEnough(file)) return { files, complete: false };
      }
    } finally {
      await opened?.close();
    }
  } catch (error) {
    // whether the layer is damaged is decided by the digest of the blob, not here
    if (!isDamage(error)) throw error;
    return { files, complete: false };
  }
  return { files, complete: true };
}

/** Null where the layer is not compressed, or in a way that layers are not: then it is no archive. */
function decompressed(
  stored: ByteReader,
  size: number,
  compression: Compression | null,
  budget: PassBudget,
): Opened | null {
  if (compression === 'gzip') return openGunzip(stored, 'layer', budget, size);
  if (compression === 'zstd') return openUnzstd(stored, 'layer', budget);
  return null;
}

async function fileOf(entry: TreeEntry): Promise<LayerFile | null> {
  const { path } = cleanPath(entry.path);
  const name = posix.basename(path);
  if (name === OPAQUE) return { kind: 'whiteout', path: posix.dirname(path) };
  if (name.startsWith(WHITEOUT)) {
    return { kind: 'whiteout', path: posix.join(posix.dirname(path), name.slice(WHITEOUT.length)) };
  }
  // libraries are numerous and are not started
  if (LIBRARY.test(name) && !LOADER.test(name)) return null;
  if (entry.type === 'symlink') return { kind: 'symlink', path, to: entry.linkpath };
  if (entry.type === 'link') return { kind: 'hardlink', path, to: entry.linkpath };
  if (entry.type !== 'file' || entry.size < SHEBANG.length) return null;
  const start = await entry.body.peek(ELF_HEADER_BYTES);
  const architecture = programArchitecture(start);
  if (architecture !== null) return { kind: 'program', path, architecture };
  return start.subarray(0, SHEBANG.length).equals(SHEBANG) ? { kind: 'script', path } : null;
}
