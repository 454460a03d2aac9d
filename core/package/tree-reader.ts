// Reads the entries of an archive or folder and finds the bundles and image archives in it, by content and in any depth.
import { AppError } from '../errors.js';
import { BundleUnit } from './bundle-unit.js';
import { CHART_ARCHIVE_BYTES, CHART_START, chartFilesIn, isChartArchive } from './bytes/chart-archive.js';
import { asDamage, damaged, overLimit, unsupportedCompression } from './bytes/damage.js';
import { cleanPath, entryRole, isBundleName, isTarName, type EntryRole } from './bytes/entry-role.js';
import { LIMITS } from '../flow/limits.js';
import { storagePart } from './images/registry-storage.js';
import { isFirstOfChart, wrapPart } from './images/wrap.js';
import { readInside } from './inside-archive.js';
import { folderOf, isCommonName, isMovable, OpenBundles, type Place } from './open-bundles.js';
import type { Foreign } from './open-tar.js';
import { VisitorFailure, type Pass } from './stream/pass.js';
import { archiveFormatOf, compressionOf, looksLikeJson, type ArchiveFormat } from './bytes/sniff.js';
import { looksLikeTar } from './bytes/tar-grammar.js';
import type { TreeEntry } from './bytes/tar-stream.js';

/** Names that a message lists of a package in which nothing was found. */
export const NAMED = 6;
/** Bytes that tell how a file is compressed. */
const MAGIC_BYTES = 6;

/** Reads one archive or folder; archives inside it get a reader of their own. */
export class TreeReader {
  readonly #place: Place;
  readonly #pass: Pass;
  readonly #open: OpenBundles;
  /** Folders of charts that lie unpacked in the archive: '' or `a/b/`. */
  readonly #chartFolders = new Set<string>();
  /** Reader of the nested archive that is being read now. */
  #inside: TreeReader | null = null;

  constructor(place: Place, pass: Pass) {
    this.#place = place;
    this.#pass = pass;
    this.#open = new OpenBundles(place, pass);
  }

  /** Reads to the end and finishes every bundle. After an error the caller has to call abandon(), or bundles stay unfinished. */
  async read(entries: AsyncIterable<TreeEntry>): Promise<void> {
    for await (const entry of entries) await this.#take(entry);
    await this.#open.finishAll();
  }

  /**
   * Finishes the bundles that an unreadable archive left unfinished, each with this problem. Returns true when one bundle was all
   * that the archive held; false when further bundles may be lost or damaged, so that the caller has to report it, too.
   * @param oneBundle the archive's name says that it holds one bundle
   */
  async abandon(problem: AppError, oneBundle = false): Promise<boolean> {
    await this.#inside?.abandon(problem);
    const only = this.#open.isOnlyOne(oneBundle);
    this.#open.refuseAll(problem);
    await this.#open.finishAll();
    return only;
  }

  async #take(entry: TreeEntry): Promise<void> {
    const { path, unsafe } = cleanPath(entry.path);
    const inside = entry.type === 'directory' ? `${path}/` : path;
    if (path.split('/').length > LIMITS.pathDepth)
      throw overLimit(this.#nameOf(path), 'folders in folders', LIMITS.pathDepth);
    if (this.#place.depth === 1 && this.#pass.topNames.size <= NAMED)
      this.#pass.topNames.add(path.split('/')[0] ?? '');
    await this.#open.leave(inside);
    const role = entryRole(path);
    if (role.kind === 'chart') {
      const unit = this.#open.unit(role.root);
      return this.#contained(unit, entry, () => unit.takeChartFile(role.path, path, entry, unsafe));
    }
    if (entry.type === 'directory' || entry.type === 'other') return;
    if (!unsafe && (await this.#tookForeign(path, role, entry))) return;
    if (unsafe) return this.#refuseUnsafe(role, path, entry);
    if (role.kind === 'archive') {
      const unit = this.#open.archiveUnit(path, role.root, role.part);
      if (!isCommonName(role.part)) await unit.announce();
      if (!isMovable(path, role.part)) unit.fixRoot();
      return this.#contained(unit, entry, () => unit.archive().take(path, entry, role.part));
    }
    if (entry.type !== 'file') return this.#skipLink(role.kind === 'images' ? role.root : null, path, entry);
    if (role.kind === 'hints') return this.#open.unit(role.root).takeHints(entry);
    if (role.kind === 'images') return this.#images(this.#open.unit(role.root), path, entry);
    await this.#other(path, entry);
  }

  /** Reads a file of a package that another tool made in a form of its own: a wrap of dt, or the storage of a registry (mindthegap). */
  async #tookForeign(path: string, role: EntryRole, entry: TreeEntry): Promise<boolean> {
    const stored = entry.type === 'file' ? storagePart(path) : null;
    if (stored) {
      const unit = this.#open.unit(stored.root);
      unit.fixRoot();
      await unit.announce();
      await this.#contained(unit, entry, () =>
        stored.kind === 'tag' ? unit.takeTag(stored, entry) : unit.archive().take(path, entry, stored),
      );
      return true;
    }
    const wrapped = wrapPart(path);
    if (!wrapped) return false;
    if (wrapped.kind === 'chart') {
      const isKnown = this.#open.at(wrapped.root)?.isWrap ?? false;
      if (role.kind !== 'other' || isTarName(path) || !(isKnown || isFirstOfChart(wrapped.path)))
        return false;
      const unit = this.#open.unit(wrapped.root);
      await this.#contained(unit, entry, () => unit.takeWrappedFile(wrapped.path, path, entry, false));
      return true;
    }
    const unit = this.#open.at(wrapped.root);
    if (!unit?.isWrap || entry.type !== 'file') return false;
    if (wrapped.kind === 'archive') await this.#images(unit, path, entry);
    else {
      const inside = entryRole(wrapped.path);
      const part = inside.kind === 'archive' ? inside.part : null;
      const archive = unit.archive(`${unit.path}/${wrapped.layout}`);
      await unit.announce();
      await this.#contained(unit, entry, () => archive.take(wrapped.path, entry, part));
    }
    return true;
  }

  /** Does a step whose failure is a problem of the bundle alone, unless the archive around the entry cannot be read on. */
  async #contained(unit: BundleUnit, entry: TreeEntry, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      const problem = asDamage(error, unit.path, this.#pass.signal);
      if (problem === null || error instanceof VisitorFailure) throw error;
      // throws the same error when it is the archive that is damaged
      await entry.body.drain();
      unit.refuse(problem);
    }
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
    const unit = this.#open.unit(role.root);
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
          await this.#contained(unit, inner, () => unit.archive(label).take(clean.path, inner, part));
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
    const around = this.#open.at(path.slice(0, path.lastIndexOf('/') + 1));
    if (around?.announced && path.endsWith('.json') && looksLikeJson(await entry.body.peek(64))) {
      return this.#contained(around, entry, () => around.archive().take(path, entry, null));
    }
    const owner = this.#open.listing(path);
    if (owner) {
      await owner.announce();
      return this.#contained(owner, entry, () => owner.archive().take(path, entry, null));
    }
    if (await this.#open.holdBack(path, entry)) return;
    const place = this.#placeOf(path);
    const name = place.path;
    if (path.endsWith('/Chart.yaml') || path === 'Chart.yaml')
      this.#chartFolders.add(path.slice(0, -'Chart.yaml'.length));
    if (await this.#tookChart(path, name, entry)) return;
    if (await this.#tookYaml(path, name, entry)) return;
    let tree: TreeReader | null = null;
    if (this.#place.depth === 1) this.#pass.budget.nextPart();
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
        else if (this.#place.isInBundle) throw problem;
        else this.#pass.addDamage(problem);
      },
      foreign: async (what) => {
        if (mayHoldBundle(path, what)) await this.#lostBundle(place, unreadArchive(name, path, what));
        else if (what.format !== null || path.endsWith('.tgz')) this.#skipped(name, what.detail);
      },
    });
    this.#inside = null;
  }

  /** Keeps a chart archive; those below another chart are its subcharts. */
  async #tookChart(path: string, name: string, { body, size }: TreeEntry): Promise<boolean> {
    // Most files show by their first bytes that they are no chart. More is asked for only then, so that a bundle that was cut soon after
    // its begin is still named.
    if (size > CHART_ARCHIVE_BYTES || compressionOf(await body.peek(MAGIC_BYTES)) !== 'gzip') return false;
    if (!isChartArchive(await body.peek(CHART_START))) return false;
    const isSubchart = [...this.#chartFolders].some((folder) => path.startsWith(`${folder}charts/`));
    const bytes = await body.all(CHART_ARCHIVE_BYTES);
    const files = bytes && chartFilesIn(bytes);
    if (isSubchart) return true;
    if (!files) this.#skipped(name, 'a chart that cannot be read');
    else this.#pass.addLooseChart({ folder: chartFolderOf(path), path: name, files });
    return true;
  }

  /** Keeps a small YAML file, which may be the list of the charts. Those inside a chart archive are no such list. */
  async #tookYaml(path: string, name: string, { body, size }: TreeEntry): Promise<boolean> {
    const { yamlFiles } = this.#pass;
    const isInChart = this.#place.depth > 1 && this.#place.path.endsWith('.tgz');
    if (
      isInChart ||
      !/\.ya?ml$/.test(path) ||
      size > LIMITS.yamlFileBytes ||
      yamlFiles.length >= LIMITS.yamlFiles ||
      !this.#pass.budget.affords('yaml', size)
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

  /** @param root of the bundle whose images.tar the link stands for, or null. */
  async #skipLink(root: string | null, path: string, entry: TreeEntry): Promise<void> {
    const params = { entry: this.#nameOf(path), to: entry.linkpath };
    const problem = new AppError('package.link-skipped', { origin: 'package', params });
    if (root !== null) {
      const unit = this.#open.unit(root);
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
      isInBundle: this.#place.isInBundle || isBundleName(path),
      isFolder: false,
    };
  }

  #nameOf(path: string): string {
    return path === '' ? this.#place.path : this.#place.prefix + path.replace(/\/$/, '');
  }
}

/** The folder of a package that a chart archive lies in; `charts` is what other tools and folder targets call all of them. */
function chartFolderOf(path: string): string {
  const folder = folderOf(path);
  return folder === 'charts' ? '' : folder;
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

function bundleEmpty(bundle: string): AppError {
  return new AppError('package.bundle-empty', { origin: 'package', params: { bundle } });
}
