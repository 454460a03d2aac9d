// Writes journals of runs into a target in memory, for tests of how later runs use them.
import type { ReportImage, TagSummary } from '../../core/contract.js';
import type { RawManifest } from '../../core/content/manifest.js';
import { Journal, type JournalEntry } from '../../core/journal/journal.js';

const TARGET = { kind: 'registry', location: 'http://memory.test', charts: [] } as const;

export interface WrittenRun {
  readonly kind?: 'import' | 'undo';
  readonly undoes?: readonly string[];
  readonly only?: readonly string[];
  readonly entries?: readonly JournalEntry[];
  /** Manifests that the journal keeps, so that they can be restored. */
  readonly manifests?: readonly RawManifest[];
  /** False: the run was killed before it ended. */
  readonly ended?: boolean;
}

/** Writes the journal of a run and returns its id; ids sort in the order of the calls. */
export async function writeRun(stateDir: string, written: WrittenRun): Promise<string> {
  // Ids begin with the time in milliseconds.
  await new Promise((resolve) => setTimeout(resolve, 2));
  const { kind = 'import', undoes = [], only = [], entries = [], manifests = [], ended = true } = written;
  const journal = await Journal.create(stateDir);
  const { run } = journal;
  await journal.append({
    type: 'run-started',
    ...{ run, version: '0', kind, undoes, only, target: TARGET, packages: [], weakened: [] },
  });
  for (const manifest of manifests) await journal.keepManifest(manifest);
  for (const entry of entries) await journal.append(entry);
  if (ended) {
    const totals = { bytesRead: 0, bytesSent: 0, chartBytesSent: 0, bytesMounted: 0, bytesSkipped: 0 };
    const figures = { seconds: 0, passes: 0, retries: 0, peakMemoryBytes: 0 };
    await journal.append({ type: 'run-ended', result: 'done', totals: { ...totals, ...figures } });
  }
  await journal.close();
  return run;
}

export function summaryOf(manifest: RawManifest | null): TagSummary | null {
  return manifest && { digest: manifest.digest, mediaType: manifest.mediaType, platforms: ['linux/amd64'] };
}

export function tagWriting(
  target: string,
  before: RawManifest | null,
  next: RawManifest | null,
): JournalEntry {
  return { type: 'tag-writing', target, before: summaryOf(before), next: next?.digest ?? null };
}

export function imageRow(target: string, fields: Partial<ReportImage> = {}): JournalEntry {
  return {
    type: 'image',
    ...{ source: '', sources: [], target, repository: '', tag: '', platform: 'linux/amd64' },
    ...{ digest: `sha256:${'a'.repeat(64)}`, config: '', action: 'push', reason: '', package: 'p.tar.gz' },
    ...{ version: '', before: null, after: null, problem: null },
    ...fields,
  };
}
