// Remembers what was read of a package, so that it need not be read again while it is unchanged. A damaged or old record is
// ignored and one that cannot be written is left out: the cache never makes a command fail.
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, isAbort } from '../errors.js';
import { ByteReader } from '../package/bytes/byte-reader.js';
import { openGunzip } from '../package/bytes/gunzip.js';
import type { PackageSource } from '../package/source/open-package.js';
import { RECORD_VERSION } from '../package/stream/package-record-schema.js';
import { replayRecord } from '../package/stream/package-record.js';
import { packageStamp } from '../package/source/package-stamp.js';
import type { PackageFacts, PackageVisitor } from '../package/stream/package-stream.js';
import type { Cancellable } from '../ports/cancellable.js';

const CHUNK = 256 << 10;
const LINE_FEED = 0x0a;

/** The optional parts of a record. */
export interface RecordScope {
  /** True when the programs inside images were looked at. */
  readonly programs: boolean;
  /** True when the file's SHA-512 was computed. */
  readonly sha512: boolean;
}

const headSchema = z.object({
  schema: z.literal('archbridge.inspect-record'),
  version: z.literal(RECORD_VERSION),
  stamp: z.string(),
  programs: z.boolean(),
  sha512: z.boolean(),
});

/** The first line of a record. */
export function headLine(stamp: string, { programs, sha512 }: RecordScope): z.infer<typeof headSchema> {
  return {
    schema: 'archbridge.inspect-record',
    version: RECORD_VERSION,
    stamp,
    programs,
    sha512,
  };
}

/** The folder below the state folder that holds the records of packages. */
export function inspectCacheFolder(stateDir: string): string {
  return join(stateDir, 'inspect');
}

/** Path of the record for a package. It depends on the package's path alone, so that a replaced package replaces its record. */
export function recordPath(stateDir: string, source: PackageSource): string {
  const key = createHash('sha256').update(source.path).digest('hex').slice(0, 32);
  return join(inspectCacheFolder(stateDir), `${key}.jsonl.gz`);
}

/** A usable record of the package in its present state. Must be closed. */
export interface KnownPackage extends RecordScope {
  replay(visitor: PackageVisitor, options: Cancellable): Promise<PackageFacts>;
  close(): Promise<void>;
}

/** The record of an unchanged package, read to its end and found whole; null when there is none. */
export async function knownPackage(
  stateDir: string,
  source: PackageSource,
  options: Cancellable,
): Promise<KnownPackage | null> {
  const file = await open(recordPath(stateDir, source)).catch(() => null);
  if (file === null) return null;
  try {
    const head = await wholeRecord(file, options);
    if (head !== null && head.stamp === (await packageStamp(source, options))) {
      return {
        programs: head.programs,
        sha512: head.sha512,
        replay: (visitor, { signal }) => replay(file, visitor, { signal }),
        close: () => file.close(),
      };
    }
  } catch (error) {
    // a package that cannot be sampled cannot be read either, and reading it reports the error
    if (isAbort(error, options.signal) || !(error instanceof AppError)) {
      await file.close();
      throw error;
    }
  }
  await file.close();
  return null;
}

/** The head of a record whose lines are all readable; null for any other. */
async function wholeRecord(
  file: FileHandle,
  options: Cancellable,
): Promise<z.infer<typeof headSchema> | null> {
  try {
    const lines = linesOf(file);
    const first = await lines.next();
    if (first.done === true) return null;
    const head = headSchema.parse(JSON.parse(first.value));
    await replayRecord(lines, {}, options);
    return head;
  } catch (error) {
    if (isAbort(error, options.signal)) throw error;
    return null;
  }
}

async function replay(
  file: FileHandle,
  visitor: PackageVisitor,
  options: Cancellable,
): Promise<PackageFacts> {
  const lines = linesOf(file);
  await lines.next();
  return replayRecord(lines, visitor, options);
}

/** The lines of a record from its beginning. */
async function* linesOf(file: FileHandle): AsyncGenerator<string, void> {
  let position = 0;
  const stored = new ByteReader(async () => {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position);
    position += bytesRead;
    return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
  });
  const text = openGunzip(stored, 'record');
  try {
    let pieces: Buffer[] = [];
    for await (const piece of text.reader) {
      let rest = piece;
      for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
        yield Buffer.concat([...pieces, rest.subarray(0, end)]).toString('utf8');
        pieces = [];
        rest = rest.subarray(end + 1);
      }
      pieces.push(rest);
    }
  } finally {
    await text.close();
  }
}
