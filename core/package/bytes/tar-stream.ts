// Reads a tar archive entry by entry from a stream. It reads no further than asked, and errors name the offset in the archive.
// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13 (ustar, pax)
// https://www.gnu.org/software/tar/manual/html_node/Standard.html (GNU long names)
import { Header } from 'tar';
import { AppError } from '../../errors.js';
import { ByteReader } from './byte-reader.js';
import { damaged, overLimit, truncated } from './damage.js';
import { LIMITS } from './limits.js';
import { parsePax, type PaxRecords } from './pax.js';

export type EntryType = 'file' | 'directory' | 'symlink' | 'link' | 'other';

/** A file of an archive or of a folder on disk. */
export interface TreeEntry {
  /** As the archive writes it: it may be absolute or hold `..`. */
  readonly path: string;
  readonly type: EntryType;
  /** Bytes of the body. */
  readonly size: number;
  /** Where a link leads, as written; '' for anything else. */
  readonly linkpath: string;
  /** To be read before the next entry is asked for; what is left then is skipped. */
  readonly body: ByteReader;
}

export interface TarOptions {
  /** How problems call this archive. */
  readonly archive: string;
  /** Called for oddities that cost nothing: missing end blocks, data after them. */
  readonly note: (note: AppError) => void;
  /** True for a file on disk: nothing around it tells its size, so a missing end mark is noted as a possible cut. */
  readonly isOutermost?: boolean;
  /** Called for data after the end mark, when all entries have been read; without it that is thrown. */
  readonly onDamage?: (problem: AppError) => void;
  /** True where no checksum around the archive proves its bytes: more zeros at its end than tar programs write are noted then. */
  readonly isUnchecked?: boolean;
}

const BLOCK = 512;
/** Tar programs write two blocks of zeros at the end; some then fill up to a multiple of this size. */
const RECORD = 10_240;

const TYPES: Readonly<Record<string, EntryType>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'link',
  '2': 'symlink',
  '5': 'directory',
};

/** True when the bytes begin as a tar archive does; they should be the first 512, or all that there are. */
export function looksLikeTar(start: Buffer): boolean {
  if (start.length >= 262 && start.toString('latin1', 257, 262) === 'ustar') return true;
  return start.length >= BLOCK && decodeHeader(start)?.cksumValid === true;
}

/**
 * The entries of a tar archive. Reads the source to its end, zero padding included, so that the checksum of a compressed source is
 * verified, too. Throws `package.truncated`, `package.damaged`, `package.limit`,
 * `package.unsupported-entry` or `package.data-after-end`.
 */
export async function* tarEntries(source: ByteReader, options: TarOptions): AsyncGenerator<TreeEntry, void> {
  const { archive } = options;
  let last = 'the start';
  let pax: PaxRecords | null = null;
  let longPath: string | null = null;
  let longLink: string | null = null;
  for (;;) {
    const at = source.position;
    // copied: the block outlives the next read
    const block = Buffer.from(await source.take(BLOCK));
    const pending = pax !== null || longPath !== null || longLink !== null;
    if (block.length < BLOCK && (pending || !isZero(block))) throw truncated(archive, last, source.position);
    if (block.length < BLOCK) {
      options.note(noEndMark(archive, options.isOutermost === true));
      return;
    }
    if (isZero(block)) {
      const second = await source.take(BLOCK);
      if (pending || !isZero(second)) throw damaged(archive, last, at, 'an empty header');
      return finish(source, options);
    }
    const header = decodeHeader(block);
    if (!header?.cksumValid) throw damaged(archive, last, at, 'no tar header');
    const flag = String.fromCharCode(block[156] ?? 0);
    if (flag === 'x' || flag === 'X' || flag === 'g' || flag === 'L' || flag === 'N' || flag === 'K') {
      const bytes = await metadata(source, header.size ?? 0, archive, last);
      if (flag === 'L' || flag === 'N') longPath = untilNul(bytes);
      else if (flag === 'K') longLink = untilNul(bytes);
      else {
        const records = parsePax(bytes);
        if (records === null) throw damaged(archive, last, at, 'unreadable PAX records');
        // global headers (git archive) hold comments; names and sizes for all entries make no sense
        if (flag !== 'g') pax = records;
      }
      continue;
    }
    const path = pax?.path ?? longPath ?? header.path ?? '';
    if (Buffer.byteLength(path) > LIMITS.nameBytes)
      throw overLimit(last, 'the name of the next entry', LIMITS.nameBytes);
    if (flag === 'S' || flag === 'M' || pax?.sparse) throw unsupported(archive, path, flag);
    const type = path.endsWith('/') && TYPES[flag] === 'file' ? 'directory' : (TYPES[flag] ?? 'other');
    // As Go's archive/tar: links and devices have no body whatever their size field says; unknown types do.
    const isLong = pax?.path !== undefined || longPath !== null;
    const bodySize = /[1-6]/.test(flag) ? 0 : (pax?.size ?? (isLong ? sizeField(block) : header.size));
    if (bodySize === undefined || !Number.isSafeInteger(bodySize))
      throw damaged(archive, path, at, 'no size');
    const body = bodyOf(source, bodySize, archive, path);
    yield {
      path,
      type,
      size: bodySize,
      linkpath:
        type === 'link' || type === 'symlink' ? (pax?.linkpath ?? longLink ?? header.linkpath ?? '') : '',
      body,
    };
    await body.drain();
    // Go's tar writer leaves out the last padding when it is not closed; a part of it is a cut
    const gap = await source.take(padding(bodySize));
    if (gap.length > 0 && gap.length < padding(bodySize)) throw truncated(archive, path, source.position);
    last = path;
    pax = longPath = longLink = null;
  }
}

function decodeHeader(block: Buffer): Header | null {
  try {
    // PAX values are applied by the caller: Header would still put the ustar prefix before a PAX path
    return new Header(block, 0);
  } catch {
    return null; // a number that is none
  }
}

/**
 * The size field alone. Header takes an entry whose name ends in a slash for a folder without bytes. Where PAX or GNU records hold
 * the full name, the name field holds only its first 100 bytes, which may end in a slash by chance.
 */
function sizeField(block: Buffer): number | undefined {
  const nameless = Buffer.from(block);
  nameless.fill(0, 0, 100);
  nameless.fill(0, 345, 500);
  return decodeHeader(nameless)?.size;
}

function bodyOf(source: ByteReader, size: number, archive: string, path: string): ByteReader {
  let left = size;
  return new ByteReader(async () => {
    if (left === 0) return null;
    const piece = await source.next(left);
    if (piece === null) throw truncated(archive, path, source.position);
    left -= piece.length;
    return piece;
  });
}

async function metadata(source: ByteReader, size: number, archive: string, last: string): Promise<Buffer> {
  if (size > LIMITS.tarMetadataBytes)
    throw overLimit(last, 'the header of the next entry', LIMITS.tarMetadataBytes);
  const bytes = Buffer.from(await source.take(size));
  if (bytes.length < size) throw truncated(archive, last, source.position);
  await source.take(padding(size));
  return bytes;
}

/** Reads what follows the end mark: zeros as padding, anything else is data that belongs to no entry. */
async function finish(source: ByteReader, options: TarOptions): Promise<void> {
  const { archive, onDamage, isUnchecked } = options;
  let padding = 2 * BLOCK;
  let first: number | null = null;
  let end = 0;
  for await (const piece of source) {
    if (first === null && isZero(piece)) {
      padding += piece.length;
      continue;
    }
    const at = source.position - piece.length;
    first ??= at + piece.findIndex((byte) => byte !== 0);
    const last = piece.findLastIndex((byte) => byte !== 0);
    if (last >= 0) end = at + last + 1;
  }
  const bytes = first === null ? 0 : end - first;
  if (bytes >= BLOCK) {
    const problem = new AppError('package.data-after-end', { origin: 'package', params: { archive, bytes } });
    if (!onDamage) throw problem;
    onDamage(problem);
  } else if (bytes > 0) {
    // fewer bytes than one header: no entry can be lost with them
    options.note(new AppError('package.trailing-data', { origin: 'package', params: { archive } }));
  } else if (isUnchecked && !isPadding(padding, source.position)) {
    options.note(
      new AppError('package.zeros-at-end', { origin: 'package', params: { archive, bytes: padding } }),
    );
  }
}

/** @param size of the whole archive. */
function isPadding(zeros: number, size: number): boolean {
  return zeros <= 2 * BLOCK || (size % RECORD === 0 && zeros < RECORD + 2 * BLOCK);
}

function noEndMark(archive: string, isOutermost: boolean): AppError {
  const code = isOutermost ? 'package.maybe-cut' : 'package.no-end-blocks';
  return new AppError(code, { origin: 'package', params: { archive } });
}

function unsupported(archive: string, entry: string, type: string): AppError {
  return new AppError('package.unsupported-entry', { origin: 'package', params: { archive, entry, type } });
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function untilNul(bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  return bytes.toString('utf8', 0, nul < 0 ? bytes.length : nul);
}

const ZEROS = Buffer.alloc(64 << 10);

function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length);
    if (part.compare(ZEROS, 0, part.length) !== 0) return false;
  }
  return true;
}
