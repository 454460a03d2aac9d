// Reads the entries of an archive or folder and finds the bundles and image archives in it, by content and in any depth.
import { AppError } from '../errors.js';
import { ByteReader } from './bytes/byte-reader.js';
import { BundleUnit } from './bundle-unit.js';
import { damaged, unsupportedCompression } from './bytes/damage.js';
import {
  cleanPath,
  entryRole,
  isBundleName,
  isTarName,
  type ArchivePart,
  type EntryRole,
} from './bytes/entry-role.js';
import { LIMITS } from './bytes/limits.js';
import { readInside } from './inside-archive.js';
import type { Foreign } from './open-tar.js';
import type { Pass } from './stream/pass.js';
import { archiveFormatOf, looksLikeJson, type ArchiveFormat } from './bytes/sniff.js';
import { looksLikeTar, type TreeEntry } from './bytes/tar-stream.js';

/** Where an archive lies in the package. */
export interface Place {
  /** Path inside the package, or the package's own name. */
  readonly path: string;
  /** Prefix of the paths of its entries in problems: '' or `a/b.tar/`. */
  readonly prefix: string;
  /** Name of the folder that holds the archive; bundles at the top of the archive get this folder. */
  readonly folder: string;
  readonly depth: number;
  /** True when a checksum around it (gzip's CRC) proves every byte of it. */
  readonly isChecked: boolean;
  /** True for an unpacked package: what lies in it are files on disk. */
  readonly isFolder: boolean;
}

/** Bytes of JSON files that are kept until it is known whether they are configs. */
const HELD_BACK = 32 << 20;

export class TreeReader {
  readonly #place: Place;
  readonly #pass: Pass;
  /** Bundles that are not complete yet, by root. */
  readonly #open = new Map<string, BundleUnit>();
  readonly #closed = new Set<string>();
  /** Reader of the nested archive that is being read now. */
  #inside: TreeReader | null = null;
  /** JSON files that may be configs, by path. */
  readonly #held = new Map<string, TreeEntry>();
  #heldBytes = 0;
  #finished = 0;

  constructor(place: Place, pass: Pass) {
    this.#place = place;
    this.#pass = pass;
  }

  /** Reads to the end and finishes every bundle. After an error the caller has to call abandon(), or bundles stay unfinished. */
  async read(entries: AsyncIterable<TreeEntry>): Promise<void> {
    for await (const entry of entries) await this.#take(entry);
    await this.#finish(() => true);
  }

  /**
   * Finishes the bundles that an unreadable archive left unfinished, each with this problem. Returns true when one bundle was all
   * that the archive held; false when further bundles may be lost or damaged, so that the caller has to report it, too.
   * @param oneBundle the archive's name says that it holds one bundle
   */
  async abandon(problem: AppError, oneBundle = false): Promise<boolean> {
    await this.#inside?.abandon(problem);
    const bundles = [...this.#open.values()].filter((unit) => unit.announced);
    const only = this.#finished === 0 && bundles.length === 1 && (oneBundle || bundles[0]?.root === '');
    for (const unit of this.#open.values()) unit.refuse(problem);
    await this.#finish(() => true);
    return only;
  }

  async #take(entry: TreeEntry): Promise<void> {
    const { path, unsafe } = cleanPath(entry.path);
    const inside = entry.type === 'directory' ? `${path}/` : path;
    await this.#leave(inside);
    const role = entryRole(path);
    if (role.kind === 'chart') {
      return this.#unit(role.root).takeChartFile(role.path, path, entry, unsafe);
    }
    if (entry.type === 'directory' || entry.type === 'other') return;
    if (unsafe) return this.#refuseUnsafe(role, path, entry);
    if (role.kind === 'archive') {
      const unit = this.#archiveUnit(path, role.root, role.part);
      if (!isCommonName(role.part)) await unit.announce();
      if (!isMovable(path, role.part)) unit.fixRoot();
      return unit.archive().take(path, entry, role.part);
    }
    if (entry.type !== 'file') return this.#skipLink(role.kind === 'images' ? role.root : null, path, entry);
    if (role.kind === 'hints') return this.#unit(role.root).takeHints(entry);
    if (role.kind === 'images') return this.#images(this.#unit(role.root), path, entry);
    await this.#other(path, entry);
  }

  /** Reports what would have been read from an entry whose path is absolute or holds `..`; other files are left out silently. */
  async #refuseUnsafe(
    role: Exclude<EntryRole, { kind: 'chart' }>,
    path: string,
    entry: TreeEntry,
  ): Promise<void> {
    const problem = new AppError('package.path-unsafe', { origin: 'package', params: { entry: entry.path } });
    if (role.kind === 'other') {
      const start = entry.type === 'file' ? await entry.body.peek(512) : Buffer.alloc(0);
      if (isBundleName(path) || isTarName(path) || looksLikeTar(start) || archiveFormatOf(start) !== null)
        await this.#lostBundle(this.#placeOf(path), problem);
      return;
    }
    const unit = this.#unit(role.root);
    if (role.kind === 'images') await unit.takeImages();
    if (role.kind === 'archive' && !isCommonName(role.part)) await unit.announce();
    unit.refuse(problem);
  }

  /** Reads images.tar of a bundle. Damage of it is a problem of the bundle. */
  async #images(unit: BundleUnit, path: string, entry: TreeEntry): Promise<void> {
    await unit.takeImages();
    const label = this.#nameOf(path);
    const { depth, isChecked, isFolder } = this.#place;
    const at = { name: label, depth: depth + 1, isChecked, isOnDisk: isFolder };
    await readInside(entry, at, this.#pass, {
      read: async (entries) => {
        for await (const inner of entries) {
          const clean = cleanPath(inner.path);
          const role = entryRole(clean.path);
          if (clean.unsafe || inner.type === 'directory') continue;
          const part = role.kind === 'archive' ? role.part : null;
          await unit.archive(label).take(clean.path, inner, part);
        }
      },
      failed: async (problem) => {
        unit.refuse(problem);
      },
      foreign: async (what) => {
        unit.refuse(unreadArchive(label, path, what));
      },
    });
  }

  /** Reads a file whose name tells no role: a nested archive, JSON of the image archive that it lies in, or a file that is not needed. */
  async #other(path: string, entry: TreeEntry): Promise<void> {
    const around = this.#open.get(path.slice(0, path.lastIndexOf('/') + 1));
    if (around?.announced && path.endsWith('.json') && looksLikeJson(await entry.body.peek(64))) {
      return around.archive().take(path, entry, null);
    }
    const owner = [...this.#open.values()].find((unit) => unit.lists(path));
    if (owner) {
      await owner.announce();
      return owner.archive().take(path, entry, null);
    }
    if (await this.#holdBack(path, entry)) return;
    const place = this.#placeOf(path);
    const name = place.path;
    if (await this.#tookYaml(path, name, entry)) return;
    let tree: TreeReader | null = null;
    const before = this.#pass.bundles;
    await readInside(entry, { ...place, name, isOnDisk: this.#place.isFolder }, this.#pass, {
      read: async (entries, isChecked) => {
        tree = new TreeReader({ ...place, isChecked }, this.#pass);
        this.#inside = tree;
        await tree.read(entries);
        if (this.#pass.bundles !== before) return;
        if (isBundleName(path)) await this.#lostBundle(place, bundleEmpty(name));
        else if (path.endsWith('.tgz')) this.#pass.chartArchives += 1;
      },
      failed: async (problem) => {
        if (await tree?.abandon(problem, isBundleName(path))) return;
        if (this.#pass.bundles === before && isBundleName(path)) await this.#lostBundle(place, problem);
        // a chart archive beside the bundles is not read anyway
        else if (this.#pass.bundles === before && path.endsWith('.tgz')) this.#skipped(name, problem.message);
        else this.#pass.addDamage(problem);
      },
      foreign: async (what) => {
        if (mayHoldBundle(path, what)) await this.#lostBundle(place, unreadArchive(name, path, what));
        else if (what.format !== null || path.endsWith('.tgz')) this.#skipped(name, what.detail);
      },
    });
    this.#inside = null;
  }

  /** Keeps a small YAML file, which may be the list of the charts. Those inside a chart archive are no such list. */
  async #tookYaml(path: string, name: string, { body, size }: TreeEntry): Promise<boolean> {
    const { yamlFiles } = this.#pass;
    const isInChart = this.#place.depth > 1 && this.#place.path.endsWith('.tgz');
    if (
      isInChart ||
      !/\.ya?ml$/.test(path) ||
      size > LIMITS.yamlFileBytes ||
      yamlFiles.length >= LIMITS.yamlFiles
    )
      return false;
    const bytes = await body.all(LIMITS.yamlFileBytes);
    if (bytes !== null) yamlFiles.push({ path: name, text: bytes.toString('utf8') });
    return true;
  }

  /** Reports a bundle that is known by the name of its file only, because its content cannot be read. */
  async #lostBundle(place: Place, problem: AppError): Promise<void> {
    const unit = new BundleUnit('', place, this.#pass);
    await unit.announce();
    unit.refuse(problem);
    await unit.finish();
  }

  #unit(root: string): BundleUnit {
    const known = this.#open.get(root);
    if (known) return known;
    const inner = root.slice(0, -1);
    const path = root === '' ? this.#place.path : this.#place.prefix + inner;
    const { folder, isChecked } = this.#place;
    const unit = new BundleUnit(root, { folder: folderOf(inner) || folder, path, isChecked }, this.#pass);
    if (this.#closed.has(root)) unit.refuse(scattered(path));
    this.#open.set(root, unit);
    return unit;
  }

  /**
   * The unit that a part of an image archive belongs to. Its lists (manifest.json, index.json) lie in its folder; its layers and configs may
   * lie in folders below, like `layers/<hex>.tar`, and come first. They are taken for an archive of their own until a list names them, or
   * lies in a folder around them.
   */
  #archiveUnit(path: string, root: string, part: ArchivePart): BundleUnit {
    const units = [...this.#open.values()];
    if (isMovable(path, part)) {
      const around = units.find((unit) => unit.lists(path) || (unit.isLoose && root.startsWith(unit.root)));
      return around ?? this.#unit(root);
    }
    if (!isCommonName(part) || this.#open.has(root)) return this.#unit(root);
    const loose = units.find(
      (unit) => unit.isLoose && (root.startsWith(unit.root) || unit.root.startsWith(root)),
    );
    if (!loose) return this.#unit(root);
    return loose.root.startsWith(root) ? this.#widen(loose, root) : loose;
  }

  #widen(unit: BundleUnit, root: string): BundleUnit {
    this.#open.delete(unit.root);
    unit.root = root;
    this.#open.set(root, unit);
    return unit;
  }

  /** Finishes the bundles whose folder ended before `path`. One that may be a folder of an image archive grows to the folder around both. */
  async #leave(path: string): Promise<void> {
    for (const unit of [...this.#open.values()]) {
      if (path.startsWith(unit.root) || !unit.isLoose) continue;
      const root = commonFolder(unit.root, path);
      if (!this.#open.has(root)) this.#widen(unit, root);
    }
    await this.#finish((unit) => !path.startsWith(unit.root));
  }

  /**
   * Keeps a JSON file with a plain name, which may be the config of an image archive around it that has not begun yet (`config.json` of Jib).
   * False when the file is none, or too much is kept already.
   */
  async #holdBack(path: string, entry: TreeEntry): Promise<boolean> {
    if (isBundleName(path) || isTarName(path) || entry.size > LIMITS.configBytes) return false;
    if (this.#heldBytes + entry.size > HELD_BACK || !looksLikeJson(await entry.body.peek(64))) return false;
    const bytes = (await entry.body.all(entry.size)) ?? Buffer.alloc(0);
    this.#heldBytes += bytes.length;
    this.#held.set(path, { ...entry, body: ByteReader.of(bytes) });
    return true;
  }

  async #finish(ended: (unit: BundleUnit) => boolean): Promise<void> {
    for (const [root, unit] of this.#open) {
      if (!ended(unit)) continue;
      this.#open.delete(root);
      if (!unit.announced) continue;
      if (unit.hasLists) {
        for (const [path, entry] of this.#held) {
          if (!path.startsWith(root)) continue;
          this.#held.delete(path);
          await unit.archive().take(path, entry, null);
        }
      }
      this.#closed.add(root);
      await unit.finish();
      this.#finished++;
    }
  }

  /** @param root of the bundle whose images.tar the link stands for, or null. */
  async #skipLink(root: string | null, path: string, entry: TreeEntry): Promise<void> {
    const params = { entry: this.#nameOf(path), to: entry.linkpath };
    const problem = new AppError('package.link-skipped', { origin: 'package', params });
    if (root !== null) {
      const unit = this.#unit(root);
      await unit.takeImages();
      unit.refuse(problem);
    } else if (isBundleName(path)) {
      await this.#lostBundle(this.#placeOf(path), problem);
    } else {
      this.#pass.note(problem);
    }
  }

  #skipped(entry: string, detail: string): void {
    this.#pass.note(new AppError('package.skipped', { origin: 'package', params: { entry, detail } }));
  }

  /** The place of an archive that lies at `path` in this one. */
  #placeOf(path: string): Place {
    const { folder, depth, isChecked } = this.#place;
    const name = this.#nameOf(path);
    return {
      path: name,
      prefix: `${name}/`,
      folder: folderOf(path) || folder,
      depth: depth + 1,
      isChecked,
      isFolder: false,
    };
  }

  #nameOf(path: string): string {
    return path === '' ? this.#place.path : this.#place.prefix + path.replace(/\/$/, '');
  }
}

/** True for parts whose names other software uses, too, so that they do not prove an image archive. */
function isCommonName({ kind }: ArchivePart): boolean {
  return kind === 'manifest.json' || kind === 'index.json';
}

/** True for a layer or config whose folder may be one inside its archive; the folder blobs/sha256 is known to be one. */
function isMovable(path: string, { kind }: ArchivePart): boolean {
  return (kind === 'layer' || kind === 'config') && !path.includes('blobs/sha256/');
}

/** True for a file that cannot be read and may hold a bundle, by its name or because it is compressed. */
function mayHoldBundle(path: string, { format }: Foreign): boolean {
  if (isBundleName(path) || isTarName(path)) return true;
  if (format === null || format === 'gzip' || NOT_OF_TAR.has(format)) return false;
  // `notes.json.xz` is a compressed file of a known kind; `harvest-1.0.0.xz` may be anything
  return !/\.[a-z][a-z0-9]{0,5}\.\w+$/i.test(path);
}

/** Formats in which nobody stores bundles; a file with such a content is skipped unless its name says bundle or tar. */
const NOT_OF_TAR: ReadonlySet<ArchiveFormat> = new Set(['zip', '7z', 'rar']);

function unreadArchive(name: string, path: string, { format, detail }: Foreign): AppError {
  return format === null || format === 'gzip'
    ? damaged(name, path, 0, detail)
    : unsupportedCompression(name, format);
}

/** The innermost folder ('' or `a/b/`) around a folder and a path. */
function commonFolder(folder: string, path: string): string {
  let common = folder;
  while (!path.startsWith(common)) common = common.replace(/[^/]+\/$/, '');
  return common;
}

function folderOf(path: string): string {
  return path.split('/').at(-2) ?? '';
}

function bundleEmpty(bundle: string): AppError {
  return new AppError('package.bundle-empty', { origin: 'package', params: { bundle } });
}

function scattered(bundle: string): AppError {
  return new AppError('package.bundle-scattered', { origin: 'package', params: { bundle } });
}
