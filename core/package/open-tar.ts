// Opens a tar archive under any number of compressions, a few deep, and says what a file is that is none.
import type { PassBudget } from '../flow/pass-budget.js';
import { ByteReader } from './bytes/byte-reader.js';
import { overLimit } from './bytes/damage.js';
import { openGunzip } from './bytes/gunzip.js';
import { LIMITS } from '../flow/limits.js';
import { archiveFormatOf, type ArchiveFormat } from './bytes/sniff.js';
import { looksLikeTar } from './bytes/tar-grammar.js';
import { isZstdChecked, openUnzstd } from './bytes/unzstd.js';
import type { Opened } from './bytes/zlib-stream.js';

/** Bytes that the first member of a tar archive has at least: one header. */
const BLOCK = 512;
/** Bytes for which the ratio is not looked at, because decompressors give whole pieces. */
const FREE_BYTES = 16 << 20;

export interface OpenedTar extends Opened {
  /** True when a checksum around the archive (gzip's CRC) proves every byte of it. */
  readonly isChecked: boolean;
}

/** A file that is no tar archive, or that cannot be read as one. */
export interface Foreign {
  /** What it is compressed or packed with; null when it is nothing of this kind. */
  readonly format: ArchiveFormat | null;
  /** In words, for a problem. */
  readonly detail: string;
}

/** A tar archive, or what the file is instead. */
export type OpenedFile =
  { readonly tar: OpenedTar; readonly foreign: null } | { readonly tar: null; readonly foreign: Foreign };

/** What counts the bytes that were read of it. */
interface Positioned {
  readonly position: number;
}

/** A decompressed gzip; its position counts the compressed bytes. */
export type Decompressed = Opened & Positioned;

/**
 * Opens a tar archive that is plain or compressed, once or several times (downloads through proxies are sometimes compressed
 * again). Throws `package.limit` when archives or compressions lie too deep in each other, or damage of a compression.
 * @param name how problems name the file. @param depth how many archives the file lies in. @param budget counts what comes out of compressions.
 */
export async function openTar(
  source: ByteReader,
  name: string,
  depth: number,
  budget: PassBudget | null = null,
): Promise<OpenedFile> {
  if (depth > LIMITS.nesting) throw overLimit(name, 'archives in archives', LIMITS.nesting);
  return openLayers(source, null, name, budget);
}

/** As {@link openTar} for a file whose gzip is decompressed by `outer` already. */
export function openTarInside(outer: Decompressed, name: string, budget: PassBudget): Promise<OpenedFile> {
  return openLayers(outer.reader, outer, name, budget);
}

async function openLayers(
  source: ByteReader,
  outer: Decompressed | null,
  name: string,
  budget: PassBudget | null,
): Promise<OpenedFile> {
  const layers: Opened[] = outer ? [outer] : [];
  const close = async (): Promise<void> => {
    for (const layer of [...layers].reverse()) await layer.close();
  };
  let reader = source;
  /** What `reader` is decompressed from. */
  let around: Positioned | null = outer;
  let isChecked = outer !== null;
  try {
    for (;;) {
      const start = await reader.peek(BLOCK);
      if (looksLikeTar(start)) return { tar: { reader, close, isChecked }, foreign: null };
      const format = archiveFormatOf(start);
      const layer = decompress(
        format,
        around === null ? reader : bounded(reader, around, name),
        name,
        budget,
      );
      if (layer === null) {
        await close();
        return { tar: null, foreign: { format, detail: describe(format, layers.length > 0) } };
      }
      layers.push(layer);
      if (layers.length > LIMITS.compressions)
        throw overLimit(name, 'compression in compression', LIMITS.compressions);
      isChecked ||= format === 'gzip' || isZstdChecked(start);
      around = reader;
      reader = layer.reader;
    }
  } catch (error) {
    await close();
    throw error;
  }
}

function decompress(
  format: ArchiveFormat | null,
  source: ByteReader,
  name: string,
  budget: PassBudget | null,
): Opened | null {
  if (format === 'gzip') return openGunzip(source, name, budget);
  return format === 'zstd' ? openUnzstd(source, name, budget) : null;
}

/**
 * The bytes of `reader`, which are compressed again. What is compressed twice hardly shrinks the second time; only files that are
 * made to grow without end do.
 */
function bounded(reader: ByteReader, around: Positioned, name: string): ByteReader {
  return new ByteReader(async () => {
    const { position } = reader;
    if (position > FREE_BYTES && position > around.position * LIMITS.compressionRatio)
      throw overLimit(name, 'compression in compression', LIMITS.compressionRatio);
    return reader.next();
  });
}

function describe(format: ArchiveFormat | null, isInside: boolean): string {
  if (format !== null) return `compressed with ${format}`;
  return isInside ? 'no tar archive inside the compression' : 'no tar archive';
}
