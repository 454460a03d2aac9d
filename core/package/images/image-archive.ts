// Collects the files of a docker-archive or OCI layout as they are read: it passes layers on and keeps JSON until the end.
// docker save 25 and newer writes both forms into one archive, so one class reads both.
import type { Descriptor } from '../../content/descriptor.js';
import { digestOf, type Digest } from '../../content/digest.js';
import type { Platform } from '../../content/platform.js';
import type { AppError } from '../../errors.js';
import { ArchivePrograms } from '../programs/archive-programs.js';
import type { SeenLayers } from '../programs/seen-layers.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import { blobDamaged, overLimit } from '../bytes/damage.js';
import { CHART_ARCHIVE_BYTES, CHART_START, isChartArchive } from '../bytes/chart-archive.js';
import { cleanPath, type ArchivePart } from '../bytes/entry-role.js';
import { LIMITS } from '../../flow/limits.js';
import { oddCompressionOf } from './layer-compression.js';
import { namedFiles } from './named-files.js';
import { followLinks, linkTarget } from './link-path.js';
import type { ProvenBlob, PassingBlob } from '../stream/package-stream.js';
import { passBlob } from './passing-blob.js';
import { NOT_LOOKED_AT, type ProgramsFinding } from '../programs/programs.js';
import { compressionOf, looksLikeJson } from '../bytes/sniff.js';
import { looksLikeTar } from '../bytes/tar-grammar.js';
import type { TreeEntry } from '../bytes/tar-stream.js';

/** A file of the archive that may be part of an image. */
export interface StoredBlob {
  /** Digest of the bytes that were delivered: of the compressed ones where the layer was compressed while it was read. */
  readonly digest: Digest;
  readonly size: number;
  /** Digest of the uncompressed layer; null when the layer was not decompressed. */
  readonly diffId: Digest | null;
  /** How it is compressed when container runtimes could not unpack it as a layer (`xz`); else null. */
  readonly oddCompression: string | null;
  /** The bytes of JSON or a chart archive that was kept; null for a file that was passed on. */
  readonly bytes: Buffer | null;
  readonly problem: AppError | null;
}

/** What lists the images of one folder of an archive. */
export interface ImageLists {
  readonly manifestJson: Buffer | null;
  readonly indexJson: Buffer | null;
  /** The files that manifest.json names, relative to its folder. */
  readonly files: ReadonlySet<string>;
}

/** Receives the blobs of an archive. */
export interface BlobSink {
  deliver(blob: PassingBlob): Promise<void>;
  /** Called after each delivered blob with its real digest; `problem` when that is not the claimed one. */
  proven(blob: ProvenBlob, problem: AppError | null): Promise<void>;
  note(note: AppError): void;
  /** Counts bytes that the archive keeps; throws `package.limit`. */
  hold(bytes: number, entry: string): void;
}

/** What a name costs in memory beyond its characters: entries of maps, and the objects in them. */
const NAME_COST = 500;

/** The parts of one docker-archive or OCI layout, in whatever order they are read. */
export class ImageArchive {
  /** Its path inside the package, for messages. */
  readonly label: string;
  readonly budget: PassBudget;
  readonly #sink: BlobSink;
  readonly #files = new Map<string, StoredBlob>();
  readonly #links = new Map<string, string>();
  /** Undamaged blobs, by the digest that their file name claims. */
  readonly #intact = new Map<Digest, StoredBlob>();
  /** Null when the programs of the images are not looked at. */
  readonly #programs: ArchivePrograms | null;
  /** Damaged blobs: their bytes do not have the digest that their file name claims. */
  readonly #broken = new Map<Digest, StoredBlob>();
  /** Blobs of a delta that its file leaves out and the target has, by digest. */
  readonly #elsewhere = new Map<Digest, StoredBlob>();
  /** The lists of images by the folder that they lie in: '' or `a/b/`. The names in a list are relative to its folder. */
  readonly lists = new Map<string, ImageLists>();
  /** Set when manifest.json or index.json is too large to be kept. */
  problem: AppError | null = null;

  constructor(
    label: string,
    sink: BlobSink,
    options: { readonly programs: boolean; readonly budget: PassBudget; readonly seenLayers?: SeenLayers },
  ) {
    this.label = label;
    this.#sink = sink;
    this.budget = options.budget;
    this.#programs = options.programs ? new ArchivePrograms(options.budget, options.seenLayers) : null;
  }

  /** Reads an entry of the archive. `part` is null when the name belongs to no format (Jib's config.json, archives made by hand). */
  async take(path: string, entry: TreeEntry, part: ArchivePart | null): Promise<void> {
    if (entry.type === 'symlink' || entry.type === 'link') {
      const target = linkTarget(path, entry);
      this.#sink.hold(NAME_COST + 2 * (path.length + target.length), this.#name(path));
      this.#links.set(path, target);
      return;
    }
    if (entry.type !== 'file') return;
    switch (part?.kind) {
      case 'manifest.json':
        this.#addManifest(path, await this.#document(path, entry));
        return;
      case 'index.json':
        this.#addList(path, { indexJson: await this.#document(path, entry) });
        return;
      case 'oci-layout':
      case 'unread':
        return;
      case 'config':
        await this.#blob(path, entry, part.claim, { jsonLimit: LIMITS.configBytes, verbatim: true });
        // charts-syncer names configs so, and writes the layers of an image right after its config
        if (/(?:^|\/)sha256:/.test(path)) this.#programs?.layersFollow(this.#files.get(path)?.bytes ?? null);
        return;
      case 'blob':
        return this.#blob(path, entry, part.claim, { jsonLimit: LIMITS.layoutJsonBytes, verbatim: true });
      case 'layer':
        return this.#blob(path, entry, part.claim, { jsonLimit: 0, verbatim: false });
      case undefined: {
        const start = await entry.body.peek(512);
        const layer = compressionOf(start) !== null || looksLikeTar(start);
        if (layer || looksLikeJson(start)) {
          await this.#blob(path, entry, null, { jsonLimit: layer ? 0 : LIMITS.configBytes, verbatim: false });
        }
      }
    }
  }

  /** Gives the archive an index.json that it has not got itself. */
  setIndex(indexJson: Buffer): void {
    this.#addList('', { indexJson });
  }

  /** Counts what is made of the archive and kept until the end of its bundle; throws `package.limit`. */
  hold(bytes: number, entry: string): void {
    this.#sink.hold(bytes, entry);
  }

  /** The file that the manifest.json in folder `root` names `name`, after following links; undefined when the archive has none. */
  file(root: string, name: string): StoredBlob | undefined {
    return this.#files.get(followLinks(root + cleanPath(name).path, this.#links));
  }

  /** True when a manifest.json that was read names the file at `path`. */
  isListed(path: string): boolean {
    this.budget.spend('work', this.lists.size, this.label);
    return [...this.lists].some(
      ([root, { files }]) => path.startsWith(root) && files.has(path.slice(root.length)),
    );
  }

  /** True when all files lie below a list of images, so that none is left whose list was lost. */
  get isCovered(): boolean {
    const roots = [...this.lists.keys()];
    this.budget.spend('work', roots.length * this.#files.size, this.label);
    return [...this.#files.keys()].every((path) => roots.some((root) => path.startsWith(root)));
  }

  /** The blob of a digest, an undamaged copy if there is one; undefined when the archive has none. */
  blob(digest: Digest): StoredBlob | undefined {
    return this.#intact.get(digest) ?? this.#broken.get(digest) ?? this.#elsewhere.get(digest);
  }

  /** Says that a blob is left out of the archive on purpose, because the target has it: images with it are whole. */
  heldElsewhere(digest: Digest, size: number): void {
    const rest = { diffId: null, oddCompression: null, bytes: null, problem: null };
    this.#elsewhere.set(digest, { digest, size, ...rest });
  }

  /** Judges an image by its programs, from the layers that were looked at. */
  programsOf(platform: Platform, configBytes: Buffer, layers: readonly Descriptor[]): ProgramsFinding {
    return this.#programs?.judge(platform, configBytes, layers) ?? NOT_LOOKED_AT;
  }

  /** Delivers JSON that was kept and is a layer (in-toto attestations). */
  async deliverKept(blob: StoredBlob): Promise<void> {
    if (blob.bytes === null) return;
    const { digest, size } = blob;
    await this.#sink.deliver({ claimed: digest, size, body: once(blob.bytes) });
    await this.#sink.proven({ digest, size }, null);
  }

  #addManifest(path: string, manifestJson: Buffer | null): void {
    this.#addList(path, {
      manifestJson,
      files: new Set(manifestJson === null ? [] : namedFiles(manifestJson, this.budget)),
    });
  }

  #addList(path: string, list: Partial<ImageLists>): void {
    const root = path.slice(0, path.lastIndexOf('/') + 1);
    const known = this.lists.get(root) ?? { manifestJson: null, indexJson: null, files: new Set<string>() };
    this.lists.set(root, { ...known, ...list });
  }

  async #document(path: string, entry: TreeEntry): Promise<Buffer | null> {
    const bytes = await entry.body.all(LIMITS.manifestBytes);
    if (bytes !== null) this.#sink.hold(bytes.length, this.#name(path));
    if (bytes === null) this.problem ??= overLimit(`${this.label}/${path}`, path, LIMITS.manifestBytes);
    return bytes;
  }

  async #blob(
    path: string,
    entry: TreeEntry,
    claim: Digest | null,
    how: { readonly jsonLimit: number; readonly verbatim: boolean },
  ): Promise<void> {
    const { body, size } = entry;
    const isJson = size <= how.jsonLimit && looksLikeJson(await body.peek(64));
    const keep = this.budget.canHold(size) && (isJson || (await mayBeChart(entry, claim)));
    this.#sink.hold(NAME_COST + 2 * path.length, this.#name(path));
    const stored = keep
      ? await this.#keep(path, entry, claim)
      : await this.#pass(path, entry, claim, how.verbatim);
    this.#files.set(path, stored);
    if (claim !== null) (stored.problem ? this.#broken : this.#intact).set(claim, stored);
  }

  async #keep(path: string, entry: TreeEntry, claim: Digest | null): Promise<StoredBlob> {
    const known = claim === null ? undefined : this.#intact.get(claim);
    const bytes = (await entry.body.all(entry.size)) ?? Buffer.alloc(0);
    const digest = digestOf(bytes);
    const problem = claim !== null && digest !== claim ? blobDamaged(this.#name(path), claim, digest) : null;
    // an archive holds a config several times when several images share it
    if (known?.bytes && problem === null) return known;
    this.#sink.hold(bytes.length, this.#name(path));
    return { digest, size: bytes.length, diffId: null, oddCompression: null, bytes, problem };
  }

  async #pass(path: string, entry: TreeEntry, claim: Digest | null, verbatim: boolean): Promise<StoredBlob> {
    const known = claim === null ? undefined : this.#intact.get(claim);
    const input = {
      ...{ reader: entry.body, size: entry.size, claim, label: this.#name(path) },
      budget: this.budget,
    };
    if (known) {
      // it is read and hashed but not delivered again, so there is no need to compress it again (`verbatim`)
      const { problem } = await passBlob({ ...input, verbatim: true }, null);
      if (problem) this.#sink.note(problem);
      return known;
    }
    const oddCompression = await oddCompressionOf(entry.body);
    if (oddCompression !== null && !verbatim) {
      // a layer that no image may use is not delivered
      const { blob, problem } = await passBlob({ ...input, verbatim: true }, null);
      return { ...blob, diffId: null, oddCompression, bytes: null, problem };
    }
    const seen = claim === null ? null : (this.#programs?.recall(claim) ?? null);
    const probe = seen ? null : (this.#programs?.probe(entry.size) ?? null);
    const { blob, diffId, problem } = await passBlob({ ...input, verbatim, probe }, (passing) =>
      this.#sink.deliver(passing),
    ).finally(() => probe?.end());
    // a claim that is wrong says nothing about the bytes that came
    const files = seen && blob.digest === claim ? seen : await probe?.result;
    if (files) this.#programs?.put(blob.digest, files);
    await this.#sink.proven(blob, problem);
    return { ...blob, diffId, oddCompression, bytes: null, problem };
  }

  #name(path: string): string {
    return `${this.label}/${path}`;
  }
}

/** True for the layer of a Helm chart that is an artifact in an OCI layout. Its index.json, which says so, may come later. */
async function mayBeChart({ body, size }: TreeEntry, claim: Digest | null): Promise<boolean> {
  return claim !== null && size <= CHART_ARCHIVE_BYTES && isChartArchive(await body.peek(CHART_START));
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer, void> {
  await Promise.resolve();
  yield bytes;
}
