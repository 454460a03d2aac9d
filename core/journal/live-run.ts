// What a run does right now, in <state>/runs/<run>/live.json while it goes on: another terminal shows it (`runs --follow`).
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { RunEvent } from '../contract.js';
import {
  hasEnded,
  ownIdentity,
  processIdentitySchema,
  type ProcessIdentity,
} from '../layout/process-identity.js';
import type { Cancellable } from '../ports/cancellable.js';

const EVERY_MS = 1_000;
const FILE = 'live.json';

/** Events of which only the last one matters to somebody who looks on. */
const SHOWN = [
  'stage',
  'pass-started',
  'progress',
  'surveyed',
  'waiting',
  'away',
  'back',
  'paused',
  'resumed',
] as const;
type ShownEvent = Extract<RunEvent, { type: (typeof SHOWN)[number] }>;

/** The last events of a run, oldest first, and the process that carries it out. */
export interface LiveState {
  readonly process: ProcessIdentity;
  /** How many events there were before the last one of `events`. */
  readonly count: number;
  readonly events: readonly { readonly at: number; readonly event: RunEvent }[];
}

const stateSchema: z.ZodType<LiveState> = z.object({
  process: processIdentitySchema,
  count: z.number(),
  events: z
    .array(
      z.object({
        at: z.number(),
        // written by the same version on the same computer, for a display only
        event: z.custom<RunEvent>((value) => typeof value === 'object' && value !== null && 'type' in value),
      }),
    )
    .readonly(),
});

/** Writes the state of a run, at most once a second. A disk that takes no file costs nothing but the view from another terminal. */
export class LiveRun {
  readonly #last = new Map<RunEvent['type'], { readonly at: number; readonly event: RunEvent }>();
  #count = 0;
  #folder: string | null = null;
  #process: ProcessIdentity | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** `folder`: that of the run. */
  async begin(folder: string): Promise<void> {
    this.#process = await ownIdentity();
    this.#folder = folder;
    await this.#write();
  }

  note(event: RunEvent): void {
    if (!isShown(event)) return;
    this.#last.set(event.type, { at: (this.#count += 1), event });
    if (!this.#folder) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#writing.then(() => this.#write());
    }, EVERY_MS).unref();
  }

  /** Removes the file: what the run did stands in its journal. */
  async end(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    await this.#writing;
    const folder = this.#folder;
    this.#folder = null;
    if (folder !== null) await rm(join(folder, FILE), { force: true }).catch(() => undefined);
  }

  async #write(): Promise<void> {
    if (this.#folder === null || !this.#process) return;
    const events = [...this.#last.values()].sort((a, b) => a.at - b.at);
    const state: LiveState = { process: this.#process, count: this.#count, events };
    const path = join(this.#folder, FILE);
    try {
      await writeFile(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
      await rename(`${path}.new`, path);
    } catch {
      await rm(`${path}.new`, { force: true }).catch(() => undefined);
    }
  }
}

/** The state of a run that goes on; null for one that has ended, also by the end of its process. */
export async function readLive(
  stateDir: string,
  run: string,
  { signal }: Cancellable,
): Promise<LiveState | null> {
  let text: string;
  try {
    text = await readFile(join(stateDir, 'runs', run, FILE), { encoding: 'utf8', signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
  const state = parsed(text);
  if (!state) return null;
  return state.process.host === hostname() && (await hasEnded(state.process)) ? null : state;
}

function parsed(text: string): LiveState | null {
  try {
    return stateSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function isShown(event: RunEvent): event is ShownEvent {
  const shown: readonly string[] = SHOWN;
  return shown.includes(event.type);
}
