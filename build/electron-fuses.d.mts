// Types of electron-fuses.mjs, for the tests.

/** Sets the fuses of the program that electron-builder has just laid out. */
export function afterPack(context: {
  readonly appOutDir: string;
  readonly electronPlatformName: string;
  readonly packager: { readonly appInfo: { readonly productFilename: string } };
}): Promise<void>;
