// kill -9 at 200 moments of an import, into a folder and into a registry, then the same import again.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openKillableImports, type KillableImports } from '../support/killed-import.js';
import { killAtMoments } from '../support/killed-sites.js';

/** Each kill starts a process, and for a registry two registries. */
const LONG_MS = 90 * 60_000;

let imports: KillableImports;
beforeAll(async () => {
  imports = await openKillableImports();
});
afterAll(() => imports.close());

describe('an import that is killed at any moment', () => {
  it.each(['folder', 'registry'] as const)(
    'leaves the %s whole, and run again ends as if undisturbed',
    (kind) => killAtMoments(imports, kind, 100),
    LONG_MS,
  );
});
