// What a package's file name says. It proves nothing (an arm64 package may hold amd64 images); it is for people and lists.

export interface PackageName {
  /** The file name itself. */
  readonly name: string;
  readonly family: 'full' | 'standard' | 'gpu' | 'other';
  /** Without a leading `v`; '' when unknown. */
  readonly version: string;
  /** `amd64`, `arm64`, ...; '' when unknown. */
  readonly arch: string;
}

const ARCHIVE = /\.(?:tar\.gz|tgz|tar\.zst|tar|gz)$/;
/** Up to v0.17.0 `addon-offline-full-package-`, from v0.18.0 `standard-` and `gpu-addon-offline-package-`. */
const ADDON = /^(addon-offline-full-package|standard-addon-offline-package|gpu-addon-offline-package)-/;
const FAMILY: Readonly<Record<string, PackageName['family']>> = {
  'addon-offline-full-package': 'full',
  'standard-addon-offline-package': 'standard',
  'gpu-addon-offline-package': 'gpu',
};
// what browsers and people add to a second download does not count: `name (1).tar.gz`, `name-copy`
const ENDING =
  /(?:(?:^|[-_.])v?(\d+(?:\.\d+)+[0-9A-Za-z.+-]*?))?[-_](amd64|arm64|x86_64|aarch64|arm|ppc64le|s390x|riscv64)(?: ?\(\d+\))?$/;

/** Takes a file name apart. */
export function parsePackageName(fileName: string): PackageName {
  const stem = fileName.replace(ARCHIVE, '');
  const [, version, arch] = ENDING.exec(stem) ?? [];
  return {
    name: fileName,
    family: FAMILY[ADDON.exec(fileName)?.[1] ?? ''] ?? 'other',
    version: version ?? '',
    arch: arch === 'x86_64' ? 'amd64' : arch === 'aarch64' ? 'arm64' : (arch ?? ''),
  };
}
