// Tells beforehand which tags a registry keeps from being overwritten, so that a plan does not promise what the import cannot do.
import type { PlanImage } from '../../contract.js';
import { AppError, toProblem } from '../../errors.js';
import { QUESTIONS_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ConnectedTarget } from '../../target/connect.js';
import { STORES } from '../tags/tag-rows.js';

type Projects = Pick<ConnectedTarget, 'images' | 'projectsAt'>;

/** The rows with those blocked that would overwrite an immutable tag. What the registry does not tell stays as it was decided. */
export async function withImmutableTags(
  target: Projects,
  rows: readonly PlanImage[],
  options: Cancellable,
): Promise<readonly PlanImage[]> {
  if (target.images?.kind !== 'registry') return rows;
  const { host } = target.images;
  const overwritten = rows.filter(({ action, before }) => STORES.has(action) && before !== null);
  const immutable = new Set<string>();
  await forEachLimited(
    new Set(overwritten.map((row) => row.target)),
    QUESTIONS_AT_A_TIME,
    async (reference) => {
      const [repository, tag] = partsOf(reference.slice(host.length + 1));
      if (await isImmutable(target, host, repository, tag, options)) immutable.add(reference);
    },
  );
  return rows.map((row) => (immutable.has(row.target) && STORES.has(row.action) ? blocked(row) : row));
}

/** True where the registry at `host` says that this tag, which exists, may not be overwritten. */
export async function isImmutable(
  target: Pick<ConnectedTarget, 'projectsAt'>,
  host: string,
  repository: string,
  tag: string,
  options: Cancellable,
): Promise<boolean> {
  const projects = await target.projectsAt(host, options);
  return (await projects?.isImmutable(repository, tag, options)) ?? false;
}

function partsOf(name: string): readonly [repository: string, tag: string] {
  const colon = name.lastIndexOf(':');
  return [name.slice(0, colon), name.slice(colon + 1)];
}

function blocked(row: PlanImage): PlanImage {
  const params = { url: row.target, reason: 'a rule of its project' };
  const problem = toProblem(new AppError('registry.tag-immutable', { origin: 'registry', params }));
  const held = row.before !== null && row.before !== 'unreadable' ? row.before.platforms : [];
  const kept = { after: row.before, afterPlatforms: held, decision: null };
  return { ...row, ...kept, action: 'blocked', reason: '', problem };
}
