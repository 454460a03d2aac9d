// The built command line under newer versions of Node, as people and Electron have them: the same results as under this one.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { makeBundle, makeImage, makeTar, tinyBundle } from '../support/packages.js';
import { requireProgram } from '../support/programs.js';
import { PROJECT_ROOT } from '../support/source-tree.js';
import { startRegistry } from '../support/registries.js';
import { scratchFolders } from '../support/scratch.js';
import { packagePath } from '../support/seed.js';
import { treeOf } from '../support/tree.js';
import { registryState } from '../support/undoing.js';
import { zstdFrame } from '../support/zstd-frame.js';

const run = promisify(execFile);
const scratch = scratchFolders();

/** Fails with what the program wrote, where it does not end with 0. */
async function archbridge(node: string, state: string, ...args: readonly string[]): Promise<void> {
  const env = { ...process.env, ARCHBRIDGE_STATE_DIR: join(scratch(), state) };
  await run(node, [join(PROJECT_ROOT, 'dist/cli/main.js'), ...args], { env });
}

describe.each(['node22', 'node24'] as const)('under %s', (name) => {
  it('the genuine packages give the same folder and the same tags', async () => {
    const node = requireProgram(name);
    const packages = [packagePath('v0.9.0-amd64'), packagePath('v0.11.0-amd64')];
    const [here, there] = [join(scratch(), 'here'), join(scratch(), 'there')];
    await archbridge(process.execPath, 'state-here', 'import', ...packages, '--store', here);
    await archbridge(node, 'state-there', 'import', ...packages, '--store', there, '--verify');
    expect(await treeOf(there)).toEqual(await treeOf(here));
    const registry = await startRegistry({ version: 3 });
    try {
      await archbridge(node, 'state-there', 'import', ...packages, '--registry', registry.url, '--verify');
      expect(Object.keys(await registryState(registry.url)).length).toBeGreaterThan(20);
    } finally {
      await registry.stop();
    }
  });

  it('a package of several zstd frames is read to its end', async () => {
    const node = requireProgram(name);
    const body = makeBundle(tinyBundle('alpha', [makeImage('ghcr.io/alpha/app:1.0.0', 'amd64')]));
    const tar = makeTar([{ path: 'addon/alpha_1.0.0.bundle.tar', body }]);
    const path = join(scratch(), 'addon-offline-full-package-v0.1.0-amd64.tar.zst');
    await writeFile(path, Buffer.concat([zstdFrame(tar.subarray(0, 1_000)), zstdFrame(tar.subarray(1_000))]));
    const store = join(scratch(), 'store');
    await archbridge(node, 'state', 'import', path, '--store', store, '--accept-unproven');
    expect(Object.keys(await treeOf(join(store, 'charts')))).toContain('alpha-1.0.0.tgz');
  });
});
