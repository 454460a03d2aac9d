// How much of a run is done, as a part from 0 to 1: each phase has its share, and within it bytes or items are counted.
import type { RunStage } from './events.js';
import { bytesToRead } from './figures.js';

/** What is to be done, as far as the plan says; null where only the run will tell. */
export interface ExpectedWork {
  /** Bytes of image blobs to send. */
  readonly bytes: number | null;
  /** One for each tag and platform. */
  readonly images: number | null;
  readonly charts: number | null;
  /** True when every tag and chart is read back at the end. */
  readonly proof: boolean;
}

/** What the reckoning needs of the progress of a run. */
export interface WorkDone {
  readonly expected: ExpectedWork;
  readonly stage: RunStage;
  readonly packages: readonly { readonly name: string; readonly bytes: number }[];
  readonly read: Readonly<Record<string, { readonly bytes: number }>>;
  readonly bytesSent: number;
  readonly surveyed: { readonly done: number; readonly total: number } | null;
  readonly images: { readonly size: number };
  readonly charts: { readonly size: number };
  readonly done: number;
  readonly doneBefore: number;
}

/** Where each phase ends. Reading and sending are nearly all of the time of an import. */
const SURVEYED = 0.1;
const SENT = 0.86;
const NAMED = 0.92;
const PUBLISHED = 0.95;
const PROVEN = 0.99;

/** The part that is done. It can be less than before, when a package is read again; whoever shows it keeps the larger one. */
export function doneAfter(work: WorkDone): number {
  const { expected, stage, surveyed, doneBefore } = work;
  const within = (end: number, part: number): number =>
    doneBefore + Math.max(0, end - doneBefore) * Math.min(1, Math.max(0, part));
  switch (stage) {
    case 'connect':
      return 0;
    case 'survey':
      return within(SURVEYED, partOf(surveyed));
    case 'read':
      return within(SENT, expected.bytes === null ? readPart(work) : sentPart(work, expected.bytes));
    case 'tags':
      return within(NAMED, countPart(work.images.size, expected.images));
    case 'charts':
      return within(PUBLISHED, countPart(work.charts.size, expected.charts));
    case 'sweep':
      return within(PUBLISHED, 1);
    case 'verify':
      return within(PROVEN, partOf(surveyed));
    case 'done':
      return work.done;
  }
}

function sentPart({ bytesSent }: WorkDone, bytes: number): number {
  return bytes === 0 ? 0 : bytesSent / bytes;
}

function readPart({ packages, read }: WorkDone): number {
  const total = bytesToRead(packages);
  const bytes = packages.reduce((sum, { name }) => sum + (read[name]?.bytes ?? 0), 0);
  return total === 0 ? 0 : bytes / total;
}

function countPart(count: number, total: number | null): number {
  return total === null || total === 0 ? 0 : count / total;
}

function partOf(surveyed: WorkDone['surveyed']): number {
  return surveyed === null || surveyed.total === 0 ? 0 : surveyed.done / surveyed.total;
}
