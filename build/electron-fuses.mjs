// Burns Electron's fuses while a desktop package is made: what the app never needs cannot be switched on by whoever starts it.
// https://www.electronjs.org/docs/latest/tutorial/fuses
import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';

/** Nothing of the environment or command line turns the app into a Node, a debugger's target, or another app. */
const FUSES = {
  version: FuseVersion.V1,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
};

/**
 * electron-builder's hook `afterPack`.
 * @param {{ appOutDir: string, electronPlatformName: string, packager: { appInfo: { productFilename: string } } }} context
 */
export async function afterPack({ appOutDir, electronPlatformName, packager }) {
  const { productFilename } = packager.appInfo;
  const isMac = electronPlatformName === 'darwin';
  const name = isMac
    ? `${productFilename}.app`
    : electronPlatformName === 'win32'
      ? `${productFilename}.exe`
      : productFilename.toLowerCase();
  // Apple's own signature on the program ends with the first changed byte; an ad-hoc one lets it run until it is signed
  await flipFuses(join(appOutDir, name), { ...FUSES, resetAdHocDarwinSignature: isMac });
}
