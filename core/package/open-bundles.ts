// The bundles of an archive that are being collected: which of them an entry belongs to, and which are complete.
import { AppError } from '../errors.js';
import { BundleUnit } from './bundle-unit.js';
import { ByteReader } from './bytes/byte-reader.js';
import { asDamage } from './bytes/damage.js';
import { isBundleName, isTarName, type ArchivePart } from './bytes/entry-role.js';
import { LIMITS } from '../flow/limits.js';
import { looksLikeJson } from './bytes/sniff.js';
import type { TreeEntry } from './bytes/tar-stream.js';
import { VisitorFailure, type Pass } from './stream/pass.js';

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
  /** True inside of a file whose name says that it is a bundle: what is damaged there can be no other bundle. */
  readonly isInBundle: boolean;
  /** True for an unpacked package: what lies in it are files on disk. */
  readonly isFolder: boolean;
}

/** Bytes of JSON files that are kept until it is known whether they are configs. */
const HELD_BACK = 32 << 20;

/** Bundles by their folder in the archive. Image archives without a chart are bundles, too. */
export class OpenBundles {
  readonly #place: Place;
  readonly #pass: Pass;
  /** Bundles that are not complete yet, by root. */
  readonly #open = new Map<string, BundleUnit>();
  readonly #closed = new Set<string>();
  /** JSON files that may be configs, by path. */
  readonly #held = new Map<string, TreeEntry>();
  #heldBytes = 0;
  #finished = 0;

  constructor(place: Place, pass: Pass) {
    this.#place = place;
    this.#pass = pass;
  }

  /** The bundle with exactly this root (`''` or `a/b/`), if it is open. */
  at(root: string): BundleUnit | undefined {
    return this.#open.get(root);
  }

  /** The image archive whose lists name the file at `path`. */
  listing(path: string): BundleUnit | undefined {
    return [...this.#open.values()].find((unit) => unit.lists(path));
  }

  /** True when one bundle is all that the archive has shown so far: the one at its top, or any where `anyRoot`. */
  isOnlyOne(anyRoot: boolean): boolean {
    const bundles = [...this.#open.values()].filter((unit) => unit.announced);
    return this.#finished === 0 && bundles.length === 1 && (anyRoot || bundles[0]?.root === '');
  }

  refuseAll(problem: AppError): void {
    for (const unit of this.#open.values()) unit.refuse(problem);
  }

  /** Finishes all bundles, at the end of the archive. */
  async finishAll(): Promise<void> {
    await this.#finish(() => true);
    this.#pass.budget.release(this.#heldBytes);
    this.#heldBytes = 0;
  }

  /** The bundle with this root; a new one where none is open. */
  unit(root: string): BundleUnit {
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
  archiveUnit(path: string, root: string, part: ArchivePart): BundleUnit {
    const units = [...this.#open.values()];
    if (isMovable(path, part)) {
      const around = units.find((unit) => unit.lists(path) || (unit.isLoose && root.startsWith(unit.root)));
      return around ?? this.unit(root);
    }
    if (!isCommonName(part) || this.#open.has(root)) return this.unit(root);
    const loose = units.find(
      (unit) => unit.isLoose && (root.startsWith(unit.root) || unit.root.startsWith(root)),
    );
    if (!loose) return this.unit(root);
    return loose.root.startsWith(root) ? this.#widen(loose, root) : loose;
  }

  #widen(unit: BundleUnit, root: string): BundleUnit {
    this.#open.delete(unit.root);
    unit.root = root;
    this.#open.set(root, unit);
    return unit;
  }

  /** Finishes the bundles whose folder ended before `path`. One that may be a folder of an image archive grows to the folder around both. */
  async leave(path: string): Promise<void> {
    this.#pass.budget.spend('work', this.#open.size, path);
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
  async holdBack(path: string, entry: TreeEntry): Promise<boolean> {
    if (isBundleName(path) || isTarName(path) || entry.size > LIMITS.configBytes) return false;
    if (!this.#pass.budget.canHold(entry.size)) return false;
    if (this.#heldBytes + entry.size > HELD_BACK || !looksLikeJson(await entry.body.peek(64))) return false;
    const bytes = (await entry.body.all(entry.size)) ?? Buffer.alloc(0);
    const cost = bytes.length + 2 * path.length;
    this.#pass.budget.hold(cost, path);
    this.#heldBytes += cost;
    this.#held.set(path, { ...entry, body: ByteReader.of(bytes) });
    return true;
  }

  /** Gives the JSON files that were held back below its folder to an image archive. */
  async #giveHeld(unit: BundleUnit): Promise<void> {
    try {
      this.#pass.budget.spend('work', this.#held.size, unit.path);
      for (const [path, entry] of this.#held) {
        if (!path.startsWith(unit.root)) continue;
        this.#held.delete(path);
        await unit.archive().take(path, entry, null);
      }
    } catch (error) {
      const problem = asDamage(error, unit.path, this.#pass.signal);
      if (problem === null || error instanceof VisitorFailure) throw error;
      unit.refuse(problem);
    }
  }

  async #finish(ended: (unit: BundleUnit) => boolean): Promise<void> {
    for (const [root, unit] of this.#open) {
      if (!ended(unit)) continue;
      this.#open.delete(root);
      if (unit.hasLists) await this.#giveHeld(unit);
      await unit.finish();
      if (!unit.announced) continue;
      this.#closed.add(root);
      this.#finished++;
    }
  }
}

/** True for parts whose names other software uses, too, so that they do not prove an image archive. */
export function isCommonName({ kind }: ArchivePart): boolean {
  return kind === 'manifest.json' || kind === 'index.json';
}

/** True for a layer or config whose folder may be one inside its archive; the folder blobs/sha256 is known to be one. */
export function isMovable(path: string, { kind }: ArchivePart): boolean {
  return (kind === 'layer' || kind === 'config') && !path.includes('blobs/sha256/');
}

/** The innermost folder ('' or `a/b/`) around a folder and a path. */
function commonFolder(folder: string, path: string): string {
  let common = folder;
  while (!path.startsWith(common)) common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1);
  return common;
}

/** The name of the innermost folder around a path; `''` at the top. */
export function folderOf(path: string): string {
  return path.split('/').at(-2) ?? '';
}

function scattered(bundle: string): AppError {
  return new AppError('package.bundle-scattered', { origin: 'package', params: { bundle } });
}
