// The disk space that an import needs: in the state folder of this computer, and in a folder target.
import { sep } from 'node:path';
import type { NeededSpace, PlanChart, PlanImage } from '../../contract.js';
import { AppError } from '../../errors.js';
import type { ConnectedTarget } from '../../target/connect.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** Gives the free bytes on the drive of a path; null where they cannot be found out. */
export type FreeBytes = (path: string, options: Cancellable) => Promise<number | null>;

/** Bytes of one line of the journal, rounded up. */
const LINE = 2048;
/** Bytes of a manifest or an index of a tag, rounded up. */
const MANIFEST = 4096;

/** Bytes of the state folder that a run may take before it is known how much: the journal, kept manifests, what waits on disk. */
const STATE = 64 * 1024 * 1024;

/** Throws `run.no-space` where the state folder has no room for a run, however small. */
export async function requireStateSpace(
  stateDir: string,
  freeBytes: FreeBytes,
  options: Cancellable,
): Promise<void> {
  const free = await freeBytes(stateDir, options);
  if (free === null || free >= STATE) return;
  throw new AppError('run.no-space', { origin: 'disk', params: { path: stateDir, free, needed: STATE } });
}

/**
 * What to tell before a package is read that is not known yet: the folder of the target has fewer bytes free than the package has. Null
 * where it has enough, or none are stored there. It is no failure: what the folder holds already needs no room.
 */
export async function scarceSpace(
  { summary }: Pick<ConnectedTarget, 'summary'>,
  { fileName, bytes }: { readonly fileName: string; readonly bytes: number },
  freeBytes: FreeBytes,
  options: Cancellable,
): Promise<AppError | null> {
  if (summary.kind !== 'folder' || summary.location === '') return null;
  const free = await freeBytes(summary.location, options);
  if (free === null || free >= bytes) return null;
  const params = { path: summary.location, file: fileName, free, needed: bytes };
  return new AppError('run.space-scarce', { origin: 'disk', params });
}

export interface DiskWrites {
  readonly stateDir: string;
  readonly images: readonly PlanImage[];
  readonly charts: readonly PlanChart[];
  readonly bytesToSend: number;
  /** Bytes of the spool that did not fit into memory. */
  readonly spooledBytes: number;
}

/** The bytes needed and free on the drive of the state folder and of each folder of the target. */
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

/** One problem for each place that has too little space. */
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
