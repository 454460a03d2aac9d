// The spool, which holds data until the end of a package.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Spool, spoolBeside } from '../../../core/run/base/spool.js';

describe('Spool', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'spool-'));
  });
  afterEach(async () => {
    await rm(dir, { recursive: true });
  });

  it('gives back every piece, from memory and from the file, and leaves nothing behind', async () => {
    const spool = new Spool(join(dir, 'spool'), 100);
    const pieces = Array.from({ length: 20 }, (_, i) => Buffer.alloc(30, i));
    const refs = await Promise.all(pieces.map((piece) => spool.put(piece)));
    expect(refs.filter((ref) => ref.kind === 'memory')).toHaveLength(3);
    expect(refs.filter((ref) => ref.kind === 'file')).toHaveLength(17);
    // also nothing when the process is killed here, on systems that can remove an open file
    if (process.platform !== 'win32') expect(await readdir(dir)).toEqual([]);
    for (const [i, ref] of refs.entries()) expect(await spool.get(ref)).toEqual(pieces[i]);
    await spool.close();
    expect(await readdir(dir)).toEqual([]);
  });

  it('beside the runs removes what killed commands of earlier versions left there, and nothing else', async () => {
    for (const name of ['spool-1f0c', 'spool-9b2e', 'runs', 'settings.json'])
      await writeFile(join(dir, name), 'left');
    const spool = await spoolBeside(dir, { signal: new AbortController().signal });
    const ref = await spool.put(Buffer.from('new'));
    expect((await readdir(dir)).sort()).toEqual(['runs', 'settings.json']);
    expect(await spool.get(ref)).toEqual(Buffer.from('new'));
    await spool.close();
  });

  it('makes no file while everything fits into memory', async () => {
    const spool = new Spool(join(dir, 'spool'));
    await spool.put(Buffer.from('small'));
    expect(await readdir(dir)).toEqual([]);
    await spool.close();
  });

  it('keeps a copy: later changes of the given buffer do not matter', async () => {
    const spool = new Spool(join(dir, 'spool'));
    const bytes = Buffer.from('before');
    const ref = await spool.put(bytes);
    bytes.fill('x');
    expect((await spool.get(ref)).toString()).toBe('before');
    await spool.close();
  });
});
