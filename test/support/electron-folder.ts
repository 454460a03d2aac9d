// A stand-in for the folder of a released Electron: the files that packaging looks at, and a fuse wire like that of the real program.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './source-tree.js';

/** The bytes before the wire: https://www.electronjs.org/docs/latest/tutorial/fuses#the-hard-way */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** A program with eight fuses of version 1, as Electron ships them. */
export function programWithFuses(): Buffer {
  return Buffer.concat([Buffer.from(`ELF...${SENTINEL}`), Buffer.from([1, 8]), Buffer.from('10110001...')]);
}

/** Makes the folder, of the version that the lockfile has. */
export function electronFolder(folder: string): void {
  const described: unknown = JSON.parse(
    readFileSync(join(PROJECT_ROOT, 'node_modules/electron/package.json'), 'utf8'),
  );
  const { version } = described as { readonly version: string };
  for (const part of ['resources', 'locales']) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'electron'), programWithFuses(), { mode: 0o755 });
  writeFileSync(join(folder, 'chrome-sandbox'), 'stand-in', { mode: 0o755 });
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak'])
    writeFileSync(join(folder, name), 'stand-in');
  writeFileSync(join(folder, 'version'), version);
  // an archive with no files: https://github.com/electron/asar#format
  const header = Buffer.from('{"files":{}}');
  const sizes = Buffer.alloc(16);
  [4, header.length + 8, header.length + 4, header.length].forEach((size, at) =>
    sizes.writeUInt32LE(size, at * 4),
  );
  writeFileSync(join(folder, 'resources/default_app.asar'), Buffer.concat([sizes, header]));
}
