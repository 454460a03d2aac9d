// Folds the events of a run into one value: the same pure reducer in the host, which keeps it for late windows, and in windows.
import type { Problem } from '../errors.js';
import type { BlobEnd, BlobUpload, OfferedImage, RunEvent, RunStage } from './events.js';
import { figuresOf } from './figures.js';
import { doneAfter, type ExpectedWork } from './run-done.js';
import type { ChartAction, ImageAction, Report, ReportPackage } from './report.js';
import type { ImportRequest, UndoRequest } from './requests.js';

/** The outcome of one image under one tag. */
export interface ImageEnd {
  readonly source: string;
  readonly digest: string;
  readonly target: string;
  readonly platform: string;
  readonly osVersion?: string;
  readonly action: ImageAction;
  readonly reason: string;
}

export interface ChartEnd {
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly action: ChartAction;
}

/** A cause and the number of items that it concerns. */
export interface ToldProblem {
  readonly problem: Problem;
  readonly count: number;
}

/** What is known of a run as one plain value; the lists may hold one entry for each blob and image. */
export interface RunSnapshot {
  readonly run: string | null;
  /** Directory or registry URL. */
  readonly target: string;
  readonly packages: readonly ReportPackage[];
  readonly expected: ExpectedWork;
  readonly stage: RunStage;
  readonly paused: boolean;
  /** The server that the run waits for because it no longer answers; null where it waits for none. */
  readonly away: Extract<RunEvent, { type: 'away' }> | null;
  readonly pass: number;
  /** File name of the package that is being read; '' before and after. */
  readonly reading: string;
  /** By file name: bytes of the package that its latest pass has read. */
  readonly read: Readonly<Record<string, { readonly bytes: number; readonly total: number }>>;
  readonly bytesSent: number;
  readonly bytesSkipped: number;
  readonly surveyed: { readonly done: number; readonly total: number } | null;
  /** Until when a registry asked to be left alone, ISO 8601; null while nobody is waited for. */
  readonly waitingUntil: string | null;
  readonly blobs: readonly BlobEnd[];
  readonly uploads: readonly BlobUpload[];
  readonly images: readonly ImageEnd[];
  readonly charts: readonly ChartEnd[];
  /** Images of the packages that were read, for a run without a plan. */
  readonly offered: readonly OfferedImage[];
  readonly problems: readonly ToldProblem[];
  /** Part of the work that is done, 0 to 1; it never becomes less. */
  readonly done: number;
  /** What was done when the current stage began. */
  readonly doneBefore: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Milliseconds of all pauses that have ended, of a person's and of a server that did not answer. */
  readonly pausedFor: number;
  readonly pausedSince: number | null;
  /** Bytes sent at points in time, at most one point a second, of the last minute. */
  readonly samples: readonly { readonly at: number; readonly sent: number }[];
  readonly ended: Report['result'] | null;
}

/** The same while it is folded: lists are maps by digest, by target and platform, and by URL, name and version. */
export interface RunProgress extends Omit<RunSnapshot, 'blobs' | 'images' | 'charts'> {
  readonly blobs: ReadonlyMap<string, BlobEnd>;
  readonly images: ReadonlyMap<string, ImageEnd>;
  readonly charts: ReadonlyMap<string, ChartEnd>;
}

export const NO_PROGRESS: RunProgress = {
  run: null,
  target: '',
  packages: [],
  expected: { bytes: null, images: null, charts: null, proof: false },
  stage: 'connect',
  paused: false,
  away: null,
  pass: 0,
  reading: '',
  read: {},
  bytesSent: 0,
  bytesSkipped: 0,
  surveyed: null,
  waitingUntil: null,
  blobs: new Map(),
  uploads: [],
  images: new Map(),
  charts: new Map(),
  offered: [],
  problems: [],
  done: 0,
  doneBefore: 0,
  startedAt: null,
  endedAt: null,
  pausedFor: 0,
  pausedSince: null,
  samples: [],
  ended: null,
};

/** The progress of a run that begins: what its plan says is to be done; null where only the run itself will tell. */
export function progressAtStart(request: ImportRequest | UndoRequest, now: number): RunProgress {
  const plan = 'plan' in request ? request.plan : undefined;
  const proof = 'verify' in request && request.verify === true;
  const expected: ExpectedWork =
    plan === undefined
      ? { bytes: null, images: null, charts: null, proof }
      : {
          bytes: plan.blobs.length === 0 ? plan.needs.bytesToSend : figuresOf(plan).bytesToSend,
          images: plan.images.length,
          charts: plan.charts.length,
          proof,
        };
  return { ...NO_PROGRESS, expected, packages: plan?.packages ?? [], startedAt: now };
}

export function snapshotOf(progress: RunProgress): RunSnapshot {
  const { blobs, images, charts } = progress;
  return {
    ...progress,
    blobs: [...blobs.values()],
    images: [...images.values()],
    charts: [...charts.values()],
  };
}

/** The inverse of {@link snapshotOf}. */
export function progressOf(snapshot: RunSnapshot): RunProgress {
  return {
    ...snapshot,
    blobs: new Map(snapshot.blobs.map((blob) => [blob.digest, blob])),
    images: new Map(snapshot.images.map((image) => [imageKey(image), image])),
    charts: new Map(snapshot.charts.map((chart) => [chartKey(chart), chart])),
  };
}

const SAMPLES = 60;

/** An event with the time at which it came, in milliseconds since the epoch. */
export interface TimedEvent {
  readonly event: RunEvent;
  readonly at: number;
}

/** Folds a batch of events. Maps are copied once for each batch, not for each event. */
export function afterEvents(before: RunProgress, events: readonly TimedEvent[]): RunProgress {
  const draft: Draft = {
    ...before,
    blobs: new Map(before.blobs),
    images: new Map(before.images),
    charts: new Map(before.charts),
  };
  for (const { event, at } of events) take(draft, event, at);
  return draft;
}

/** The progress after the run has answered: all is done, or it stays where it stood. */
export function progressAtEnd(progress: RunProgress, result: Report['result'], now: number): RunProgress {
  const failed =
    [...progress.images.values()].some(
      ({ action, reason }) => action === 'failed' || (action === 'blocked' && reason !== 'mislabelled'),
    ) || [...progress.charts.values()].some(({ action }) => action === 'failed' || action === 'blocked');
  // A run in which something failed ends where it stood.
  const whole = result === 'done' || (result === 'partial' && !failed);
  const done = whole ? 1 : progress.done;
  const stopped = { paused: false, away: null, uploads: [], waitingUntil: null, reading: '' } as const;
  return { ...progress, ...stopped, done, endedAt: now, ended: result };
}

type Draft = {
  -readonly [Key in keyof RunProgress]: RunProgress[Key];
} & {
  blobs: Map<string, BlobEnd>;
  images: Map<string, ImageEnd>;
  charts: Map<string, ChartEnd>;
};

function take(draft: Draft, event: RunEvent, now: number): void {
  note(draft, event, now);
  draft.done = Math.max(draft.done, doneAfter(draft));
}

function note(draft: Draft, event: RunEvent, now: number): void {
  switch (event.type) {
    case 'run-started':
      draft.run = event.run;
      draft.target = event.target;
      draft.packages = event.packages;
      draft.startedAt ??= now;
      return;
    case 'stage':
      if (event.stage !== draft.stage) draft.doneBefore = draft.done;
      draft.stage = event.stage;
      draft.surveyed = null;
      draft.waitingUntil = null;
      if (event.stage !== 'read') draft.reading = '';
      return;
    case 'pass-started':
      draft.pass = event.pass;
      draft.reading = event.package;
      draft.read = { ...draft.read, [event.package]: { bytes: 0, total: event.bytes } };
      return;
    case 'progress':
      if (event.bytesSent > draft.bytesSent) draft.waitingUntil = null;
      draft.bytesSent = event.bytesSent;
      draft.bytesSkipped = event.bytesSkipped;
      if (draft.reading !== '') {
        draft.read = {
          ...draft.read,
          [draft.reading]: { bytes: event.bytesRead, total: event.bytesTotal },
        };
      }
      draft.samples = withSample(draft.samples, { at: now, sent: event.bytesSent });
      return;
    case 'surveyed':
      draft.surveyed = { done: event.done, total: event.total };
      return;
    case 'blobs':
      for (const blob of event.ended) draft.blobs.set(blob.digest, blob);
      draft.uploads = event.uploads;
      return;
    case 'offered':
      draft.offered = [...draft.offered, ...event.images];
      return;
    case 'image':
      draft.images.set(imageKey(event), event);
      return;
    case 'chart':
      draft.charts.set(chartKey(event), event);
      return;
    case 'waiting':
      draft.waitingUntil = event.until;
      draft.problems = withProblem(draft.problems, event.problem);
      return;
    case 'problem':
      draft.problems = withProblem(draft.problems, event.problem);
      return;
    case 'away':
      draft.away = event;
      stop(draft, now);
      return;
    case 'back':
      draft.away = null;
      goOn(draft, now);
      return;
    case 'compared':
    case 'retried':
      return;
    case 'paused':
      draft.paused = true;
      stop(draft, now);
      return;
    case 'resumed':
      draft.paused = false;
      goOn(draft, now);
      return;
    case 'run-ended':
      draft.ended = event.result;
      draft.paused = false;
      draft.away = null;
      draft.uploads = [];
      return;
  }
}

/** The clock of the work stands while a person has paused the run, or while its server is away. */
function stop(draft: Draft, now: number): void {
  draft.pausedSince ??= now;
}

function goOn(draft: Draft, now: number): void {
  if (draft.paused || draft.away !== null) return;
  if (draft.pausedSince !== null) draft.pausedFor += now - draft.pausedSince;
  draft.pausedSince = null;
}

function imageKey({ target, platform, osVersion = '' }: ImageEnd): string {
  return `${target} ${platform} ${osVersion}`;
}

function chartKey({ url, name, version }: ChartEnd): string {
  return `${url} ${name} ${version}`;
}

/** Problems with the same cause become one card. */
function withProblem(problems: readonly ToldProblem[], problem: Problem): readonly ToldProblem[] {
  const at = problems.findIndex((one) => one.problem.code === problem.code);
  if (at < 0) return [...problems, { problem, count: 1 }];
  return problems.map((one, index) => (index === at ? { ...one, count: one.count + 1 } : one));
}

function withSample(
  samples: RunProgress['samples'],
  sample: RunProgress['samples'][number],
): RunProgress['samples'] {
  const last = samples.at(-1);
  if (last && sample.at - last.at < 1000) return samples;
  return [...samples, sample].slice(-SAMPLES);
}
