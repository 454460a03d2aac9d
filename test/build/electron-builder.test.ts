// The configuration of the installers that cannot be made on every computer: electron-builder accepts it, and it keeps what docs/install.md
// promises.
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { builderConfig } from '../../build/package/desktop.mjs';
import { PROJECT_ROOT } from '../support/source-tree.js';

/** electron-builder's own check, which it makes before it builds. It lies in a package of electron-builder. */
const require = createRequire(import.meta.resolve('electron-builder'));
const { validateConfiguration } = require('app-builder-lib/out/util/config/config.js') as {
  validateConfiguration: (
    config: object,
    log: { readonly isEnabled: boolean; add: () => void },
  ) => Promise<void>;
};
const validate = (config: object): Promise<void> =>
  validateConfiguration(config, { isEnabled: false, add: () => undefined });
const config = builderConfig(PROJECT_ROOT);

it('electron-builder accepts it, and would find a mistake', async () => {
  await validate(config);
  await expect(validate({ ...config, nsis: { perMachines: true } })).rejects.toThrow(
    'configuration.nsis should be one of these',
  );
});

it('installers for each system: for one person, without administrator rights; a zip for any folder; no download of updates', () => {
  expect(config).toMatchObject({
    appId: 'io.archbridge.desktop',
    publish: null,
    asar: true,
    linux: { target: ['AppImage'] },
    win: { target: ['nsis', 'zip'] },
    mac: { target: 'dmg' },
    nsis: { perMachine: false, allowElevation: false, differentialPackage: false },
  });
});

it('threads and documentation lie beside the archive', () => {
  expect(config).toMatchObject({ asarUnpack: ['gunzip-thread.mjs', 'dist/docs/**'] });
});
