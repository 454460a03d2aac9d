// What proves a package: its SHA-512 where one is known, else its end.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { examinePackage } from '../../core/inspect/examine-package.js';
import { provePackage, type ProofFacts } from '../../core/inspect/package-proof.js';
import { openPackage } from '../../core/package/source/open-package.js';
import { makeBundle, makeImage, makeTar, tinyBundle } from '../support/packages.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const { signal } = new AbortController();
const whole = makeTar([
  {
    path: 'addon/app_1.0.0.bundle.tar',
    body: makeBundle(tinyBundle('app', [makeImage('x.io/a:1', 'amd64')])),
  },
]);
const cut = whole.subarray(0, whole.length - 1024);
const zeros = Buffer.concat([whole, Buffer.alloc(20_000)]);
const sha512 = (bytes: Buffer): string => createHash('sha512').update(bytes).digest('hex');

/** Problem and notes of the package, read and then from the cache. */
async function prove(bytes: Buffer, expected: string | null): Promise<readonly unknown[]> {
  const folder = scratch();
  const path = join(folder, 'p.tar');
  writeFileSync(path, bytes);
  const source = await openPackage(path, { signal });
  const options = { stateDir: join(folder, 'state'), reread: false, sha512: true, programs: false, signal };
  const found: ProofFacts[] = [];
  for (const cached of [false, true]) {
    const examined = await examinePackage(source, {}, options);
    expect(examined.cached).toBe(cached);
    found.push(provePackage(source, expected, examined));
  }
  const [read, remembered] = found.map(({ problem, notes }) => [
    problem?.code ?? null,
    ...notes.map(({ code }) => code),
  ]);
  expect(remembered).toEqual(read);
  return read ?? [];
}

describe('a package', () => {
  it.each<[string, Buffer, string | null]>([
    ['whole', whole, null],
    ['without an end mark', cut, 'package.maybe-cut'],
    ['with a tail of zeros', zeros, 'package.zeros-at-end'],
  ])('that is plain and %s', async (_, bytes, problem) => {
    expect(await prove(bytes, null)).toEqual([problem, 'package.text-unproven']);
    expect(await prove(bytes, sha512(bytes))).toEqual([null]);
    expect((await prove(bytes, sha512(Buffer.from('another'))))[0]).toBe('package.checksum-mismatch');
  });
});
