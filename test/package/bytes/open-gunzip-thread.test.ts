// A gzip file that is decompressed in another thread: the same bytes and the same problems as in this one.
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PassBudget } from '../../../core/flow/pass-budget.js';
import { filesBytes } from '../../../core/package/bytes/file-bytes.js';
import { openGunzipThread } from '../../../core/package/bytes/open-gunzip-thread.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const MIB = 1 << 20;
// longer than all slots together, and no multiple of one
const content = Buffer.concat([randomBytes(11 * MIB + 4567), Buffer.alloc(3 * MIB, 'layer ')]);
const packed = gzipSync(content, { level: 1 });

function budgetFor(packageBytes: number): PassBudget {
  const budget = new PassBudget();
  budget.begin(packageBytes, new AbortController());
  return budget;
}

interface Read {
  readonly bytes: Buffer;
  readonly sha512: string | null;
  readonly position: number;
}

/** Reads parts to their end; each piece is looked at when the next one was asked for, as a reader that looks ahead does. */
async function read(parts: readonly Buffer[], signal = new AbortController().signal): Promise<Read> {
  const folder = scratch();
  const paths = parts.map((bytes, at) => {
    const path = join(folder, `package.tar.gz.${at}`);
    writeFileSync(path, bytes);
    return path;
  });
  const options = { budget: budgetFor(packed.length), sha512: true, signal };
  const opened = openGunzipThread(filesBytes(paths, options), 'package.tar.gz', options);
  try {
    const pieces: Buffer[] = [];
    let last: Buffer | null = null;
    for (let next = await opened.reader.next(); next; next = await opened.reader.next()) {
      if (last) pieces.push(Buffer.from(last));
      last = next;
    }
    if (last) pieces.push(Buffer.from(last));
    return { bytes: Buffer.concat(pieces), sha512: opened.sha512, position: opened.position };
  } finally {
    await opened.close();
  }
}

const sha512 = (bytes: Buffer): string => createHash('sha512').update(bytes).digest('hex');

describe('openGunzipThread', () => {
  it('gives the bytes of a file and its SHA-512', async () => {
    const { bytes, ...facts } = await read([packed]);
    expect(bytes.equals(content)).toBe(true);
    expect(facts).toEqual({ sha512: sha512(packed), position: packed.length });
  });

  it('reads parts, members and the zeros behind them as one file', async () => {
    const file = Buffer.concat([packed, gzipSync(Buffer.from('end')), Buffer.alloc(2 * MIB)]);
    const cut = 3 * MIB + 11;
    const { bytes, ...facts } = await read([file.subarray(0, cut), file.subarray(cut)]);
    expect(bytes.equals(Buffer.concat([content, Buffer.from('end')]))).toBe(true);
    expect(facts).toEqual({ sha512: sha512(file), position: file.length });
  });

  it('finds a cut, a flipped bit, a wrong checksum and rubbish behind the end', async () => {
    const flipped = Buffer.from(packed);
    flipped[packed.length - 6]! ^= 1; // of the CRC
    const cases: readonly (readonly [string, Buffer])[] = [
      ['package.truncated', packed.subarray(0, packed.length - 100)],
      ['package.damaged', flipped],
      ['package.damaged', Buffer.concat([packed, Buffer.from('rubbish')])],
    ];
    for (const [code, bytes] of cases) {
      await expect(read([bytes])).rejects.toMatchObject({
        code,
        params: { archive: 'package.tar.gz', entry: 'the gzip stream' },
      });
    }
  });

  it('throws what reading the file throws', async () => {
    const signal = new AbortController().signal;
    const failure = new Error('the cable');
    async function* pieces(): AsyncGenerator<Buffer, void> {
      yield Buffer.from(packed.subarray(0, MIB));
      throw failure;
    }
    const options = { budget: budgetFor(packed.length), sha512: false, signal };
    const opened = openGunzipThread(pieces(), 'package.tar.gz', options);
    await expect(opened.reader.drain()).rejects.toBe(failure);
    await opened.close();
  });

  it('ends with the reason of a signal, and when it is closed early', async () => {
    const controller = new AbortController();
    const folder = scratch();
    const path = join(folder, 'package.tar.gz');
    writeFileSync(path, packed);
    const options = { budget: budgetFor(packed.length), sha512: false, signal: controller.signal };
    const opened = openGunzipThread(filesBytes([path], options), 'package.tar.gz', options);
    await opened.reader.next();
    controller.abort(new Error('stopped'));
    await expect(opened.reader.next()).rejects.toThrow('stopped');
    await opened.close();
    await expect(read([packed], controller.signal)).rejects.toThrow('stopped');
  });

  it('counts what it decompresses', async () => {
    const path = join(scratch(), 'package.tar.gz');
    writeFileSync(path, gzipSync(Buffer.alloc(96 * MIB)));
    const spent: number[] = [];
    const budget = budgetFor(1);
    budget.spend = (_, bytes) => {
      spent.push(bytes);
      if (spent.length > 3) throw new Error('too much');
    };
    const signal = new AbortController().signal;
    const options = { budget, sha512: false, signal };
    const opened = openGunzipThread(filesBytes([path], options), 'package.tar.gz', options);
    await expect(opened.reader.drain()).rejects.toThrow('too much');
    await opened.close();
    expect(spent).toEqual([MIB, MIB, MIB, MIB]);
  });
});
