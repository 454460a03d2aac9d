// Plans the tags of a prune: those of superseded charts go when nothing else uses them and they hold what a run left.
import { parseManifest, type RawManifest } from '../content/manifest.js';
import { describePlatform } from '../content/platform.js';
import type { PruneReason, PruneTag } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import { TAGS_AT_A_TIME } from '../flow/limits.js';
import { forEachLimited } from '../flow/task-pool.js';
import type { ImageTarget } from '../ports/image-target.js';
import { ServedReader } from '../report/reading/served.js';
import { concernsOneItem } from '../run/base/run-ending.js';
import { placeOf } from '../target/place.js';
import type { ChartUses } from './chart-uses.js';
import type { PlannedChart, PlannedTag, PruneJob } from './prune-job.js';
import type { LeftTag } from './unfinished.js';

/**
 * One row for each tag that a chart which goes names, unless the tag is absent.
 * @param left tags of charts that are gone; those that another chart names have no row
 * @param unknown why it is not certain what else uses the tags; then none goes
 */
export async function planTags(
  charts: readonly PlannedChart[],
  left: readonly LeftTag[],
  uses: ChartUses,
  unknown: readonly AppError[],
  images: ImageTarget,
  job: PruneJob,
): Promise<readonly PlannedTag[]> {
  const named = new Map<string, Set<string>>();
  const add = (
    target: string,
    { name, version }: { readonly name: string; readonly version: string },
  ): void => {
    named.set(target, (named.get(target) ?? new Set()).add(`${name} ${version}`));
  };
  for (const { row, images: names } of charts)
    if (row.action === 'remove') for (const name of names) add(name, row);
  for (const one of left) if (!uses.users.has(one.target)) add(one.target, one);
  const planner = new TagPlanner(images, uses, unknown.length > 0, job);
  const planned: PlannedTag[] = [];
  await forEachLimited(named, TAGS_AT_A_TIME, async ([target, of]) => {
    job.signal.throwIfAborted();
    const tag = await planner.plan(target, [...of]);
    if (tag) planned.push(tag);
  });
  return planned;
}

class TagPlanner {
  readonly #served: ServedReader;
  readonly #deletable = new Map<string, Promise<boolean>>();

  constructor(
    readonly images: ImageTarget,
    readonly uses: ChartUses,
    readonly isUseUnknown: boolean,
    readonly job: PruneJob,
  ) {
    this.#served = new ServedReader(images, job);
  }

  /** Null when the tag is absent. */
  async plan(target: string, charts: readonly string[]): Promise<PlannedTag | null> {
    const { images, uses, job } = this;
    const place = placeOf(images, target);
    if (!place) return null;
    const planned = (
      reason: PruneReason,
      now: RawManifest | null,
      of: readonly string[] = charts,
      problem: AppError | null = null,
    ): PlannedTag => {
      const row: PruneTag = {
        ...{ target, digest: now?.digest ?? null, reason, charts: of },
        action: reason === 'superseded' ? 'remove' : 'leave',
        problem: problem && toProblem(problem),
      };
      return { row, place, now };
    };
    const users = uses.users.get(target);
    if (users) return planned('chart-stays', null, users);
    try {
      const now = await images.getManifest(place.repository, place.tag, job);
      if (!now) return null;
      if (this.isUseUnknown) return planned('use-unknown', now);
      const pinning = this.#pinning(place.repository, now);
      if (pinning) return planned('pinned', now, pinning);
      if (!(await this.#isAsLeft(target, place.repository, place.tag))) {
        const problem = new AppError('prune.tag-changed', { origin: 'registry', params: { target } });
        return planned('changed-since', now, charts, problem);
      }
      if (await this.#canDelete(place.repository)) return planned('superseded', now);
      const problem = new AppError('prune.tag-cannot-be-removed', { origin: 'registry', params: { target } });
      return planned('cannot-remove', now, charts, problem);
    } catch (error) {
      if (!concernsOneItem(error, job)) throw error;
      return planned('unreadable', null, charts, error);
    }
  }

  /** The charts that pin the manifest or one of its children; null when none does. */
  #pinning(repository: string, { bytes, mediaType, digest }: RawManifest): readonly string[] | null {
    const parsed = parseManifest(bytes, mediaType);
    const children = parsed.kind === 'index' ? parsed.manifests.map((child) => child.digest) : [];
    const pinning = [digest, ...children].flatMap((one) => this.uses.pins.get(`${repository}@${one}`) ?? []);
    return pinning.length > 0 ? pinning : null;
  }

  /** True when every platform of the tag serves the image that a run left there. */
  async #isAsLeft(target: string, repository: string, tag: string): Promise<boolean> {
    const served = await this.#served.read(repository, tag);
    if (!served || served.images.length === 0) return false;
    return served.images.every(({ platform, digest }) => {
      if (!platform) return false;
      return this.job.history.served(target, describePlatform(platform))?.digest === digest;
    });
  }

  #canDelete(repository: string): Promise<boolean> {
    const known = this.#deletable.get(repository);
    if (known) return known;
    const asking = this.images.canDeleteTags(repository, this.job);
    this.#deletable.set(repository, asking);
    return asking;
  }
}
