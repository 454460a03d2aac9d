// Lists what a target holds, so that the connected side can pack only what the site lacks.
import type { RunEvent, SiteInventory, SiteRepository } from '../../contract.js';
import { compareText } from '../../content/text-order.js';
import { AppError, toProblem } from '../../errors.js';
import { TAGS_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { concernsOneItem } from '../../run/base/run-ending.js';
import { ServedReader, type Served } from '../reading/served.js';

export interface HoldingsTask {
  readonly images: ImageTarget;
  /** URL of the registry, or the path of the folder. */
  readonly location: string;
  /** Repositories that runs wrote to, for a registry that does not list its own. */
  readonly known: readonly string[];
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads every tag of every repository. A tag that cannot be read is a problem and claims nothing; failures that end everything are
 * thrown, and `inventory.no-repositories` where neither the registry nor a journal names one.
 */
export async function siteInventory(task: HoldingsTask): Promise<SiteInventory> {
  const { images, location, emit, signal } = task;
  emit({ type: 'stage', stage: 'survey' });
  const listed = await images.repositories({ signal });
  const names = [...new Set(listed ?? task.known)].sort(compareText);
  if (listed === null && names.length === 0)
    throw new AppError('inventory.no-repositories', { origin: 'registry', params: { target: location } });
  const problems: AppError[] =
    listed === null
      ? [new AppError('inventory.from-journals', { origin: 'registry', params: { target: location } })]
      : [];
  const found = new Map<string, SiteRepository>();
  await forEachLimited(names, TAGS_AT_A_TIME, async (name) => {
    found.set(name, await repository(name, task, problems));
    emit({ type: 'surveyed', done: found.size, total: names.length });
  });
  return {
    schema: 'archbridge.site-inventory/1',
    made: new Date().toISOString(),
    target: location,
    repositories: names.flatMap((name) => found.get(name) ?? []).filter(({ tags }) => tags.length > 0),
    problems: problems.map((problem) => toProblem(problem)),
  };
}

async function repository(
  name: string,
  { images, signal }: HoldingsTask,
  problems: AppError[],
): Promise<SiteRepository> {
  const reader = new ServedReader(images, { signal });
  const tags: { tag: string; digest: string }[] = [];
  const blobs = new Set<string>();
  for (const tag of [...(await images.listTags(name, { signal }))].sort(compareText)) {
    signal.throwIfAborted();
    try {
      const served = await reader.read(name, tag);
      if (served === null) continue;
      tags.push({ tag, digest: served.top.digest });
      for (const digest of blobsOf(served)) blobs.add(digest);
    } catch (error) {
      if (!concernsOneItem(error, { signal })) throw error;
      problems.push(error);
    }
  }
  return { name, tags, blobs: [...blobs].sort(compareText) };
}

/** Configs and layers of all images that a tag serves. */
function blobsOf({ images, attestations }: Served): readonly string[] {
  return [...images, ...attestations].flatMap(({ manifest }) =>
    manifest ? [manifest.config, ...manifest.layers].map(({ digest }) => digest) : [],
  );
}
