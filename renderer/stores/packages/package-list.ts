// The list of packages as plain data, and the rules on it: what is known of each, which are chosen, and what the choice means.
import type { Drive, FolderEntry, InventoryPackage, Problem } from '../../../core/contract.js';
import { groupBy } from '../group-by.js';
import { fileName, folderOf, packageFacts, type PackageFacts } from './package-name.js';

export interface Reading {
  readonly bytesRead: number;
  readonly bytesTotal: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** One package file, wherever it was found. */
export interface KnownPackage {
  readonly path: string;
  readonly name: string;
  /** Bytes; 0 until they are known. */
  readonly bytes: number;
  /** True while it waits for another package that is being read. */
  readonly queued: boolean;
  readonly reading: Reading | null;
  readonly inventory: InventoryPackage | null;
  readonly problem: Problem | null;
  /** True when the file is not there any more: moved, deleted, or its drive was removed. */
  readonly gone: boolean;
  /** When the file was changed last, ISO 8601; '' until it is known. */
  readonly modified: string;
  /** True when the file was changed while it was being read; it is read once more then. */
  readonly isOutdated?: boolean;
  /** SHA-512 that the person pasted, in lower-case hex. */
  readonly pasted: string | null;
  /** True when the person wants what of a damaged package was read whole. */
  readonly takesRest?: boolean;
}

export interface PackageList {
  readonly known: Readonly<Record<string, KnownPackage>>;
  /** Paths in the order in which they were chosen; the first is A. */
  readonly chosen: readonly string[];
  readonly focused: string | null;
  /** Paths that were added by dialog, by drop or in an earlier session. */
  readonly added: readonly string[];
  /** Null until the host has looked for drives. */
  readonly drives: readonly Drive[] | null;
}

export const EMPTY_LIST: PackageList = { known: {}, chosen: [], focused: null, added: [], drives: null };

function unknownPackage(path: string): KnownPackage {
  return {
    path,
    name: fileName(path),
    bytes: 0,
    queued: false,
    reading: null,
    inventory: null,
    problem: null,
    gone: false,
    modified: '',
    pasted: null,
  };
}

export function withPackage(list: PackageList, path: string, change: Partial<KnownPackage>): PackageList {
  const before = list.known[path] ?? unknownPackage(path);
  return { ...list, known: { ...list.known, [path]: { ...before, ...change } } };
}

export function withEntries(list: PackageList, entries: readonly FolderEntry[]): PackageList {
  return entries
    .filter(({ kind }) => kind === 'package')
    .reduce((all, { path, bytes, modified }) => {
      const known = all.known[path];
      // A folder has no size of its own. The time is not known before the file was listed for the first time.
      const read = known?.inventory?.bytes ?? 0;
      const isOther =
        (known !== undefined && known.modified !== '' && known.modified !== modified) ||
        (read > 0 && bytes > 0 && read !== bytes);
      // What was read of the file before it was changed does not count any more.
      const forgotten = isOther ? { inventory: null, problem: null, isOutdated: known?.reading != null } : {};
      return withPackage(all, path, { bytes, modified, gone: false, ...forgotten });
    }, list);
}

/** Marks packages of a folder that are not in its listing; null: the folder cannot be read any more. */
export function withListing(
  list: PackageList,
  folder: string,
  entries: readonly FolderEntry[] | null,
): PackageList {
  const there = new Set((entries ?? []).map(({ path }) => path));
  const missing = Object.keys(list.known).filter((path) => folderOf(path) === folder && !there.has(path));
  const marked = missing.reduce((all, path) => withPackage(all, path, { gone: true }), list);
  return withEntries(
    marked,
    (entries ?? []).filter(({ path }) => path in list.known),
  );
}

/** Adds and removes packages of drives. A chosen package of a removed drive stays chosen and is marked. */
export function withDrives(list: PackageList, drives: readonly Drive[]): PackageList {
  const before = new Set((list.drives ?? []).flatMap(({ packages }) => packages.map(({ path }) => path)));
  const now = new Set(drives.flatMap(({ packages }) => packages.map(({ path }) => path)));
  let next: PackageList = { ...list, drives };
  for (const path of before) if (!now.has(path)) next = withPackage(next, path, { gone: true });
  for (const path of now) next = withPackage(next, path, { gone: false });
  return withEntries(
    next,
    drives.flatMap(({ packages }) => packages),
  );
}

export function withAdded(list: PackageList, paths: readonly string[]): PackageList {
  const fresh = paths.filter((path) => !list.added.includes(path));
  const known = paths.reduce((all, path) => withPackage(all, path, {}), list);
  return { ...known, added: [...list.added, ...fresh] };
}

export type ChecksumVerdict = 'sidecar' | 'pasted' | 'mismatch' | 'none' | 'unread';

/** The state of a package's SHA-512. A pasted hash takes precedence over a file beside the package. */
export function checksumVerdict({ inventory, pasted, problem }: KnownPackage): ChecksumVerdict {
  if (problem?.code === 'package.checksum-mismatch' || inventory?.checksum === 'mismatch') return 'mismatch';
  if (inventory === null) return 'unread';
  if (pasted !== null && inventory.sha512 !== null)
    return inventory.sha512.toLowerCase() === pasted ? 'pasted' : 'mismatch';
  return inventory.checksum === 'ok' ? 'sidecar' : 'none';
}

/** Packages with these problems are not imported, because names are written only after the whole package was proven. */
const RUINS: ReadonlySet<string> = new Set([
  'package.checksum-mismatch',
  'package.damaged',
  'package.truncated',
  'package.unreadable',
]);

/** The problem that makes the whole package unusable; null when there is none. Damage of a part does not make the rest unusable. */
export function ruinOf({ name, problem, inventory }: KnownPackage): Problem | null {
  const ruins = (inventory?.problems ?? []).filter(({ code }) => RUINS.has(code));
  return problem ?? ruins.find(({ params }) => (params['archive'] ?? name) === name) ?? null;
}

/** True for a file that was read and holds neither a chart nor an image: there is nothing to import. */
export function isEmpty({ inventory }: Pick<KnownPackage, 'inventory'>): boolean {
  return inventory !== null && inventory.charts.length + inventory.images.length === 0;
}

/** True for a package that ends early or has a damaged part, and of which something was read whole. */
export function hasRest(known: KnownPackage): boolean {
  const code = ruinOf(known)?.code;
  const isDamaged = code === 'package.truncated' || code === 'package.damaged';
  return isDamaged && checksumVerdict(known) !== 'mismatch' && known.inventory !== null && !isEmpty(known);
}

/**
 * False for a file that does not match its hash, is no package, or cannot be read to its end, unless the person wants the rest of it.
 */
export function mayChoose(known: KnownPackage): boolean {
  if (checksumVerdict(known) === 'mismatch' || isEmpty(known)) return false;
  return ruinOf(known) === null || (known.takesRest === true && hasRest(known));
}

export interface ChosenPackage extends PackageFacts {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** A, B, C, ... */
  readonly tile: string;
  readonly gone: boolean;
}

export function chosenPackages({
  chosen,
  known,
}: Pick<PackageList, 'chosen' | 'known'>): readonly ChosenPackage[] {
  return chosen.map((path, index) => {
    const one = known[path] ?? unknownPackage(path);
    return {
      ...packageFacts(one.name, one.inventory),
      path,
      name: one.name,
      bytes: one.bytes,
      gone: one.gone,
      tile: tileOf(index),
    };
  });
}

/** A, B, ... Z, then numbers. */
export function tileOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : String(index + 1);
}

export type ChoiceMeaning = 'none' | 'one' | 'fused' | 'several' | 'other-versions' | 'same-platform';

/** How the chosen packages relate to each other. */
export function choiceMeaning(packages: readonly ChosenPackage[]): ChoiceMeaning {
  if (packages.length <= 1) return packages.length === 0 ? 'none' : 'one';
  const groups = [...groupBy(packages, ({ family }) => family).values()];
  const platformTwice = (group: readonly ChosenPackage[]): boolean => {
    const known = group.map(({ arch }) => arch).filter((arch) => arch !== '');
    return new Set(known).size < known.length;
  };
  const versions = (group: readonly ChosenPackage[]): number =>
    new Set(group.map(({ version }) => version)).size;
  if (groups.some((group) => versions(group) > 1)) return 'other-versions';
  if (groups.some(platformTwice)) return 'same-platform';
  return groups.some((group) => group.length > 1) ? 'fused' : 'several';
}

export interface PastedHash {
  readonly hash: string;
  /** The file that the line names; null for a bare hash. */
  readonly name: string | null;
}

/** Reads pasted lines: bare hex, `hash  name`, and the BSD form `SHA512 (name) = hash`. Other lines are ignored. */
export function parseHashes(text: string): readonly PastedHash[] {
  return text.split(/\r?\n/).flatMap((line): readonly PastedHash[] => {
    const tagged = /^\s*SHA512 \((.+)\) = ([0-9a-f]{128})\s*$/i.exec(line);
    if (tagged) return [{ hash: (tagged[2] ?? '').toLowerCase(), name: fileName(tagged[1] ?? '') }];
    const plain = /^\s*\\?([0-9a-f]{128})(?:\s+\*?(.+?))?\s*$/i.exec(line);
    if (!plain) return [];
    return [
      { hash: (plain[1] ?? '').toLowerCase(), name: plain[2] === undefined ? null : fileName(plain[2]) },
    ];
  });
}
