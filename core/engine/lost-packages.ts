// Waits for packages whose drive was removed (`--wait-for-package`), as a run waits for a registry that is away.
import { open } from 'node:fs/promises';
import type { Patience } from '../flow/patience.js';
import { unreadable, type LostFiles } from '../package/bytes/file-bytes.js';
import { orAborted } from '../flow/cancel.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Waits with the patience of the run; null where that was not asked for. */
export function lostPackages(
  { waitForPackage = false }: { readonly waitForPackage?: boolean },
  patience: Patience,
): LostFiles | null {
  if (!waitForPackage) return null;
  return {
    wait: async (path, problem, options) => {
      const verdict = await patience.watch(path, (o) => firstByte(path, o)).judge(options);
      if (verdict === 'gone') throw problem;
      return verdict === 'back';
    },
    found: (path) => patience.watch(path, () => Promise.resolve(null)).succeeded(),
  };
}

/** Null when the file can be read, else why not. */
async function firstByte(path: string, { signal }: Cancellable): Promise<Error | null> {
  const reading = (async () => {
    const file = await open(path);
    try {
      await file.read(Buffer.alloc(1), 0, 1, 0);
    } finally {
      await file.close();
    }
  })();
  try {
    await orAborted(reading, { signal });
    return null;
  } catch (error) {
    if (signal.aborted) throw error;
    return unreadable(error, path);
  }
}
