// Collects from the journals of this computer: which run left what under a tag, where charts went, which package brings which image.
import type { ImageAction, Problem, ReportImage } from '../../contract.js';
import { platformKeyOf, rowPlatform } from '../../content/platform.js';
import { OMISSIONS } from '../../plan/absent-images.js';
import { isLeftOut } from '../../plan/mislabelled.js';
import { parseJournalLine } from '../../journal/journal-entry.js';
import { journalLines } from '../../journal/journal-lines.js';
import { listRuns, type ChartRow, type TimedEntry } from '../../journal/journal.js';
import { SERVED } from '../../journal/known-versions.js';
import type { Cancellable } from '../../ports/cancellable.js';

type ImageEntry = Extract<TimedEntry, { readonly type: 'image' }>;

/** The types of lines that are read. */
const READ = ['run-started', 'package-read', 'chart', 'problem', 'image'];

/** Actions that left the target's image unchanged on purpose. */
const LEFT = new Set<ImageAction>(['keep', 'conflict']);

/** A package that held an image. */
export interface KnownPackage {
  readonly package: string;
  readonly version: string;
  /** Hex; null when it was not computed. */
  readonly sha512: string | null;
}

/** An image that a package held, whether or not it was imported. */
export interface KnownImage extends KnownPackage {
  readonly sources: readonly string[];
  /** Path in the target at which the run put it or would have put it. */
  readonly repository: string;
  readonly tag: string;
  readonly platform: string;
  readonly digest: string;
}

/** What former runs wrote into one target. */
export class RunHistory {
  /** The newest row in this target by `target platform`. */
  readonly #rows = new Map<string, ImageEntry>();
  /** The same, only for rows after which the tag served the image of the row. */
  readonly #served = new Map<string, ImageEntry>();
  readonly #charts = new Map<string, ChartRow>();
  /** Each once, where the last run that had it stands. */
  readonly #images = new Map<string, KnownImage>();
  #list: readonly KnownImage[] | null = null;
  readonly #omissions = new Map<string, Problem>();

  /** Reads every journal of the state folder, line by line. Runs into other targets count for {@link images} only. */
  static async read(stateDir: string, location: string, options: Cancellable): Promise<RunHistory> {
    const history = new RunHistory();
    for (const run of await listRuns(stateDir)) {
      const add = history.#reader(location);
      for await (const lines of journalLines(stateDir, run, READ, options)) {
        for (const line of lines) {
          const entry = parseJournalLine(line);
          if (entry) add(entry);
        }
      }
    }
    return history;
  }

  /** Images that packages held, oldest first. */
  get images(): readonly KnownImage[] {
    this.#list ??= [...this.#images.values()];
    return this.#list;
  }

  /** Charts that runs found or published in the repositories of this target, each as the newest run left it. */
  get charts(): readonly ChartRow[] {
    return [...this.#charts.values()];
  }

  /**
   * True when the newest run that brought this platform to the tag accounts for what is there instead of `expected`: it wrote
   * that image or left the tag at that digest, or it met `expected` and kept what was there.
   */
  explains(
    target: string,
    expected: Pick<ReportImage, 'platform' | 'digest' | 'config'>,
    held: { readonly tag: string; readonly image: string },
  ): boolean {
    const row = this.#rows.get(keyOf(target, expected.platform));
    if (!row) return false;
    const { after, action } = row;
    if (after !== null && after !== 'unreadable' && after.digest === held.tag) return true;
    if (SERVED.has(action)) return row.digest === held.image;
    return row.digest === expected.digest || row.config === expected.config;
  }

  /** The image that a run last wrote or found under the tag for this platform; null when no journal tells. */
  served(target: string, platform: string): Pick<ReportImage, 'digest' | 'config'> | null {
    return this.#served.get(keyOf(target, platform)) ?? null;
  }

  /** True when a run wrote or found an image under the tag (`host/repo:tag`). */
  everServed(target: string): boolean {
    return [...this.#served.values()].some((row) => row.target === target);
  }

  /** Why a chart names an image (in short form) that was not brought for it, as the newest run that tells says; null when none does. */
  omission(name: string, version: string, image: string): Problem | null {
    return this.#omissions.get(omissionKey(`${name} ${version}`, image)) ?? null;
  }

  /** True when the newest run about this chart in that repository left an archive with this digest there. */
  explainsChart(url: string, name: string, version: string, digest: string): boolean {
    return this.#charts.get(`${url} ${name} ${version}`)?.digest === digest;
  }

  /** Takes the lines of one journal, in their order. */
  #reader(location: string): (entry: TimedEntry) => void {
    let start: Extract<TimedEntry, { readonly type: 'run-started' }> | null = null;
    const sha512 = new Map<string, string | null>();
    return (entry) => {
      if (entry.type === 'run-started') {
        start = entry;
        for (const { name, sha512: known } of entry.packages) sha512.set(name, known);
      }
      if (!start) return;
      if (entry.type === 'package-read') {
        const read = start.packages.find(({ path }) => path === entry.package);
        if (read && entry.sha512 !== null) sha512.set(read.name, entry.sha512);
      }
      this.#add(entry, sha512, start.target.location === location);
    };
  }

  #add(entry: TimedEntry, sha512: ReadonlyMap<string, string | null>, isHere: boolean): void {
    if (entry.type === 'chart' && isHere && entry.digest !== null) {
      this.#charts.set(`${entry.url} ${entry.name} ${entry.version}`, entry);
    }
    if (entry.type === 'problem' && OMISSIONS.has(entry.problem.code)) {
      const { chart = '', image = '' } = entry.problem.params;
      this.#omissions.set(omissionKey(String(chart), String(image)), entry.problem);
    }
    if (entry.type !== 'image') return;
    // each import leaves a mislabelled image out, so its package does not bring the platform
    if (entry.package !== '' && !isLeftOut(entry.problem)) this.#addImage(entry, sha512);
    if (!isHere) return;
    const key = keyOf(entry.target, rowPlatform(entry));
    if (SERVED.has(entry.action) && holds(entry)) this.#served.set(key, entry);
    if (SERVED.has(entry.action) || LEFT.has(entry.action)) this.#rows.set(key, entry);
  }

  #addImage(entry: ImageEntry, sha512: ReadonlyMap<string, string | null>): void {
    const { package: name, version, sources, repository, tag, digest } = entry;
    const platform = rowPlatform(entry);
    const hash = sha512.get(name) ?? null;
    const key = JSON.stringify([name, version, hash, sources, repository, tag, platform, digest]);
    this.#list = null;
    this.#images.delete(key);
    this.#images.set(key, {
      package: name,
      version,
      sha512: hash,
      sources,
      repository,
      tag,
      platform,
      digest,
    });
  }
}

/** False for a row of an undo that removed the platform. */
function holds(entry: ImageEntry): boolean {
  const { after } = entry;
  return after !== null && after !== 'unreadable' && after.platforms.includes(rowPlatform(entry));
}

function omissionKey(chart: string, image: string): string {
  return JSON.stringify([chart, image]);
}

function keyOf(target: string, platform: string): string {
  return `${target} ${platformKeyOf(platform)}`;
}
