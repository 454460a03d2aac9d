// Plans the tags of an undo: reads what each holds now, and finds what it held before the runs and whether that can be restored.
import type { Problem, TagSummary, UndoPlan } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import type { ImageTarget } from '../ports/image-target.js';
import { placeOf } from '../target/place.js';
import { concernsOneItem } from '../run/base/run-ending.js';
import { forEachLimited } from '../flow/task-pool.js';
import type { FormerRun } from '../journal/former-runs.js';
import { isMeant, type PlannedTag, type UndoJob } from './undo-job.js';
import { packagesOfImages, formerParts, type ImagePackage, type MissingPart } from './undo-parts.js';
import { formerState, type Write } from './former-state.js';
import { undoneWork } from '../journal/undone-runs.js';
import { TAGS_AT_A_TIME } from '../flow/limits.js';

interface TagWrite extends Write {
  readonly former: TagSummary | null;
}

/** The rows for every tag that the runs wrote, sorted by name, and the parts that the target lost. */
export async function planTags(
  job: UndoJob,
  target: ImageTarget,
): Promise<{ readonly tags: readonly PlannedTag[]; readonly missing: UndoPlan['missing'] }> {
  const planner = new TagPlanner(job, target);
  const planned: PlannedTag[] = [];
  await forEachLimited(planner.writes, TAGS_AT_A_TIME, async ([name, writes]) => {
    job.signal.throwIfAborted();
    planned.push(...(await planner.plan(name, writes)));
  });
  planned.sort((a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : 0));
  const missing = planned.flatMap((tag) =>
    tag.missing.map((part) => {
      const origin = planner.packageOf(part);
      const { package: from = '', sha512 = null } = origin ?? {};
      return { target: tag.target, digest: part.digest, package: from, sha512 };
    }),
  );
  return { tags: planned, missing };
}

class TagPlanner {
  readonly #job: UndoJob;
  readonly #target: ImageTarget;
  /** The writes of each tag, newest first. */
  readonly writes: ReadonlyMap<string, readonly TagWrite[]>;
  /** For each tag that a chart outside of the undo names, that chart. */
  readonly #others: ReadonlyMap<string, string>;
  readonly #packagesOfImages: ReadonlyMap<string, ImagePackage>;
  readonly #deletable = new Map<string, Promise<boolean>>();

  constructor(job: UndoJob, target: ImageTarget) {
    this.#job = job;
    this.#target = target;
    const { own, others } = imagesOfCharts(job);
    this.writes = new Map([...writesOf(job.runs)].filter(([name]) => job.only.length === 0 || own.has(name)));
    this.#others = others;
    this.#packagesOfImages = packagesOfImages(job.history);
  }

  packageOf(part: MissingPart): ImagePackage | null {
    return this.#packagesOfImages.get(part.image) ?? null;
  }

  /** One row, or two when only the newer writes can be taken back. That the tag cannot be read is in the row. */
  async plan(name: string, writes: readonly TagWrite[]): Promise<readonly PlannedTag[]> {
    const { signal, force } = this.#job;
    const run = writes[0]?.run ?? '';
    const place = placeOf(this.#target, name) ?? { repository: '', tag: '' };
    const base = { ...place, target: name, former: null, missing: [], problem: null };
    try {
      if (place.tag === '')
        throw new AppError('undo.bad-name', { origin: 'disk', params: { target: name, run } });
      const now = await this.#target.getManifest(place.repository, place.tag, { signal });
      const found = formerState(now?.digest ?? null, writes, force);
      const left = { ...base, action: 'leave', now, then: now?.digest ?? null } as const;
      const chart = this.#others.get(name);
      if (chart !== undefined && !force && found.last) {
        const problem = new AppError('undo.tag-shared', { origin: 'app', params: { target: name, chart } });
        return [{ ...left, run, reason: 'shared', problem: toProblem(problem) }];
      }
      const stopped = found.stoppedAt && {
        ...left,
        then: found.then,
        run: found.stoppedAt.run,
        reason: 'changed-since' as const,
        problem: this.#changed(name, found.stoppedAt, found.then),
      };
      if (!found.last || found.then === (now?.digest ?? null)) {
        return [stopped ?? { ...left, run, reason: 'already-there' }];
      }
      const back = await this.#back({ ...left, run: found.last.run, reason: 'restored' }, found.last);
      return stopped ? [back, stopped] : [back];
    } catch (error) {
      if (!concernsOneItem(error, { signal })) throw error;
      const problem = toProblem(error);
      return [{ ...base, action: 'leave', now: null, then: null, run, reason: 'unreadable', problem }];
    }
  }

  /** The row for a tag that is restored or removed. `left`: the row if the tag stays. */
  async #back(left: PlannedTag, last: TagWrite): Promise<PlannedTag> {
    if (last.former) return this.#restored(left, last, last.former);
    const params = { target: left.target, run: last.run };
    let refusal = new AppError('undo.tag-cannot-be-removed', { origin: 'registry', params });
    try {
      if (await this.#canDelete(left.repository))
        return { ...left, action: 'remove', reason: 'removed', then: null };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'registry.delete-forbidden') throw error;
      refusal = error;
    }
    return { ...left, reason: 'cannot-remove', problem: toProblem(refusal) };
  }

  async #restored(left: PlannedTag, { run }: TagWrite, summary: TagSummary): Promise<PlannedTag> {
    const { kept, signal } = this.#job;
    const params = { target: left.target, run, digest: summary.digest };
    const manifest = await kept.manifest(run, summary, { signal });
    if (!manifest) {
      const problem = new AppError('undo.manifest-not-kept', { origin: 'disk', params });
      return { ...left, reason: 'not-kept', problem: toProblem(problem) };
    }
    const parts = await formerParts(this.#target, left.repository, manifest, kept, { signal });
    const { missing } = parts;
    const [first] = missing;
    if (first) {
      const lost = { ...params, digest: first.digest };
      return { ...left, reason: 'parts-missing', missing, problem: this.#partMissing(first, lost) };
    }
    const former = { manifest, summary, parts };
    return { ...left, action: 'restore', reason: 'restored', former, then: manifest.digest };
  }

  #partMissing(part: MissingPart, params: Readonly<Record<string, string>>): Problem {
    const origin = this.packageOf(part);
    const named = origin && { package: origin.package, sha512: origin.sha512 ?? '?' };
    return toProblem(
      new AppError(named ? 'undo.part-missing-in-package' : 'undo.part-missing', {
        origin: 'package',
        params: { ...params, ...named },
      }),
    );
  }

  #changed(target: string, { run, next }: TagWrite, now: string | null): Problem {
    const later = this.#writerOf(target, now, run);
    const params = later ? { target, run, later } : { target, run, now: now ?? '-', left: next ?? '-' };
    const code = later ? 'undo.tag-changed-by-run' : 'undo.tag-changed';
    return toProblem(new AppError(code, { origin: 'app', params }));
  }

  /** The newest run, outside of those to undo, that wrote this digest to the tag. */
  #writerOf(target: string, digest: string | null, after: string): string | null {
    const { history, runs } = this.#job;
    const writer = history.find(
      (one) =>
        one.run > after &&
        !runs.some(({ run }) => run === one.run) &&
        writesOf([one]).get(target)?.[0]?.next === digest,
    );
    return writer?.run ?? null;
  }

  #canDelete(repository: string): Promise<boolean> {
    const known = this.#deletable.get(repository);
    if (known) return known;
    const asking = this.#target.canDeleteTags(repository, { signal: this.#job.signal });
    this.#deletable.set(repository, asking);
    return asking;
  }
}

/** Notes about later runs that found a tag as they needed it, although this undo will change it. */
export function reliedOnByLaterRuns(job: UndoJob, tags: readonly PlannedTag[]): readonly AppError[] {
  const touched = new Map(tags.flatMap((tag) => (tag.action === 'leave' ? [] : [[tag.target, tag]])));
  const isUndone = undoneWork(job.history);
  const oldest = job.runs.at(-1)?.run ?? '';
  return job.history.flatMap(({ run, kind, entries }) => {
    if (kind === 'undo' || run <= oldest || job.runs.some((one) => one.run === run)) return [];
    const relied = new Set<string>();
    for (const entry of entries) {
      if (entry.type !== 'image' || entry.action !== 'skip' || isUndone(run, entry.target)) continue;
      const tag = touched.get(entry.target);
      if (tag && tag.run < run) relied.add(entry.target);
    }
    if (relied.size === 0) return [];
    const params = { later: run, count: relied.size };
    return [new AppError('undo.later-run-relies', { origin: 'app', params })];
  });
}

/** The writes of each tag, newest first. `runs`: newest first. */
function writesOf(runs: readonly FormerRun[]): ReadonlyMap<string, readonly TagWrite[]> {
  const writes = new Map<string, TagWrite[]>();
  for (const { run, entries } of runs) {
    for (const entry of entries.toReversed()) {
      if (entry.type !== 'tag-writing') continue;
      const { target, before, next } = entry;
      const write = { run, before: before?.digest ?? null, next, former: before };
      const known = writes.get(target);
      if (known) known.push(write);
      else writes.set(target, [write]);
    }
  }
  return writes;
}

/** The tags that the selected charts name (`own`), and those that other charts of the runs name (`others`). */
function imagesOfCharts(job: UndoJob): {
  readonly own: ReadonlySet<string>;
  readonly others: ReadonlyMap<string, string>;
} {
  const own = new Set<string>();
  const others = new Map<string, string>();
  for (const entry of job.runs.flatMap(({ entries }) => entries)) {
    if (entry.type !== 'chart-images') continue;
    for (const image of entry.images) {
      if (isMeant(job, entry)) own.add(image);
      else others.set(image, `${entry.name} ${entry.version}`);
    }
  }
  return { own, others };
}
