// Folds the events of a run into one value: a pure reducer, which the run screen and tests use.
import type {
  BlobEnd,
  BlobUpload,
  ChartAction,
  ImageAction,
  Problem,
  Report,
  ReportPackage,
  RunEvent,
  RunStage,
} from '../../../core/contract.js';
import { platformName } from '../platform-name.js';

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

export interface RunProgress {
  readonly run: string | null;
  readonly target: string;
  readonly packages: readonly ReportPackage[];
  readonly stage: RunStage;
  readonly paused: boolean;
  /** The server that the run waits for because it no longer answers. */
  readonly away: Extract<RunEvent, { type: 'away' }> | null;
  readonly pass: number;
  /** File name of the package that is being read; '' before and after. */
  readonly reading: string;
  /** By file name: bytes of the package that its latest pass has read. */
  readonly read: Readonly<Record<string, { readonly bytes: number; readonly total: number }>>;
  readonly bytesSent: number;
  readonly bytesSkipped: number;
  readonly surveyed: { readonly done: number; readonly total: number } | null;
  readonly blobs: ReadonlyMap<string, BlobEnd>;
  readonly uploads: readonly BlobUpload[];
  /** By target and platform. */
  readonly images: ReadonlyMap<string, ImageEnd>;
  readonly charts: ReadonlyMap<string, ChartEnd>;
  readonly problems: readonly ToldProblem[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null;
  /** Bytes sent at points in time, at most one point a second, of the last minute. */
  readonly samples: readonly { readonly at: number; readonly sent: number }[];
  readonly ended: Report['result'] | null;
}

export const NO_PROGRESS: RunProgress = {
  run: null,
  target: '',
  packages: [],
  stage: 'connect',
  paused: false,
  away: null,
  pass: 0,
  reading: '',
  read: {},
  bytesSent: 0,
  bytesSkipped: 0,
  surveyed: null,
  blobs: new Map(),
  uploads: [],
  images: new Map(),
  charts: new Map(),
  problems: [],
  startedAt: null,
  samples: [],
  ended: null,
};

const SAMPLES = 60;

/** Folds a batch of events. Maps are copied once for each batch, not for each event. */
export function afterEvents(before: RunProgress, events: readonly RunEvent[], now: number): RunProgress {
  const draft: Draft = {
    ...before,
    blobs: new Map(before.blobs),
    images: new Map(before.images),
    charts: new Map(before.charts),
  };
  for (const event of events) take(draft, event, now);
  return draft;
}

type Draft = {
  -readonly [Key in keyof RunProgress]: RunProgress[Key];
} & {
  blobs: Map<string, BlobEnd>;
  images: Map<string, ImageEnd>;
  charts: Map<string, ChartEnd>;
};

function take(draft: Draft, event: RunEvent, now: number): void {
  switch (event.type) {
    case 'run-started':
      draft.run = event.run;
      draft.target = event.target;
      draft.packages = event.packages;
      draft.startedAt = now;
      return;
    case 'stage':
      draft.stage = event.stage;
      if (event.stage !== 'read') draft.reading = '';
      return;
    case 'pass-started':
      draft.pass = event.pass;
      draft.reading = event.package;
      draft.read = { ...draft.read, [event.package]: { bytes: 0, total: event.bytes } };
      return;
    case 'progress':
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
    case 'image':
      draft.images.set(`${event.target} ${platformName(event)}`, event);
      return;
    case 'chart':
      draft.charts.set(`${event.url} ${event.name} ${event.version}`, event);
      return;
    case 'waiting':
    case 'problem':
      draft.problems = withProblem(draft.problems, event.problem);
      return;
    case 'away':
      draft.away = event;
      return;
    case 'back':
      draft.away = null;
      return;
    case 'retried':
      return;
    case 'paused':
    case 'resumed':
      draft.paused = event.type === 'paused';
      return;
    case 'run-ended':
      draft.ended = event.result;
      draft.paused = false;
      draft.away = null;
      draft.uploads = [];
      return;
  }
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

/** Bytes a second over the last ten seconds; null while that cannot be computed. */
export function rateOf({ samples }: RunProgress): number | null {
  const last = samples.at(-1);
  const first = samples.at(-11) ?? samples[0];
  if (!last || !first || last.at <= first.at) return null;
  return ((last.sent - first.sent) * 1000) / (last.at - first.at);
}

/** Rates of the last minute, for the curve. */
export function ratesOf({ samples }: RunProgress): readonly number[] {
  return samples.slice(1).map((sample, index) => {
    const before = samples[index] ?? sample;
    return sample.at > before.at ? ((sample.sent - before.sent) * 1000) / (sample.at - before.at) : 0;
  });
}

/** Part of the work that is done, 0 to 1: reading counts for nine tenths, tags and charts for the rest. */
export function doneOf(progress: RunProgress, tags: number): number {
  const { packages, read, stage, images, ended } = progress;
  if (ended !== null) return 1;
  const total = packages.reduce((sum, one) => sum + one.bytes, 0);
  const bytes = packages.reduce((sum, { name }) => sum + (read[name]?.bytes ?? 0), 0);
  const isRead = stage === 'tags' || stage === 'charts' || stage === 'sweep' || stage === 'verify';
  const reading = isRead ? 1 : total === 0 ? 0 : Math.min(1, bytes / total);
  const named = tags === 0 ? (stage === 'charts' ? 0.5 : 0) : Math.min(1, images.size / tags);
  return 0.9 * reading + 0.1 * (isRead ? named : 0);
}

/** Seconds left, computed from the progress so far; null in the first twenty seconds, which are too short for that. */
export function secondsLeft(progress: RunProgress, tags: number, now: number): number | null {
  const { startedAt, ended, paused } = progress;
  if (startedAt === null || ended !== null || paused) return null;
  const passed = (now - startedAt) / 1000;
  const done = doneOf(progress, tags);
  if (passed < 20 || done <= 0.01) return null;
  return (passed / done) * (1 - done);
}
