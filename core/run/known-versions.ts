// Which package version brought which manifest, from the journals of former runs: it tells old from new where dates do not.
import { isDigest, type Digest } from '../content/digest.js';
import type { ImageAction } from '../contract.js';
import { compareVersions } from '../plan/versions.js';
import { listRuns, readJournal } from './journal.js';

/** Actions after which the tag serves what the row names. */
const SERVED = new Set<ImageAction>(['push', 'promote', 'add', 'replace', 'repair', 'skip']);

/** Reads all journals of the state folder; a manifest that came with several versions counts as of the latest. */
export async function knownVersions(
  stateDir: string,
  options: { readonly signal: AbortSignal },
): Promise<ReadonlyMap<Digest, string>> {
  const versions = new Map<Digest, string>();
  for (const run of await listRuns(stateDir)) {
    options.signal.throwIfAborted();
    for (const entry of (await readJournal(stateDir, run)) ?? []) {
      if (
        entry.type !== 'image' ||
        entry.version === '' ||
        !SERVED.has(entry.action) ||
        !isDigest(entry.digest)
      )
        continue;
      const known = versions.get(entry.digest);
      if (known === undefined || (compareVersions(entry.version, known) ?? 0) > 0)
        versions.set(entry.digest, entry.version);
    }
  }
  return versions;
}
