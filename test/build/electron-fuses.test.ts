// Sets fuses in a file with a fuse wire like that of Electron's programs, because not every machine has the real program.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseState } from '@electron/fuses/dist/constants.js';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, it } from 'vitest';
import { afterPack } from '../../build/electron-fuses.mjs';
import { programWithFuses } from '../support/electron-folder.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

it('the fuses of a packaged program are set: it is no plain Node, accepts no debugger, and loads its own archive only', async () => {
  const appOutDir = scratch();
  const program = join(appOutDir, 'archbridge');
  writeFileSync(program, programWithFuses());
  const packager = { appInfo: { productFilename: 'Archbridge' } };
  await afterPack({ appOutDir, electronPlatformName: 'linux', packager });
  const { version, ...wire } = await getCurrentFuseWire(program);
  expect(version).toBe('1');
  expect(wire).toEqual({
    [FuseV1Options.RunAsNode]: FuseState.DISABLE,
    [FuseV1Options.EnableCookieEncryption]: FuseState.ENABLE,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: FuseState.DISABLE,
    [FuseV1Options.EnableNodeCliInspectArguments]: FuseState.DISABLE,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: FuseState.ENABLE,
    [FuseV1Options.OnlyLoadAppFromAsar]: FuseState.ENABLE,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: FuseState.DISABLE,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: FuseState.DISABLE,
  });
});
