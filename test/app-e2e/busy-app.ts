// The app with a run that sends a constant number of events a second, more than a real one, until every image was named.
// Everything around the run is real: service, web host, socket, page, and the inventory of the package.
import { setTimeout as pause } from 'node:timers/promises';
import type {
  ImportRequest,
  Inventory,
  InventoryLayer,
  Report,
  Result,
  RunEvent,
} from '../../core/contract.js';
import { AppError, toProblem } from '../../core/engine.js';
import type { WebHost } from '../../web/web-host.js';
import { openAppInProcess } from './app-in-process.js';

export interface BusyApp extends WebHost {
  /** Number of events so far, and the seconds in which they were sent. */
  readonly told: { readonly events: number; readonly seconds: number };
  /** When the engine had a comparison ready, milliseconds since the epoch; 0 before. */
  readonly survey: { readonly endedAt: number };
}

/** Milliseconds between two batches of events; between them the page should be idle. */
const EVERY_MS = 20;

export async function openBusyApp(folder: string, eventsPerSecond: number): Promise<BusyApp> {
  let inventory: Inventory | null = null;
  const told = { events: 0, seconds: 0 };
  const survey = { endedAt: 0 };
  const host = await openAppInProcess(folder, (engine) => ({
    ...engine,
    async inspect(request, options) {
      const answer = await engine.inspect(request, options);
      if (answer.ok) inventory = answer.value;
      return answer;
    },
    async compare(request, options) {
      const answer = await engine.compare(request, options);
      survey.endedAt = Date.now();
      return answer;
    },
    async import(request, { signal, onEvent }) {
      const began = performance.now();
      const events = inventory === null ? [] : [...eventsOf(inventory, request)];
      for (let at = 0; at < events.length && !signal.aborted;) {
        const due = Math.ceil(((performance.now() - began) * eventsPerSecond) / 1000);
        for (const event of events.slice(at, due)) onEvent?.(event);
        at = Math.max(at, due);
        Object.assign(told, {
          events: Math.min(at, events.length),
          seconds: (performance.now() - began) / 1000,
        });
        await pause(EVERY_MS);
      }
      return ended();
    },
  }));
  return { ...host, told, survey };
}

/** There is no report, because nothing was done. */
function ended(): Result<Report> {
  return { ok: false, problem: toProblem(new AppError('run.cancelled', { origin: 'app' })) };
}

/**
 * For each image: its layers were sent and its tag was written; after every 20 images the progress, as often as the engine sends
 * it.
 */
function* eventsOf({ packages }: Inventory, { target }: ImportRequest): Generator<RunEvent> {
  const [one] = packages;
  if (!one) return;
  yield { type: 'run-started', run: 'busy', target: target.store ?? '', packages: [{ ...one }] };
  yield { type: 'stage', stage: 'read' };
  yield { type: 'pass-started', pass: 1, package: one.name, bytes: one.bytes };
  const offered = one.images.map((image) => ({ ...image, package: one.name }));
  yield { type: 'offered', images: offered };
  let ended: readonly InventoryLayer[] = [];
  for (const [index, image] of one.images.entries()) {
    const { source, digest, platform, layers } = image;
    ended = [...ended, ...layers];
    if (index % 20 === 0) {
      const next = one.images.slice(index, index + 4).flatMap((later) => later.layers);
      const uploads = next.map((layer) => ({ ...layer, sent: layer.bytes / 2 }));
      yield { type: 'blobs', ended: ended.map((layer) => ({ ...layer, state: 'sent' })), uploads };
      ended = [];
      const bytesRead = Math.round((one.bytes * index) / one.images.length);
      const sums = { bytesTotal: one.bytes, bytesSent: bytesRead, bytesSkipped: 0 };
      yield { type: 'progress', pass: 1, bytesRead, ...sums, current: source };
    }
    yield { type: 'image', source, digest, target: source, platform, action: 'push', reason: 'absent' };
  }
}
