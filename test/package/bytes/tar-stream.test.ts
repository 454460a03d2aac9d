// Tar archives: every way to write names and sizes, damage with its offset, and no byte read ahead.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.js';
import { ByteReader } from '../../../core/package/bytes/byte-reader.js';
import { looksLikeTar } from '../../../core/package/bytes/tar-grammar.js';
import { tarEntries, type TreeEntry } from '../../../core/package/bytes/tar-stream.js';
import { makeTar, paxRecords, type TarFile } from '../../support/packages.js';

interface Seen {
  readonly path: string;
  readonly type: string;
  readonly linkpath: string;
  readonly body: string;
}

async function read(
  tar: Buffer,
  piece = 1 << 20,
): Promise<{ entries: Seen[]; notes: string[]; error: AppError | null }> {
  const entries: Seen[] = [];
  const notes: string[] = [];
  try {
    for await (const entry of tarEntries(inPieces(tar, piece), {
      archive: 'a.tar',
      note: (n) => notes.push(n.code),
    })) {
      entries.push(await seen(entry));
    }
    return { entries, notes, error: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { entries, notes, error };
  }
}

async function seen({ path, type, linkpath, size, body }: TreeEntry): Promise<Seen> {
  const bytes = (await body.all(1 << 20)) ?? Buffer.alloc(0);
  expect(bytes.length).toBe(size);
  return { path, type, linkpath, body: bytes.toString('latin1') };
}

function inPieces(bytes: Buffer, size: number): ByteReader {
  let at = 0;
  return new ByteReader(async () => {
    const piece = bytes.subarray(at, at + size);
    at += size;
    return piece.length === 0 ? null : piece;
  });
}

const long = `${'folder/'.repeat(30)}файл.tar`;

describe('tarEntries', () => {
  it.each(['pax', 'gnu'] as const)('reads long names and links written the %s way', async (style) => {
    const { entries, error } = await read(
      makeTar([
        { path: long, body: 'content', style },
        { path: 'link', type: 'symlink', linkpath: long, style },
        { path: 'after', body: 'x' },
      ]),
    );
    expect(error).toBeNull();
    expect(entries).toEqual([
      { path: long, type: 'file', linkpath: '', body: 'content' },
      { path: 'link', type: 'symlink', linkpath: long, body: '' },
      { path: 'after', type: 'file', linkpath: '', body: 'x' },
    ]);
  });

  it('takes the size of the PAX record when the header says 0, as Go writes entries of 8 GiB and more', async () => {
    const { entries } = await read(
      makeTar([{ path: 'big', body: 'b'.repeat(700), style: 'pax', sizeField: 0 }, { path: 'z' }]),
    );
    expect(entries.map(({ path, body }) => [path, body.length])).toEqual([
      ['big', 700],
      ['z', 0],
    ]);
  });

  it('reads a size of 9 GiB without reading the body first', async () => {
    const size = 9 * 2 ** 30;
    const tar = makeTar([{ path: 'huge', pax: { size: String(size) } }], { endBlocks: 0 });
    for await (const entry of tarEntries(ByteReader.of(tar), { archive: 'a.tar', note: () => undefined })) {
      expect(entry.size).toBe(size);
      break;
    }
  });

  it('reads base-256 sizes', async () => {
    const tar = makeTar([{ path: 'a', body: 'hello' }]);
    tar.fill(0, 124, 136);
    tar[124] = 0x80;
    tar[135] = 5;
    rewriteChecksum(tar);
    expect((await read(tar)).entries).toMatchObject([{ path: 'a', body: 'hello' }]);
  });

  it('puts no ustar prefix before a PAX path', async () => {
    const tar = makeTar([{ path: 'x', style: 'pax', body: '1' }]);
    tar.write('prefix', 1024 + 345);
    rewriteChecksum(tar, 1024);
    expect((await read(tar)).entries).toMatchObject([{ path: 'x', body: '1' }]);
  });

  it('ignores global headers and bodies of links', async () => {
    const tar = makeTar([
      { path: 'pax_global_header', type: 'global', body: paxRecords({ path: 'evil.tar' }) },
      { path: 'l', type: 'link', linkpath: 'a', sizeField: 99 },
      { path: 'a', body: 'a' },
    ]);
    expect((await read(tar)).entries.map(({ path }) => path)).toEqual(['l', 'a']);
  });

  it('does without end blocks and says so', async () => {
    const files = [{ path: 'a', body: 'a'.repeat(600) }];
    expect((await read(makeTar(files, { endBlocks: 0 }))).notes).toEqual(['package.no-end-blocks']);
    expect((await read(makeTar(files, { endBlocks: 1 }))).error).toBeNull();
    // not even the padding of the last entry
    const bare = makeTar(files, { endBlocks: 0 }).subarray(0, 512 + 600);
    expect(await read(bare)).toMatchObject({ notes: ['package.no-end-blocks'], error: null });
  });

  it('accepts any zero padding, and says when there is more behind it', async () => {
    const tar = makeTar([{ path: 'a', body: 'a' }], { endBlocks: 700 });
    expect(await read(tar)).toMatchObject({ notes: [], error: null });
    expect((await read(Buffer.concat([tar, Buffer.from('more')]))).notes).toEqual(['package.trailing-data']);
  });

  it('names entry and offset where junk stands for a header', async () => {
    const tar = makeTar([
      { path: 'good', body: 'x' },
      { path: 'bad', body: 'y' },
    ]);
    tar.write('####', 1024 + 148);
    const { entries, error } = await read(tar);
    expect(entries.map(({ path }) => path)).toEqual(['good']);
    expect(error?.code).toBe('package.damaged');
    expect(error?.params).toMatchObject({ archive: 'a.tar', entry: 'good', offset: 1024 });
  });

  it('refuses a zero block between entries', async () => {
    const [first, second] = [makeTar([{ path: 'a' }], { endBlocks: 1 }), makeTar([{ path: 'b' }])];
    expect((await read(Buffer.concat([first, second]))).error?.code).toBe('package.damaged');
  });

  it('refuses sparse entries, names beyond 4096 bytes and metadata beyond 1 MiB', async () => {
    expect((await read(makeTar([{ path: 's', pax: { 'GNU.sparse.major': '1' } }]))).error?.code).toBe(
      'package.unsupported-entry',
    );
    expect((await read(makeTar([{ path: 'n'.repeat(5000) }]))).error?.code).toBe('package.limit');
    expect((await read(makeTar([{ path: 'c', pax: { comment: 'c'.repeat(1 << 20) } }]))).error?.code).toBe(
      'package.limit',
    );
  });

  it('skips what nobody reads of a body', async () => {
    const tar = makeTar([
      { path: 'a', body: 'a'.repeat(5000) },
      { path: 'b', body: 'b' },
    ]);
    const paths: string[] = [];
    for await (const entry of tarEntries(inPieces(tar, 100), { archive: 'a.tar', note: () => undefined })) {
      paths.push(entry.path);
      if (entry.path === 'a') await entry.body.next(10);
    }
    expect(paths).toEqual(['a', 'b']);
  });

  it('finds a cut at every offset, and gives no entry that was not written', async () => {
    const files = [
      { path: 'one', body: 'x'.repeat(700) },
      { path: long, body: 'y', style: 'pax' as const },
      { path: 'three', body: 'z' },
    ];
    const tar = makeTar(files);
    const whole = (await read(tar)).entries;
    for (let cut = 1; cut < tar.length; cut += 37) {
      const { entries, error, notes } = await read(tar.subarray(0, cut));
      expect(whole.slice(0, entries.length)).toEqual(entries);
      if (error) expect(error.code).toBe('package.truncated');
      else if (entries.length < 3) expect(notes).toEqual(['package.no-end-blocks']);
    }
  });

  it('reads the body of a file whose long name is cut right behind a slash', async () => {
    const path = `${'d'.repeat(99)}/${'f'.repeat(20)}`;
    for (const style of ['pax', 'gnu'] as const) {
      const { entries, error } = await read(makeTar([{ path, body: Buffer.from('body'), style }]), 512);
      expect(error).toBeNull();
      expect(entries.map((entry) => [entry.path, entry.type, entry.body])).toEqual([[path, 'file', 'body']]);
    }
  });

  it('reads any tree back as it was written, in pieces of any size', async () => {
    const file = fc.record({
      path: fc
        .array(fc.stringMatching(/^[a-zäß文0-9_-]{1,40}$/), { minLength: 1, maxLength: 8 })
        .map((p) => p.join('/')),
      body: fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
      style: fc.constantFrom('pax' as const, 'gnu' as const, undefined),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { maxLength: 8 }),
        fc.integer({ min: 16, max: 2000 }),
        async (files, piece) => {
          const written: TarFile[] = files.map(({ path, body, style }) => ({
            path,
            body,
            ...(style ? { style } : {}),
          }));
          const { entries, error } = await read(makeTar(written), piece);
          expect(error).toBeNull();
          expect(entries.map(({ path, body }) => [path, body])).toEqual(
            files.map(({ path, body }) => [path, body.toString('latin1')]),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('looksLikeTar', () => {
  it('knows ustar, old tars without a magic, and nothing else', () => {
    const tar = makeTar([{ path: 'a', body: 'a' }]);
    expect(looksLikeTar(tar)).toBe(true);
    const old = Buffer.from(tar);
    old.fill(0, 257, 265);
    rewriteChecksum(old);
    expect(looksLikeTar(old)).toBe(true);
    expect(looksLikeTar(Buffer.alloc(512))).toBe(false);
    expect(looksLikeTar(Buffer.from('apiVersion: v2\n'))).toBe(false);
  });
});

function rewriteChecksum(tar: Buffer, at = 0): void {
  tar.write('        ', at + 148);
  const sum = tar.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148);
}
