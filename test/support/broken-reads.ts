// Breaks reads of a file in this process as a drive does that is removed or has a bad sector. Linux only, for it asks /proc.
import { readlinkSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** An errno, `end` (the file seems to end there), or `less` (a read gives fewer bytes than there are, which is allowed). */
export type BrokenRead = 'EIO' | 'ENODEV' | 'ENOENT' | 'end' | 'less';

/** Length of one read of a file as a whole (core/package/bytes/file-bytes.ts). */
const PIECE = 1 << 20;

export interface BrokenReads {
  /** Reads that were broken. */
  readonly count: () => number;
  readonly end: () => void;
}

export interface Breaking {
  readonly kind: BrokenRead;
  /** Reads of the whole file in pieces of 1 MiB, or of the small samples by which a changed file is noticed. */
  readonly reads: 'pieces' | 'samples';
  /** Such reads that begin at this offset or behind it are broken. */
  readonly from: number;
  readonly times: number;
  /** Runs with each broken read. */
  readonly onBroken?: () => Promise<void>;
}

type Read = (
  this: FileHandle,
  buffer: Buffer,
  offset: number,
  length: number,
  position: number,
) => Promise<{ bytesRead: number; buffer: Buffer }>;

/** Breaks reads of files whose paths begin so, until `end`. */
export async function breakReads(
  start: string,
  { kind, reads, from, times, onBroken }: Breaking,
): Promise<BrokenReads> {
  const any = await open('/dev/null');
  const prototype = Object.getPrototypeOf(any) as { read: Read };
  await any.close();
  const { read } = prototype;
  let count = 0;
  prototype.read = async function (buffer, offset, length, position) {
    const isOurs =
      length < PIECE === (reads === 'samples') &&
      position >= from &&
      readlinkSync(`/proc/self/fd/${String(this.fd)}`).startsWith(start);
    if (!isOurs || count >= times) return read.call(this, buffer, offset, length, position);
    count += 1;

    await onBroken?.();
    if (kind === 'end') return { bytesRead: 0, buffer };
    if (kind === 'less') return read.call(this, buffer, offset, Math.ceil(length / 3), position);
    throw Object.assign(new Error(`${kind}: broken, read`), { code: kind, syscall: 'read' });
  };
  return { count: () => count, end: () => Object.assign(prototype, { read }) };
}
