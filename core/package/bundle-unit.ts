// Collects the parts of one bundle while the package is read: hints, chart files and image archives, in any order.
import { AppError } from '../errors.js';
import { archiveImages, tagConflict } from './images/archive-images.js';
import { asDamage, overLimit } from './bytes/damage.js';
import { ImageArchive, type BlobSink } from './images/image-archive.js';
import { LIMITS } from '../flow/limits.js';
import { linkTarget } from './images/link-path.js';
import { LINK_BYTES, RegistryStorage, type StoragePart } from './images/registry-storage.js';
import { IMAGES_LOCK, namedByLock } from './images/wrap.js';
import type { BundleId, ChartFiles, PackageImage } from './stream/package-stream.js';
import type { Pass } from './stream/pass.js';
import type { TreeEntry } from './bytes/tar-stream.js';

/** Where a bundle lies in the package. */
export interface BundlePlace {
  /** Last segment of the folder that holds it. */
  readonly folder: string;
  /** Path inside the package. */
  readonly path: string;
  /** True when a checksum around it (gzip's CRC) proves every byte of it. */
  readonly isChecked: boolean;
}

/** What a name costs in memory beyond its characters: an entry of a map, and the objects in it. */
const NAME_COST = 200;

/** One bundle, or one image archive without a chart, while its entries are read. */
export class BundleUnit {
  /** Folder of the bundle inside its archive: '' or `a/b/`. */
  root: string;
  readonly #place: BundlePlace;
  readonly #pass: Pass;
  readonly #chart = new Map<string, Buffer>();
  /** Chart path to the path that it links to, both inside the chart. */
  readonly #links = new Map<string, string>();
  readonly #archives = new Map<string, ImageArchive>();
  readonly #sink: BlobSink;
  #id: BundleId | null = null;
  #headGiven = false;
  #isFixed = false;
  #hints: Buffer | null = null;
  #chartBytes = 0;
  /** Bytes that are counted in the budget until the bundle ends. */
  #held = 0;
  #hasImages = false;
  #problem: AppError | null = null;
  #isWrap = false;
  /** Null for everything but the storage of a registry. */
  #storage: RegistryStorage | null = null;

  constructor(root: string, place: BundlePlace, pass: Pass) {
    this.root = root;
    this.#place = place;
    this.#pass = pass;
    this.#sink = {
      deliver: async (blob) => {
        const id = await this.announce();
        if (!this.#headGiven) {
          this.#headGiven = true;
          await pass.bundleHead(id, { hints: this.#hints, chart: this.#chartFiles() });
        }
        await pass.blob(id, blob);
      },
      proven: async (blob, problem) => pass.blobProven(await this.announce(), blob, problem),
      note: pass.note,
      hold: (bytes, entry) => this.#hold(bytes, entry),
    };
  }

  /** The path by which problems name the bundle. */
  get path(): string {
    return this.#place.path;
  }

  /**
   * True once its entries prove that this is a bundle or image archive. A file that is called hints.yaml or manifest.json does not
   * prove it, because other software writes files of these names, too.
   */
  get announced(): boolean {
    return this.#id !== null;
  }

  /** Calls the visitor's bundleStart, once. Returns the bundle's number, folder and path. */
  async announce(): Promise<BundleId> {
    this.#id ??= await this.#pass.bundleStart(this.#place.folder, this.#place.path);
    return this.#id;
  }

  /** Marks the whole bundle as unusable: no tag or chart is written from it. The first problem is kept. */
  refuse(problem: AppError): void {
    this.#problem ??= problem;
  }

  async takeHints(entry: TreeEntry): Promise<void> {
    this.#hints = await entry.body.all(LIMITS.hintsBytes);
    if (this.#hints === null)
      this.refuse(overLimit(`${this.path}/hints.yaml`, 'hints.yaml', LIMITS.hintsBytes));
  }

  /** @param file path inside the chart. @param path path inside the archive. */
  async takeChartFile(file: string, path: string, entry: TreeEntry, unsafe: boolean): Promise<void> {
    if (entry.type === 'directory') return;
    await this.announce();
    await this.#takeChartFile(file, path, entry, unsafe);
  }

  /** The same for a chart in a folder that is a wrap only if the chart has an Images.lock; else nothing comes of it. */
  async takeWrappedFile(file: string, path: string, entry: TreeEntry, unsafe: boolean): Promise<void> {
    if (entry.type === 'directory') return;
    if (file === IMAGES_LOCK) await this.announce();
    this.#isWrap = true;
    await this.#takeChartFile(file, path, entry, unsafe);
  }

  async #takeChartFile(file: string, path: string, entry: TreeEntry, unsafe: boolean): Promise<void> {
    if (unsafe) {
      this.refuse(this.#chartProblem('package.chart-path-unsafe', entry.path));
      return;
    }
    if (this.#chart.size + this.#links.size >= LIMITS.chartFiles) {
      this.refuse(overLimit(`${this.path}/${file}`, 'files of a chart', LIMITS.chartFiles));
      return;
    }
    this.#hold(NAME_COST + 2 * file.length, `${this.path}/${file}`);
    if (entry.type === 'symlink' || entry.type === 'link') {
      const target = linkTarget(path, entry);
      const chartRoot = path.slice(0, path.length - file.length);
      this.#links.set(file, target.startsWith(chartRoot) ? target.slice(chartRoot.length) : '');
      return;
    }
    if (entry.type !== 'file') return;
    const name = `${this.path}/${file}`;
    this.#chartBytes += entry.size;
    if (this.#chartBytes > LIMITS.chartBytes) {
      this.refuse(overLimit(name, 'all chart files', LIMITS.chartBytes));
      return;
    }
    this.#hold(Math.min(entry.size, LIMITS.chartFileBytes), name);
    const bytes = await entry.body.all(LIMITS.chartFileBytes);
    if (bytes === null) {
      this.refuse(overLimit(name, 'a chart file', LIMITS.chartFileBytes));
      return;
    }
    this.#chart.set(file, bytes);
  }

  /** A tag of the registry storage that the bundle is. */
  async takeTag(part: Extract<StoragePart, { kind: 'tag' }>, entry: TreeEntry): Promise<void> {
    await this.announce();
    this.#storage ??= new RegistryStorage();
    this.#hold(NAME_COST + 2 * (part.repository.length + part.tag.length), this.path);
    const link = await entry.body.all(LINK_BYTES);
    if (link !== null) this.#storage.add(part, link.toString('utf8'));
  }

  /** True where an Images.lock may still show that the bundle is a wrap of dt. */
  get isWrap(): boolean {
    return this.#isWrap;
  }

  /** Marks that the bundle has an images.tar, so that a missing manifest.json is a problem. */
  async takeImages(): Promise<void> {
    await this.announce();
    this.#hasImages = true;
  }

  /** The image archive of this bundle: its images.tar by that file's path, or the bundle's folder itself. */
  archive(label = this.path): ImageArchive {
    const archive = this.#archives.get(label) ?? new ImageArchive(label, this.#sink, this.#pass);
    this.#archives.set(label, archive);
    return archive;
  }

  /** True when manifest.json or index.json of an image archive in its folder was read. */
  get hasLists(): boolean {
    return (this.#archives.get(this.path)?.lists.size ?? 0) > 0;
  }

  /** True when a manifest.json that was read names the file at `path`. */
  lists(path: string): boolean {
    return this.#archives.get(this.path)?.isListed(path) ?? false;
  }

  /** Says that the folder of the bundle is certain, so that the bundle does not become that of a folder around it. */
  fixRoot(): void {
    this.#isFixed = true;
  }

  /** True while it is only known by layers and configs whose folder may be a folder of an image archive, like `layers/<hex>.tar`. */
  get isLoose(): boolean {
    if (this.#isFixed) return false;
    if (this.#hints !== null || this.#hasImages || this.#chart.size + this.#links.size > 0) return false;
    return (
      this.#archives.size > 0 && [...this.#archives.values()].every((archive) => archive.lists.size === 0)
    );
  }

  #hold(bytes: number, entry: string): void {
    this.#pass.budget.hold(bytes, entry);
    this.#held += bytes;
  }

  /** Ends the bundle and calls the visitor's bundleEnd. A unit that was never announced is dropped silently. */
  async finish(): Promise<void> {
    try {
      await this.#finish();
    } finally {
      this.#pass.budget.release(this.#held);
      this.#held = 0;
    }
  }

  async #finish(): Promise<void> {
    if (this.#id === null) return;
    if (!this.#place.isChecked && (this.#hints !== null || this.#chart.size > 0))
      this.#pass.hasUncheckedText = true;
    const images: PackageImage[] = [];
    const storage = this.#storage;
    if (storage) {
      const { yamlFiles } = this.#pass;
      const list = yamlFiles.find(({ path }) => path.endsWith(`${this.root}images.yaml`));
      const archive = this.archive();
      const index = this.#orRefuse(archive.label, () => storage.indexJson(archive, list?.text ?? null));
      if (index) archive.setIndex(index);
    }
    for (const archive of this.#archives.values()) {
      const found = this.#orRefuse(archive.label, () => archiveImages(archive));
      if (found === null) continue;
      if (found.problem) this.refuse(found.problem);
      for (const blob of found.toDeliver) await archive.deliverKept(blob);
      found.notes.forEach(this.#pass.note);
      for (const { name: path, files } of found.charts)
        this.#pass.addLooseChart({ folder: this.#place.folder, path, files });
      images.push(...found.images);
    }
    if (this.#archives.size > 1) {
      const conflict = tagConflict(this.path, images, new Set());
      if (conflict) this.refuse(conflict);
    }
    if (this.#hasImages && this.#archives.size === 0) {
      this.refuse(
        new AppError('package.manifest-missing', { origin: 'package', params: { archive: this.path } }),
      );
    }
    const named = this.#named(images);
    await this.#pass.bundleEnd(this.#id, {
      chart: this.#chartFiles(),
      hints: this.#hints,
      images: named,
      hasImages: this.#hasImages || this.#archives.size > 0,
      problem: this.#problem,
    });
  }

  /** The images with the names that a wrap's Images.lock gives them; none where the lock cannot be used, which refuses the bundle. */
  #named(images: readonly PackageImage[]): readonly PackageImage[] {
    if (!this.#isWrap) return images;
    const { budget } = this.#pass;
    const path = `${this.path}/${IMAGES_LOCK}`;
    const lock = this.#chart.get(IMAGES_LOCK);
    return this.#orRefuse(path, () => namedByLock(images, lock, budget, path)) ?? [];
  }

  /** What `work` makes of the parts of the bundle; null where they cannot be used, which refuses the bundle. */
  #orRefuse<T>(path: string, work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      const problem = asDamage(error, path, this.#pass.signal);
      if (problem === null) throw error;
      this.refuse(problem);
      return null;
    }
  }

  /** The chart's files that were read until now, with links replaced by the files that they lead to; null when there is none. */
  #chartFiles(): ChartFiles | null {
    if (this.#chart.size === 0 && this.#links.size === 0) return null;
    const files = new Map(this.#chart);
    for (const [file, target] of this.#links) {
      let at = target;
      for (let hops = 0; hops < LIMITS.linkHops && this.#links.has(at); hops++)
        at = this.#links.get(at) ?? '';
      const bytes = this.#chart.get(at);
      if (bytes) files.set(file, bytes);
      else this.refuse(this.#chartProblem('package.chart-link', file));
    }
    return files;
  }

  #chartProblem(code: 'package.chart-path-unsafe' | 'package.chart-link', path: string): AppError {
    return new AppError(code, { origin: 'package', params: { bundle: this.path, path } });
  }
}
