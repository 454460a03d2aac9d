// Reads a small tar with an independent reader (node-tar's), for tests that look into archives.
import { Parser } from 'tar';

/** Path to bytes of every file, in the order of the archive. The tar must not be compressed. */
export function entriesOf(archive: Uint8Array): ReadonlyMap<string, Buffer> {
  const entries = new Map<string, Buffer>();
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => chunks.push(chunk));
      if (entry.type === 'File') entries.set(entry.path, Buffer.alloc(0));
      entry.on('end', () => entry.type === 'File' && entries.set(entry.path, Buffer.concat(chunks)));
    },
  });
  parser.end(Buffer.from(archive));
  return entries;
}
