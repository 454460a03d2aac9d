// What a package's file name says before the package was read. Used in lists only; decisions use the inventory.
import type { InventoryPackage } from '../../../core/contract.js';

export interface PackageFacts {
  /** `addon`, `standard addon`, `gpu addon`, or the text before the version. */
  readonly label: string;
  /** Packages of the same family and version belong together: `full`, `standard`, `gpu`, or the name of another product. */
  readonly family: string;
  readonly version: string;
  /** `amd64`, `arm64`; '' when the name does not say. */
  readonly arch: string;
}

const ENDING = /\.(?:tar\.gz|tgz|tar\.zst|tar|gz)$/i;
const VERSION_AND_ARCH =
  /(?:[-_.]?v?(\d+(?:\.\d+)+[0-9A-Za-z.+-]*?))?[-_](amd64|arm64|x86_64|aarch64|arm|ppc64le|s390x|riscv64)(?: ?\(\d+\))?$/;
const OTHER_NAMES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

/** The facts of a package: from its inventory when it was read, otherwise from its name. */
export function packageFacts(name: string, inventory: InventoryPackage | null = null): PackageFacts {
  const stem = name.replace(ENDING, '').replace(/\.(bundle|wrap)$/, '');
  const match = VERSION_AND_ARCH.exec(stem);
  const before = stem.slice(0, match?.index ?? stem.length);
  const { label, family } = productOf(before);
  const arch = match?.[2] ?? '';
  return {
    label,
    family,
    version: inventory?.version || (match?.[1] ?? ''),
    arch: inventory?.arch || (OTHER_NAMES[arch] ?? arch),
  };
}

function productOf(stem: string): { readonly label: string; readonly family: string } {
  if (stem === 'addon-offline-full-package') return { label: 'addon', family: 'full' };
  if (stem === 'standard-addon-offline-package') return { label: 'standard addon', family: 'standard' };
  if (stem === 'gpu-addon-offline-package') return { label: 'gpu addon', family: 'gpu' };
  return { label: stem, family: stem };
}

/** True for the installer of the platform, a different product that lies in the same place as the packages. */
export function isPlatformInstaller(name: string): boolean {
  return /^offline-.*\.tar(\.gz)?$/.test(name);
}

/** Last part of a path, with `/` or `\`. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** The path without its last part. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.length - fileName(path).length - 1));
}
