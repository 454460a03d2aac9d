// Sets Electron's fuses while a desktop package is made, so that features which the app never uses cannot be switched on later.
// https://www.electronjs.org/docs/latest/tutorial/fuses
import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';

/** Environment and command line cannot turn the app into plain Node, attach a debugger, or load another app. */
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
  // Apple's signature on the program is invalid after any change; an ad-hoc signature lets it run until it is signed again.
  await flipFuses(join(appOutDir, name), { ...FUSES, resetAdHocDarwinSignature: isMac });
}
