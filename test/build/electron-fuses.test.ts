// Fuses, set in a file that carries a fuse wire as Electron's programs do: the real program is not on every machine.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseState } from '@electron/fuses/dist/constants.js';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, it } from 'vitest';
import { afterPack } from '../../build/electron-fuses.mjs';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
/** What stands before the wire: https://www.electronjs.org/docs/latest/tutorial/fuses#the-hard-way */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

it('the fuses of a packaged program are burnt: it is no Node, takes no debugger, and loads nothing but its own archive', async () => {
  const appOutDir = scratch();
  const program = join(appOutDir, 'archbridge');
  // as Electron ships them: eight fuses of version 1
  writeFileSync(
    program,
    Buffer.concat([Buffer.from(`ELF...${SENTINEL}`), Buffer.from([1, 8]), Buffer.from('10110001...')]),
  );
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
