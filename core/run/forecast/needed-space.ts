// Room for what an import writes to disks: on this computer for its notes, and in a folder target for everything.
import { sep } from 'node:path';
import type { NeededSpace, PlanChart, PlanImage } from '../../contract.js';
import { AppError } from '../../errors.js';
import type { ConnectedTarget } from '../../target/connect.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** Bytes free on the drive of a path; null where nobody can tell. */
export type FreeBytes = (path: string, options: Cancellable) => Promise<number | null>;

/** What a line of the journal takes, generously. */
const LINE = 2048;
/** A manifest or an index of a tag. */
const MANIFEST = 4096;

export interface DiskWrites {
  readonly stateDir: string;
  readonly images: readonly PlanImage[];
  readonly charts: readonly PlanChart[];
  readonly bytesToSend: number;
  /** What waits on disk until the packages have been read. */
  readonly spooledBytes: number;
}

/** The state folder's drive and the folders of the target; charts in a folder of their own count there. */
export async function diskNeeds(
  { summary }: ConnectedTarget,
  { stateDir, images, charts, bytesToSend, spooledBytes }: DiskWrites,
  freeBytes: FreeBytes,
  options: Cancellable,
): Promise<readonly NeededSpace[]> {
  const chartBytes = sum(charts.map(({ bytes }) => bytes));
  const former = images.filter(({ before }) => before !== null).length * MANIFEST + chartBytes;
  const notes = (images.length + charts.length) * LINE + former + spooledBytes;
  const places = [{ kind: 'computer' as const, where: stateDir, needed: notes }];
  const store = summary.kind === 'folder' ? summary.location : null;
  const isInStore = (url: string) => store !== null && url.startsWith(store + sep);
  const stores = new Map<string, number>();
  if (store !== null && store !== '') {
    const own = sum(charts.filter(({ url }) => isInStore(url)).map(({ bytes }) => bytes));
    const written = images.filter(({ after, before }) => after !== null && !isSame(before, after)).length;
    stores.set(store, bytesToSend + written * MANIFEST + own);
  }
  for (const { url, bytes } of charts) {
    const isFolder = url !== '' && !/^[a-z]+:\/\//i.test(url);
    if (isFolder && !isInStore(url)) stores.set(url, (stores.get(url) ?? 0) + bytes);
  }
  const folders = [...stores].map(([where, needed]) => ({ kind: 'store' as const, where, needed }));
  return Promise.all(
    [...places, ...folders].map(async ({ kind, where, needed }) => {
      const free = await freeBytes(where, options);
      return { kind, where, free, needed, enough: free === null ? null : needed <= free };
    }),
  );
}

/** One for each place that has not room enough. */
export function spaceProblems(space: readonly NeededSpace[]): readonly AppError[] {
  return space.flatMap(({ kind, where, free, needed, enough }) => {
    if (enough !== false || free === null) return [];
    const isProject = kind === 'project' || kind === 'registry';
    return [
      isProject
        ? new AppError('run.quota-exceeded', { origin: 'registry', params: { project: where, free, needed } })
        : new AppError('run.no-space', { origin: 'disk', params: { path: where, free, needed } }),
    ];
  });
}

function isSame(before: PlanImage['before'], after: PlanImage['after']): boolean {
  if (before === null || after === null || before === 'unreadable' || after === 'unreadable')
    return before === after;
  return before.digest === after.digest;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
