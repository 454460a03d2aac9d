// The expected SHA-512 of a package, in the forms in which tools write it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectedSha512 } from '../../../core/package/source/checksum.js';
import { record } from '../../support/package-recorder.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const { signal } = new AbortController();
const hex = 'a1'.repeat(64);
const other = 'b2'.repeat(64);

describe('expectedSha512', () => {
  it.each([
    ['bare hex', hex],
    ['upper case', hex.toUpperCase()],
    ['a line', `${hex}  p.tar.gz`],
    ['a line with a star', `${hex} *p.tar.gz`],
    ['a line of another name', `${hex}  old-name.tar.gz`],
    ['a tagged line', `SHA512 (p.tar.gz) = ${hex}`],
    ['several lines', `${other}  q.tar.gz\r\n${hex}  ./dist/p.tar.gz\r\n`],
    ['comment and byte order mark', `\ufeff# sums\n${hex}  p.tar.gz\n`],
  ])('reads %s, as an option, a file and a sidecar', async (_, text) => {
    const folder = scratch();
    const path = join(folder, 'p.tar.gz');
    expect(await expectedSha512(path, text, { signal })).toBe(hex);
    writeFileSync(join(folder, 'sums.txt'), text);
    expect(await expectedSha512(path, join(folder, 'sums.txt'), { signal })).toBe(hex);
    writeFileSync(`${path}.sha512`, text);
    expect(await expectedSha512(path, undefined, { signal })).toBe(hex);
  });

  it('finds .sha512sum, and nothing where nothing lies', async () => {
    const path = join(scratch(), 'p.tar.gz');
    expect(await expectedSha512(path, undefined, { signal })).toBeNull();
    writeFileSync(`${path}.sha512sum`, hex);
    expect(await expectedSha512(path, undefined, { signal })).toBe(hex);
  });

  it.each([
    ['SHA-256', 'a1'.repeat(32)],
    ['no file', '/nowhere/at/all'],
    ['two other packages', `${other}  q.tar.gz\n${hex}  r.tar.gz`],
    ['nothing', ''],
  ])('refuses %s', async (_, text) => {
    const path = join(scratch(), 'p.tar.gz');
    const refused = { code: 'package.checksum-unreadable', origin: 'config' };
    await expect(expectedSha512(path, text, { signal })).rejects.toMatchObject(refused);
    writeFileSync(`${path}.sha512`, text);
    await expect(expectedSha512(path, undefined, { signal })).rejects.toMatchObject(refused);
  });

  it('is what a pass finds in the test packages', async () => {
    const path = 'test/fixtures/packages/addon-offline-full-package-v0.9.0-amd64.tar.gz';
    const { facts } = await record(path, { sha512: true });
    expect(facts?.sha512).toBe(await expectedSha512(path, undefined, { signal }));
    expect(facts?.bytesRead).toBe(readFileSync(path).length);
  });
});
