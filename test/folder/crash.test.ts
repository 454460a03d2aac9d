// A process that is killed while it writes leaves a valid layout. The next process need not wait and cleans up.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { openFolderTarget } from '../../core/folder/folder-target.js';
import { namesOf, parseLayoutIndex } from '../../core/layout/layout-index.js';
import { compileCore } from '../support/compiled-core.js';
import { scratchFolders } from '../support/scratch.js';
import { pushImages, tinyImage } from '../support/tiny-image.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };

/** Writes without end: blobs, names, and a flush every few names. */
const WRITER = `
import { openFolderTarget } from './core/folder/folder-target.js';
import { digestOf } from './core/content/digest.js';
import { encodeIndex } from './core/content/manifest.js';
import { OCI_INDEX } from './core/content/media-types.js';
const [, , dir, prefix, count] = process.argv;
const options = { signal: new AbortController().signal };
const target = await openFolderTarget(dir, options);
for (let i = 0; i < Number(count); i++) {
  const blob = Buffer.alloc(300_000, prefix + i);
  await target.putBlob('r', digestOf(blob), blob.length, blob, options);
  await target.putManifest('r.io/' + prefix, String(i), encodeIndex(OCI_INDEX, []), options);
  if (i % 3 === 0) await target.flush(options);
  if (i === 5) process.stdout.write('busy');
}
await target.close();
`;

async function compiled(): Promise<string> {
  const code = scratch();
  await compileCore(code);
  writeFileSync(join(code, 'writer.js'), WRITER);
  return join(code, 'writer.js');
}

function expectValid(dir: string): readonly string[] {
  const layout = join(dir, 'oci');
  for (const name of readdirSync(join(layout, 'blobs/sha256'))) {
    expect(digestOf(readFileSync(join(layout, 'blobs/sha256', name)))).toBe(`sha256:${name}`);
  }
  const index = parseLayoutIndex(readFileSync(join(layout, 'index.json')), 'index.json');
  for (const { descriptor } of index.entries) {
    expect(existsSync(join(layout, 'blobs/sha256', descriptor?.digest.slice(7) ?? 'none'))).toBe(true);
  }
  return namesOf(index);
}

describe('a store whose writer was killed', () => {
  it('is valid, free at once, and clean after the next run', async () => {
    const writer = await compiled();
    const dir = scratch();
    for (const wait of [0, 7, 23]) {
      const child = spawn(process.execPath, [writer, dir, `p${wait}`, '100000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      await pause(wait);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(expectValid(dir).length).toBeGreaterThan(0);
    }
    const target = await openFolderTarget(dir, options);
    await pushImages(target, 'r.io/after', '1', [tinyImage('amd64', 'x')], options);
    await target.close();
    const names = expectValid(dir);
    expect(names).toContain('r.io/after:1');
    expect(new Set(names.map((name) => name.split(':')[0])).size).toBe(4);
    expect(readdirSync(dir)).toEqual(['oci']);
  });

  it('keeps the names of two processes that wrote one after the other', async () => {
    const writer = await compiled();
    const dir = scratch();
    const ended = ['a', 'b'].map(async (prefix) => {
      const child = spawn(process.execPath, [writer, dir, prefix, '12'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await once(child, 'exit');
      return child.exitCode;
    });
    expect(await Promise.all(ended)).toEqual([0, 0]);
    expect(expectValid(dir)).toHaveLength(24);
    expect(readdirSync(dir)).toEqual(['oci']);
  });
});
