// The expected SHA-512 of a package, in the forms in which tools write it.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectedSha512 } from '../../../core/package/source/checksum.js';
import { record } from '../../support/package-recorder.js';
import { requireProgram } from '../../support/programs.js';
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
    ['a line of openssl 1', `SHA512(p.tar.gz)= ${hex}\n`],
    ['a line of openssl 3', `SHA2-512(p.tar.gz)= ${hex}\n`],
    ['lines of openssl for several', `SHA512(q.tar.gz)= ${other}\nSHA512(./p.tar.gz)= ${hex}\n`],
    ['a prefix', `sha512:${hex}`],
    ['a prefix in capitals with blanks', `SHA-512: ${hex.toUpperCase()}`],
    ['a dash for standard input', `${hex}  -`],
    ['the name first', `q.tar.gz: ${other}\np.tar.gz: ${hex}`],
    ['a line of instructions', `echo "${hex}  p.tar.gz" | sha512sum -c`],
    ['JSON', `{"p.tar.gz": "${hex}", "size": 12}`],
    [
      'a name that begins like another',
      `${other}  p.tar.gz.part-00\n${other.replace('b', 'c')}  my p.tar.gz\n${hex}  p.tar.gz`,
    ],
    ['a SHA-256 beside it', `${'c3'.repeat(32)}  p.tar.gz\n${hex}  p.tar.gz\n`],
    [
      'certutil',
      `SHA512 hash of p.tar.gz:\r\n${hex}\r\nCertUtil: -hashfile command completed successfully.\r\n`,
    ],
    [
      'an older certutil',
      `SHA512 hash of file p.tar.gz:\r\n${hex.replace(/..(?!$)/g, '$& ')}\r\nCertUtil: ok\r\n`,
    ],
    [
      'certutil for several',
      ['q', 'p']
        .map((name) => `SHA512 hash of ${name}.tar.gz:\r\n${name === 'p' ? hex : other}\r\n`)
        .join(''),
    ],
    [
      "PowerShell's table",
      `\r\nAlgorithm       Hash          Path\r\n---------       ----          ----\r\nSHA512          ${hex.toUpperCase()} C:\\pkgs\\p.tar.gz\r\n`,
    ],
    [
      "PowerShell's list",
      `Algorithm : SHA512\r\nHash      : ${hex.toUpperCase()}\r\nPath      : C:\\x\\p.tar.gz\r\n`,
    ],
    [
      "PowerShell's list of several, broken at the edge of the window",
      [other, hex]
        .map(
          (one, at) =>
            `Algorithm : SHA512\r\nHash      : ${one.slice(0, 107)}\r\n            ${one.slice(107)}\r\nPath      : C:\\x\\${at === 0 ? 'q' : 'p'}.tar.gz\r\n`,
        )
        .join('\r\n'),
    ],
  ])('reads %s, as an option, a file and a sidecar', async (_, text) => {
    const folder = scratch();
    const path = join(folder, 'p.tar.gz');
    expect(await expectedSha512(path, text, { signal })).toBe(hex);
    writeFileSync(join(folder, 'sums.txt'), text);
    expect(await expectedSha512(path, join(folder, 'sums.txt'), { signal })).toBe(hex);
    writeFileSync(`${path}.sha512`, text);
    expect(await expectedSha512(path, undefined, { signal })).toBe(hex);
  });

  it.each<[string, (text: string) => Buffer]>([
    ['UTF-16 LE', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 BE', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-16 LE without a mark', (text) => Buffer.from(text, 'utf16le')],
    ['UTF-16 BE without a mark', (text) => Buffer.from(text, 'utf16le').swap16()],
  ])('reads a file in %s', async (_, encode) => {
    const path = join(scratch(), '包.tar.gz');
    writeFileSync(`${path}.sha512`, encode(`${other} *q.tar.gz\r\n${hex} *包.tar.gz\r\n`));
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
    ['two sums of one name', `${other}  p.tar.gz\n${hex}  p.tar.gz`],
    ['two words in a line', `${other} ${hex}`],
    ['a longer word', `${hex}a1  p.tar.gz`],
    ['a path with a sum in its name', `/nowhere/${hex}.sha512`],
    ['what PowerShell cut off', `SHA512  ${hex.slice(0, 60)}...`],
    ['nothing', ''],
  ])('refuses %s', async (_, text) => {
    const path = join(scratch(), 'p.tar.gz');
    const refused = { code: 'package.checksum-unreadable', origin: 'config' };
    await expect(expectedSha512(path, text, { signal })).rejects.toMatchObject(refused);
    writeFileSync(`${path}.sha512`, text);
    await expect(expectedSha512(path, undefined, { signal })).rejects.toMatchObject(refused);
  });

  it('does not open a named pipe, which would wait for a writer', async () => {
    const path = join(scratch(), 'p.tar.gz');
    execFileSync(requireProgram('mkfifo'), [`${path}.sha512`]);
    await expect(expectedSha512(path, undefined, { signal })).rejects.toMatchObject({
      code: 'package.checksum-unreadable',
      params: { value: `${path}.sha512`, detail: 'not a file' },
    });
  });

  it('reads a line of brackets once', async () => {
    const path = join(scratch(), 'p.tar.gz');
    const line = `SHA512 ${'('.repeat(200_000)}${') '.repeat(200_000)} ${hex}`;
    expect(await expectedSha512(path, line, { signal })).toBe(hex);
  });

  it('is what a pass finds in the test packages', async () => {
    const path = 'test/fixtures/packages/addon-offline-full-package-v0.9.0-amd64.tar.gz';
    const { facts } = await record(path, { sha512: true });
    expect(facts?.sha512).toBe(await expectedSha512(path, undefined, { signal }));
    expect(facts?.bytesRead).toBe(readFileSync(path).length);
  });
});
