// Reads a tar archive entry by entry from a stream. It reads no further than asked, and errors name the offset in the archive.
import { AppError } from '../../errors.js';
import { ByteReader } from './byte-reader.js';
import { truncated } from './damage.js';
import { BLOCK, isZero, tarSteps, type TarGrammarOptions, type TarHeader } from './tar-grammar.js';

/** A file of an archive or of a folder on disk. */
export interface TreeEntry extends TarHeader {
  /** To be read before the next entry is asked for; what is left then is skipped. */
  readonly body: ByteReader;
}

export interface TarOptions extends TarGrammarOptions {
  /** Called for oddities that cost nothing: missing end blocks, data after them. */
  readonly note: (note: AppError) => void;
  /** True for a file on disk: nothing around it tells its size, so a missing end mark is noted as a possible cut. */
  readonly isOutermost?: boolean;
  /** Called for data after the end mark, when all entries have been read; without it that is thrown. */
  readonly onDamage?: (problem: AppError) => void;
  /** True where no checksum around the archive proves its bytes: more zeros at its end than tar programs write are noted then. */
  readonly isUnchecked?: boolean;
}

/** Tar programs write two blocks of zeros at the end; some then fill up to a multiple of this size. */
const RECORD = 10_240;

/**
 * The entries of a tar archive. Reads the source to its end, zero padding included, so that the checksum of a compressed source is
 * verified, too. Throws `package.data-after-end` and what {@link tarSteps} throws.
 */
export async function* tarEntries(source: ByteReader, options: TarOptions): AsyncGenerator<TreeEntry, void> {
  const { archive } = options;
  const steps = tarSteps(options);
  let step = steps.next();
  while (step.done !== true) {
    if (step.value.kind === 'take') {
      // copied: the bytes outlive the next read
      step = steps.next(Buffer.from(await source.take(step.value.count)));
      continue;
    }
    const { header } = step.value;
    const body = bodyOf(source, header.size, archive, header.path);
    yield { ...header, body };
    await body.drain();
    step = steps.next(NOTHING);
  }
  if (step.value) await finish(source, options);
  else options.note(noEndMark(archive, options.isOutermost === true));
}

const NOTHING = Buffer.alloc(0);

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
