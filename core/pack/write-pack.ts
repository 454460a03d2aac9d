// The second pass: reads the packages again, side by side, and writes each blob of the pack while it passes.
import type { Digest } from '../content/digest.js';
import { AppError, isAbort } from '../errors.js';
import { eitherSignal } from '../flow/cancel.js';
import { blobPath, encodePackList, hintsPath, PACK_LIST } from '../package/packed/pack-list.js';
import { readPackage } from '../package/read-package.js';
import type { PackageSource } from '../package/source/open-package.js';
import type { BundleId, PackageVisitor, PassingBlob } from '../package/stream/package-stream.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { NamedImages } from './choose-images.js';
import type { ComposedBundle, ComposedPack, Share } from './compose-list.js';
import type { PackFile } from './pack-file.js';
import { rootIndex } from './root-index.js';
import type { StoredDocs } from './stored-docs.js';
import { Turns } from './turns.js';

export interface WriteTask extends Cancellable {
  readonly composed: ComposedPack;
  readonly named: readonly NamedImages[];
  readonly docs: StoredDocs;
  readonly sources: readonly PackageSource[];
  readonly tell: (source: PackageSource, bytesRead: number, current: string) => void;
}

/** A share of a package that has layers to write, with its place in the order of writing. */
interface Turn {
  readonly number: number;
  readonly bundle: number;
  readonly share: Share;
}

/**
 * Writes everything but the end of the tar. The packages are read side by side and wait for each other, so that the bundles come in the
 * order of the list with all their platforms together, and no blob has to be kept. Throws what the packages and the disk throw.
 */
export async function writePack(file: PackFile, task: WriteTask): Promise<void> {
  const { composed, named, docs, sources, signal } = task;
  const list = encodePackList(composed.list);
  await file.add(PACK_LIST, list);
  await file.add('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
  const stop = new AbortController();
  const together = eitherSignal(signal, stop.signal);
  const heads = new BundleHeads(file, composed.bundles, docs);
  const turns = new Turns({ signal: together });
  const planned = turnsOf(composed.bundles);
  const failures: Error[] = [];
  await Promise.all(
    sources.map(async (source, packageAt) => {
      const own = planned.filter(({ share }) => share.found.packageAt === packageAt);
      if (own.length === 0) return;
      const writer = new ShareWriter(own, {
        file,
        heads,
        turns,
        tell: (...told) => task.tell(source, ...told),
      });
      try {
        await readPackage(source, writer, { signal: together });
        writer.expectAll(source);
      } catch (error) {
        if (error instanceof AllWritten) return;
        failures.push(error instanceof Error ? error : new Error(String(error)));
        stop.abort();
      }
    }),
  );
  // the others were stopped by the first failure
  const failure = failures.find((error) => !isAbort(error, together)) ?? failures[0];
  signal.throwIfAborted();
  if (failure !== undefined) throw failure;
  await heads.writeTo(composed.bundles.length);
  const { bytes, indexes } = await rootIndex(named, docs, list);
  for (const index of indexes) await file.add(blobPath(index.digest), index.bytes);
  await file.add('index.json', bytes);
}

function turnsOf(bundles: readonly ComposedBundle[]): readonly Turn[] {
  return bundles
    .flatMap(({ shares }, bundle) => shares.map((share) => ({ bundle, share })))
    .filter(({ share }) => share.layers.size > 0)
    .map((turn, number) => ({ ...turn, number }));
}

/** Writes charts, hints, manifests and configs of the bundles, each before the layers of its bundle. */
class BundleHeads {
  readonly #file: PackFile;
  readonly #bundles: readonly ComposedBundle[];
  readonly #docs: StoredDocs;
  #next = 0;

  constructor(file: PackFile, bundles: readonly ComposedBundle[], docs: StoredDocs) {
    this.#file = file;
    this.#bundles = bundles;
    this.#docs = docs;
  }

  /** Writes the heads of the bundles before `end` that were not written yet. */
  async writeTo(end: number): Promise<void> {
    for (const { listed, docs } of this.#bundles.slice(this.#next, end)) {
      this.#next += 1;
      if (listed.hints) await this.#file.add(hintsPath(listed), await this.#docs.get(listed.hints.digest));
      for (const { path, digest } of listed.chart ?? [])
        await this.#file.add(`${listed.at}/${path}`, await this.#docs.get(digest));
      for (const { digest } of docs) await this.#file.add(blobPath(digest), await this.#docs.get(digest));
    }
  }
}

/** Thrown when a package has given all that is wanted of it: the rest of it need not be read. */
class AllWritten extends Error {}

interface Writing {
  readonly file: PackFile;
  readonly heads: BundleHeads;
  readonly turns: Turns;
  readonly tell: (bytesRead: number, current: string) => void;
}

/** The visitor of the second pass over one package. */
class ShareWriter implements PackageVisitor {
  readonly #turns: Turn[];
  readonly #writing: Writing;
  /** How many blobs of the bundle have passed. */
  #position = 0;
  #current = '';
  #left = new Set<Digest>();
  #isMine = false;

  constructor(turns: readonly Turn[], writing: Writing) {
    this.#turns = [...turns];
    this.#writing = writing;
  }

  bundleStart({ path, ordinal }: BundleId): Promise<void> {
    this.#current = path;
    this.#position = 0;
    const [turn] = this.#turns;
    this.#isMine = turn?.share.found.ordinal === ordinal;
    this.#left = new Set(this.#isMine ? turn?.share.layers : []);
    return Promise.resolve();
  }

  async blob(_bundle: BundleId, blob: PassingBlob): Promise<void> {
    const [turn] = this.#turns;
    if (!turn || !this.#isMine) return;
    const passed = turn.share.found.passed[this.#position++];
    if (!passed || !this.#left.has(passed.digest)) return;
    this.#left.delete(passed.digest);
    const { file, heads, turns } = this.#writing;
    await turns.reached(turn.number);
    await heads.writeTo(turn.bundle + 1);
    await file.addBlob(blobPath(passed.digest), passed, blob.body);
    if (this.#left.size > 0) return;
    this.#turns.shift();
    this.#isMine = false;
    turns.end();
    if (this.#turns.length === 0) throw new AllWritten();
  }

  progress(bytesRead: number): void {
    this.#writing.tell(bytesRead, this.#current);
  }

  /** Throws `package.changed` when the package did not give all that it gave in the first pass. */
  expectAll({ fileName }: PackageSource): void {
    if (this.#turns.length > 0)
      throw new AppError('package.changed', { origin: 'package', params: { file: fileName } });
  }
}
