// Reads a package that `archbridge pack` wrote: delivers the same bundles as the packages that it was made of.
import { z } from 'zod';
import { digestOf, isDigest, type Digest } from '../../content/digest.js';
import { parseJson } from '../../content/json-text.js';
import { OCI_INDEX } from '../../content/media-types.js';
import { descriptorToJson, type Descriptor } from '../../content/descriptor.js';
import type { AppError } from '../../errors.js';
import { LIMITS } from '../../flow/limits.js';
import { blobDamaged, damaged, overLimit, truncated } from '../bytes/damage.js';
import { cleanPath } from '../bytes/entry-role.js';
import type { TreeEntry } from '../bytes/tar-stream.js';
import { ImageArchive } from '../images/image-archive.js';
import { layoutImages } from '../images/oci-layout.js';
import type { BundleId, PackageImage } from '../stream/package-stream.js';
import type { Pass } from '../stream/pass.js';
import {
  blobPath,
  FORMER_INDEX,
  hintsPath,
  LIST_DIGEST,
  listLimit,
  PACK_LIST,
  parsePackList,
  programsIn,
  type PackedBundle,
  type PackList,
} from './pack-list.js';

/** A file of a chart, or its hints, as the list describes it. */
interface ListedText {
  /** Position of its bundle. */
  readonly bundle: number;
  /** Path inside the chart; null for the hints. */
  readonly path: string | null;
  readonly digest: Digest;
}

/** The bundle that is being read. */
interface OpenBundle {
  readonly listed: PackedBundle;
  readonly files: Map<string, Buffer>;
  hints: Buffer | null;
  id: BundleId | null;
  hasHead: boolean;
  problem: AppError | null;
  /** Bytes counted in the budget until the bundle ends. */
  held: number;
}

/** Reads the list, which is the first entry of a pack; throws `package.damaged` and `package.limit`. */
export async function readPackList({ body }: TreeEntry, file: string, pass: Pass): Promise<PackReader> {
  const bytes = await body.all(listLimit());
  if (bytes === null) throw overLimit(`${file}/${PACK_LIST}`, PACK_LIST, listLimit());
  pass.budget.spend('json', bytes.length, `${file}/${PACK_LIST}`);
  return new PackReader(parsePackList(bytes, file), digestOf(bytes), file, pass);
}

/** The reader of one pack, for one pass. */
export class PackReader {
  readonly #list: PackList;
  readonly #listDigest: Digest;
  readonly #file: string;
  readonly #pass: Pass;
  readonly #archive: ImageArchive;
  readonly #texts = new Map<string, ListedText>();
  /** The first bundle that lists a blob. */
  readonly #owners = new Map<string, { readonly bundle: number; readonly digest: Digest }>();
  #at = 0;
  #open: OpenBundle;
  #heldByArchive = 0;
  #isListProven = false;

  constructor(list: PackList, listDigest: Digest, file: string, pass: Pass) {
    this.#list = list;
    this.#listDigest = listDigest;
    this.#file = file;
    this.#pass = pass;
    this.#archive = new ImageArchive(
      file,
      {
        deliver: async (blob) => {
          await pass.blob(await this.#head(), blob);
        },
        proven: async (blob, problem) => pass.blobProven(await this.#head(), blob, problem),
        note: pass.note,
        hold: (bytes, entry) => {
          pass.budget.hold(bytes, entry);
          this.#heldByArchive += bytes;
        },
      },
      { programs: pass.programs, budget: pass.budget },
    );
    for (const { digest, size } of list.absent) this.#archive.heldElsewhere(digest, size);
    for (const [bundle, listed] of list.bundles.entries()) {
      for (const { path, digest } of listed.chart ?? [])
        this.#texts.set(`${listed.at}/${path}`, { bundle, path, digest });
      if (listed.hints)
        this.#texts.set(hintsPath(listed), { bundle, path: null, digest: listed.hints.digest });
      for (const { digest } of listed.blobs) {
        const path = blobPath(digest);
        if (!this.#owners.has(path)) this.#owners.set(path, { bundle, digest });
      }
    }
    this.#open = opened(list.bundles[0]);
  }

  /** Reads the entries behind the list and finishes every bundle. */
  async read(entries: AsyncIterable<TreeEntry>): Promise<void> {
    try {
      for await (const entry of entries) await this.#take(entry);
      if (!this.#isListProven) throw truncated(this.#file, 'index.json', 0);
      await this.#advance(this.#list.bundles.length);
    } finally {
      this.#pass.budget.release(this.#heldByArchive + this.#open.held);
    }
  }

  async #take(entry: TreeEntry): Promise<void> {
    if (entry.type !== 'file') return;
    const { path } = cleanPath(entry.path);
    const text = this.#texts.get(path);
    if (text) return this.#takeText(text, entry);
    const owner = this.#owners.get(path);
    if (owner) {
      await this.#advance(owner.bundle);
      return this.#archive.take(path, entry, { kind: 'blob', claim: owner.digest });
    }
    if (path === 'index.json') this.#proveList(await entry.body.all(LIMITS.manifestBytes));
  }

  async #takeText(
    { bundle, path, digest }: ListedText,
    { path: entry, body, size }: TreeEntry,
  ): Promise<void> {
    await this.#advance(bundle);
    const open = this.#open;
    const limit = path === null ? LIMITS.hintsBytes : LIMITS.chartFileBytes;
    const name = `${this.#file}/${entry}`;
    this.#pass.budget.hold(Math.min(size, limit), name);
    open.held += Math.min(size, limit);
    const bytes = await body.all(limit);
    if (bytes === null) {
      open.problem ??= overLimit(name, 'a chart file', limit);
      return;
    }
    const found = digestOf(bytes);
    if (found !== digest) open.problem ??= blobDamaged(name, digest, found);
    if (path === null) open.hints = bytes;
    else open.files.set(path, bytes);
  }

  #proveList(index: Buffer | null): void {
    const parsed = indexSchema.safeParse(index === null ? null : parseJson(index.toString('utf8')));
    const claimed = parsed.data?.annotations?.[LIST_DIGEST];
    if (claimed === this.#listDigest) this.#isListProven = true;
    else throw damaged(this.#file, PACK_LIST, 0, `${this.#listDigest} instead of ${claimed ?? 'a digest'}`);
  }

  /** Ends all bundles before the one at `goal`, and begins that one. */
  async #advance(goal: number): Promise<void> {
    while (this.#at < goal) {
      await this.#finish();
      this.#at += 1;
      this.#open = opened(this.#list.bundles[this.#at]);
      this.#pass.budget.nextPart();
    }
  }

  async #start(): Promise<BundleId> {
    const { folder, path } = this.#open.listed;
    this.#open.id ??= await this.#pass.bundleStart(folder, path);
    return this.#open.id;
  }

  async #head(): Promise<BundleId> {
    const id = await this.#start();
    const open = this.#open;
    if (open.hasHead) return id;
    open.hasHead = true;
    await this.#pass.bundleHead(id, { hints: open.hints, chart: chartOf(open) });
    return id;
  }

  async #finish(): Promise<void> {
    const open = this.#open;
    const id = await this.#start();
    const index = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: open.listed.images.map(descriptorToJson),
      }),
    );
    const { images, problem, notes } = layoutImages(this.#archive, index);
    notes.forEach(this.#pass.note);
    for (const digest of new Set(images.flatMap(({ kept }) => kept))) {
      const blob = this.#archive.blob(digest);
      // JSON that an earlier bundle delivered comes once
      if (blob?.problem === null && this.#owners.get(blobPath(digest))?.bundle === this.#at)
        await this.#archive.deliverKept(blob);
    }
    const listed = new Map(open.listed.images.map((one) => [one.digest, one]));
    await this.#pass.bundleEnd(id, {
      chart: chartOf(open),
      hints: open.hints,
      images: images.map(({ image }) =>
        completed(image, listed.get(image.manifest.digest), this.#pass.programs),
      ),
      hasImages: open.listed.hasImages,
      problem: open.problem ?? lackOf(open, this.#file) ?? problem,
    });
    this.#pass.budget.release(open.held);
    open.held = 0;
  }
}

const indexSchema = z.looseObject({ annotations: z.record(z.string(), z.string()).optional() });

function opened(listed: PackedBundle | undefined): OpenBundle {
  const none: PackedBundle = {
    ...{ folder: '', path: '', at: '', chart: null, hints: null, hasImages: false, images: [], blobs: [] },
  };
  return {
    ...{ listed: listed ?? none, files: new Map(), hints: null, id: null },
    ...{ hasHead: false, problem: null, held: 0 },
  };
}

/** The chart's files in the order of the list; null for a bundle without a chart. */
function chartOf({ listed, files }: OpenBundle): ReadonlyMap<string, Buffer> | null {
  if (listed.chart === null) return null;
  return new Map(
    listed.chart.flatMap(({ path }) => {
      const bytes = files.get(path);
      return bytes ? [[path, bytes] as const] : [];
    }),
  );
}

/** The problem of a bundle whose chart or hints are not in the file as the list says. */
function lackOf({ listed, files, hints }: OpenBundle, file: string): AppError | null {
  const missing = (listed.chart ?? []).find(({ path }) => !files.has(path));
  if (missing) return damaged(file, `${listed.at}/${missing.path}`, 0, 'the file is missing');
  return listed.hints && hints === null ? damaged(file, hintsPath(listed), 0, 'the file is missing') : null;
}

/** The image with what its bytes in this file do not tell: the index that held it, and the programs in layers that a delta lacks. */
function completed(
  image: PackageImage,
  listed: Descriptor | undefined,
  looksAtPrograms: boolean,
): PackageImage {
  const index = listed?.annotations?.[FORMER_INDEX];
  const known = listed && looksAtPrograms && image.programs.verdict === 'unknown' ? programsIn(listed) : null;
  return {
    ...image,
    indexDigest: isDigest(index) ? index : image.indexDigest,
    programs: known ?? image.programs,
  };
}
