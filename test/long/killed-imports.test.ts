// kill -9 at 200 random moments of an import, into a folder and into a registry, then the same import again. The seed is printed; with
// ARCHBRIDGE_SEED the moments are the same again.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openKillableImports, type KillableImports } from '../support/killed-import.js';
import { killAtMoments } from '../support/killed-sites.js';
import { seeded } from '../support/package-fuzz.js';

const SEED = Number(process.env.ARCHBRIDGE_SEED ?? Date.now() % 1_000_000);
const PARTS = [1, 2, 3, 4];
const KILLS = 25;
/** Of a part. Each kill starts a process, and for a registry two registries. */
const LONG_MS = 45 * 60_000;

let imports: KillableImports;
beforeAll(async () => {
  console.log(`ARCHBRIDGE_SEED=${String(SEED)}`);
  imports = await openKillableImports();
});
afterAll(() => imports.close());

describe.each(['folder', 'registry'] as const)('an import into a %s that is killed at any moment', (kind) => {
  it.each(PARTS)(
    `leaves it whole, and run again ends as if undisturbed (part %i, ${String(KILLS)} moments)`,
    async (part) => {
      const random = seeded(SEED + part);
      await killAtMoments(imports, kind, (steps) => {
        const moments = Array.from({ length: KILLS }, () => 1 + random(steps));
        console.log(`${kind}, part ${String(part)}, of ${String(steps)} steps: ${moments.join(' ')}`);
        return moments;
      });
    },
    LONG_MS,
  );
});
