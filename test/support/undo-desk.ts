// Undoes runs of hand-written journals in a target in memory that another writer can change.
import type { ReportImage, RunEvent } from '../../core/contract.js';
import { digestOf } from '../../core/content/digest.js';
import { encodeDockerManifest, type RawManifest } from '../../core/content/manifest.js';
import { Counters } from '../../core/run/base/counters.js';
import { Journal } from '../../core/journal/journal.js';
import { PauseGate } from '../../core/flow/pause-gate.js';
import { KeptContent, readHistory } from '../../core/journal/former-runs.js';
import type { UndoJob } from '../../core/undo/undo-job.js';
import { makeUndoPlan, type PlannedUndo } from '../../core/undo/undo-plan.js';
import { undoRuns } from '../../core/undo/undo-runs.js';
import { MemoryTarget } from './memory-target.js';

export const HOST = 'memory.test';
const { signal } = new AbortController();

export class UndoDesk {
  readonly state: string;
  readonly target = new MemoryTarget();

  constructor(state: string) {
    this.state = state;
  }

  /** An image whose config is in the repository already. */
  image(repository: string, content: string): RawManifest {
    const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', content }));
    this.target.blobs.set(`${repository}@${digestOf(config)}`, config);
    return encodeDockerManifest({ digest: digestOf(config), size: config.length }, []);
  }

  async jobFor(runs: readonly string[], asked: Partial<UndoJob> = {}): Promise<UndoJob> {
    const history = await readHistory(this.state, { signal });
    return {
      target: {
        images: this.target,
        chartsFor: () => Promise.resolve([]),
        projectsAt: () => Promise.resolve(null),
        rightsAt: () => null,
        refusesDockerTypes: () => Promise.resolve(false),
        rules: {},
        summary: { kind: 'registry', location: 'http://memory.test', charts: [] },
        flush: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
      runs: history.filter(({ run }) => runs.includes(run)),
      history,
      kept: new KeptContent(this.state),
      only: [],
      force: false,
      signal,
      ...asked,
    };
  }

  async carryOut(job: UndoJob, planned?: PlannedUndo) {
    const journal = await Journal.create(this.state);
    const events: RunEvent[] = [];
    const emit = (event: RunEvent) => void events.push(event);
    const made = planned ?? (await makeUndoPlan(job));
    const counters = new Counters(emit);
    const pause = new PauseGate(() => undefined);
    const result = await undoRuns({ job, planned: made, journal, counters, pause, emit });
    await journal.close();
    const rows = journal.entries.filter((entry) => entry.type === 'image');
    const codes = journal.entries.flatMap((entry) => (entry.type === 'problem' ? [entry.problem.code] : []));
    return { result, rows, codes, events, journal };
  }
}

/** The rows as text, sorted: target, action, reason, code of the problem. */
export function told(rows: readonly ReportImage[]): readonly (readonly (string | undefined)[])[] {
  return rows.map((row) => [row.target, row.action, row.reason, row.problem?.code].filter(Boolean)).sort();
}
