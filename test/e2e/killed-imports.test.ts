// A sample of test/long/killed-imports.test.ts: imports that are killed and run again.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { momentsOf, openKillableImports, type KillableImports } from '../support/killed-import.js';
import { importTogether, killAtMoments } from '../support/killed-sites.js';

let imports: KillableImports;
beforeAll(async () => {
  imports = await openKillableImports();
});
afterAll(() => imports.close());

describe('an import that is killed at any moment', () => {
  it.each(['folder', 'registry'] as const)(
    'leaves the %s whole, and run again ends as if undisturbed',
    (kind) => killAtMoments(imports, kind, (steps) => momentsOf(steps, 2)),
  );
});

describe.each(['folder', 'registry'] as const)('two imports at the same time into a %s', (kind) => {
  it('in processes of their own leave both upgrades under each tag', () =>
    importTogether({ processes: imports }, kind));

  it('in one process leave both upgrades under each tag', () => importTogether('here', kind));
});
