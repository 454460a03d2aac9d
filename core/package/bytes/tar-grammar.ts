// The grammar of tar archives, without input or output: it asks for bytes and answers with entries. Packages are read with it as
// streams (tar-stream.ts), chart archives as a whole (tar-buffer.ts), so that both take and refuse the same archives.
// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13 (ustar, pax)
// https://www.gnu.org/software/tar/manual/html_node/Standard.html (GNU long names)
import { Header } from 'tar';
import { AppError } from '../../errors.js';
import { LIMITS } from '../../flow/limits.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import { damaged, overLimit, truncated } from './damage.js';
import { parsePax, type PaxRecords } from './pax.js';

export type EntryType = 'file' | 'directory' | 'symlink' | 'link' | 'other';

/** What a header and the records before it say of an entry. */
export interface TarHeader {
  /** As the archive writes it: it may be absolute or hold `..`. */
  readonly path: string;
  readonly type: EntryType;
  /** Bytes of the body. */
  readonly size: number;
  /** Where a link leads, as written; '' for anything else. */
  readonly linkpath: string;
}

/** What the grammar asks its driver for: that many bytes (fewer only at the end of the archive), or to read or skip a body. */
export type TarStep =
  { readonly kind: 'take'; readonly count: number } | { readonly kind: 'entry'; readonly header: TarHeader };

export interface TarGrammarOptions {
  /** How problems call this archive. */
  readonly archive: string;
  /** Every header is counted in it. */
  readonly budget?: PassBudget;
}

export const BLOCK = 512;

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
 * Reads an archive up to its end mark: answers true, or false where there is none. A driver answers a `take` with the bytes and an
 * `entry` with anything, after the whole body has gone by. Throws `package.truncated`, `package.damaged`, `package.limit` or
 * `package.unsupported-entry`.
 */
export function* tarSteps(options: TarGrammarOptions): Generator<TarStep, boolean, Buffer> {
  const { archive, budget } = options;
  let position = 0;
  let last = 'the start';
  let pax: PaxRecords | null = null;
  let longPath: string | null = null;
  let longLink: string | null = null;
  for (;;) {
    const at = position;
    const block = yield { kind: 'take', count: BLOCK };
    position += block.length;
    const pending = pax !== null || longPath !== null || longLink !== null;
    if (block.length < BLOCK && (pending || !isZero(block))) throw truncated(archive, last, position);
    if (block.length < BLOCK) return false;
    if (isZero(block)) {
      const second = yield { kind: 'take', count: BLOCK };
      if (pending || !isZero(second)) throw damaged(archive, last, at, 'an empty header');
      return true;
    }
    budget?.spend('entries', 1, archive);
    const header = decodeHeader(block);
    if (!header?.cksumValid) throw damaged(archive, last, at, 'no tar header');
    const flag = String.fromCharCode(block[156] ?? 0);
    if (flag === 'x' || flag === 'X' || flag === 'g' || flag === 'L' || flag === 'N' || flag === 'K') {
      const size = header.size ?? 0;
      if (size > LIMITS.tarMetadataBytes)
        throw overLimit(last, 'the header of the next entry', LIMITS.tarMetadataBytes);
      const bytes = yield { kind: 'take', count: size };
      position += bytes.length;
      if (bytes.length < size) throw truncated(archive, last, position);
      if (flag === 'L' || flag === 'N') longPath = untilNul(bytes);
      else if (flag === 'K') longLink = untilNul(bytes);
      else {
        const records = parsePax(bytes);
        if (records === null) throw damaged(archive, last, at, 'unreadable PAX records');
        // global headers (git archive) hold comments; names and sizes for all entries make no sense
        if (flag !== 'g') pax = records;
      }
      const gap = yield { kind: 'take', count: padding(size) };
      position += gap.length;
      continue;
    }
    const path = pax?.path ?? longPath ?? header.path ?? '';
    const type = path.endsWith('/') && TYPES[flag] === 'file' ? 'directory' : (TYPES[flag] ?? 'other');
    const isLink = type === 'link' || type === 'symlink';
    const linkpath = isLink ? (pax?.linkpath ?? longLink ?? header.linkpath ?? '') : '';
    if (Math.max(Buffer.byteLength(path), Buffer.byteLength(linkpath)) > LIMITS.nameBytes)
      throw overLimit(last, 'the name of the next entry', LIMITS.nameBytes);
    if (flag === 'S' || flag === 'M' || pax?.sparse) throw unsupported(archive, path, flag);
    // As Go's archive/tar: links and devices have no body whatever their size field says; unknown types do.
    const isLong = pax?.path !== undefined || longPath !== null;
    const size = /[1-6]/.test(flag) ? 0 : (pax?.size ?? (isLong ? sizeField(block) : header.size));
    if (size === undefined || !Number.isSafeInteger(size)) throw damaged(archive, path, at, 'no size');
    yield { kind: 'entry', header: { path, type, size, linkpath } };
    position += size;
    // Go's tar writer leaves out the last padding when it is not closed; a part of it is a cut
    const gap = yield { kind: 'take', count: padding(size) };
    position += gap.length;
    if (gap.length > 0 && gap.length < padding(size)) throw truncated(archive, path, position);
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

/** True for bytes that are all zero. */
export function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length);
    if (part.compare(ZEROS, 0, part.length) !== 0) return false;
  }
  return true;
}
