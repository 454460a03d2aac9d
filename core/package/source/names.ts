// Reads family, version and architecture from a package's file name. They are shown to people and prove nothing, because names may
// be wrong.

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
// a browser's suffix for a second download is ignored: `name (1).tar.gz`
const ENDING =
  /(?:(?:^|[-_.])v?(\d+(?:\.\d+)+[0-9A-Za-z.+-]*?))?[-_](amd64|arm64|x86_64|aarch64|arm|ppc64le|s390x|riscv64)(?: ?\(\d+\))?$/;

/** Parses a file name. Parts that it does not hold are ''; an unknown family is `other`. */
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
