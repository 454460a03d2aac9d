// The packages of a command: a split package counts once, and its checksum is that of the whole.
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checksums, openAll } from '../../core/engine/sources.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const { signal } = new AbortController();
const PACKAGE = 'examples/addon-offline-full-package-v0.1.0-amd64.tar.gz';

describe('a split package', () => {
  it('is opened once when all of its parts are named, and takes the checksum of the whole', async () => {
    const folder = scratch();
    const bytes = readFileSync(PACKAGE);
    const hex = createHash('sha512').update(bytes).digest('hex');
    const parts = ['p.tar.gz.part-aa', 'p.tar.gz.part-ab'].map((name) => join(folder, name));
    writeFileSync(parts[0]!, bytes.subarray(0, 9000));
    writeFileSync(parts[1]!, bytes.subarray(9000));
    writeFileSync(join(folder, 'p.tar.gz.sha512'), `${hex} *p.tar.gz\r\n`);
    copyFileSync(PACKAGE, join(folder, 'q.tar.gz'));
    const sources = await openAll([...parts, join(folder, 'q.tar.gz')], { signal });
    expect(sources.map(({ fileName, bytes: size }) => [fileName, size])).toEqual([
      ['p.tar.gz', bytes.length],
      ['q.tar.gz', bytes.length],
    ]);
    const expected = await checksums(sources, undefined, { signal });
    expect(sources.map((source) => expected.get(source))).toEqual([hex, undefined]);
    await expect(checksums(sources, `sha512:${hex}`, { signal })).rejects.toMatchObject({
      code: 'config.sha512-for-several',
    });
  });
});
