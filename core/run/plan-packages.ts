// The plan: what an import of the same packages with the same options would do and need. Sends nothing.
import type { ImportRequest, Plan, ReportPackage, RunEvent } from '../contract.js';
import type { Digest } from '../content/digest.js';
import type { NamingRules } from '../chart/relocation/naming.js';
import type { PackageSource } from '../package/source/open-package.js';
import { NO_CHOICES } from '../plan/planned-choices.js';
import type { SelectionRules } from '../plan/selection.js';
import type { ConnectedTarget } from '../target/connect.js';
import { assemblePlan } from './assemble-plan.js';
import { BlobPresence } from './upload/blob-presence.js';
import type { BlobSender } from './upload/blob-sender.js';
import type { Counters } from './base/counters.js';
import { chartDeciderFor, tagDeciderFor } from './deciders.js';
import { forecastImport } from './forecast/forecast-import.js';
import type { TagContentLookup } from './tags/tag-rows.js';
import type { FreeBytes } from './forecast/needed-space.js';
import { PauseGate } from '../flow/pause-gate.js';
import { readUntilComplete, type ReadingOptions, type ReadPackage } from './pass/read-packages.js';
import type { Spool } from './base/spool.js';
import type { PackageLabel } from '../inspect/package-labels.js';

const DEFAULT_PASSES = 3;

/** What an import and its plan work with; opened and closed by the caller. */
export interface PlanJob {
  readonly request: Omit<ImportRequest, 'packages'>;
  readonly sources: readonly PackageSource[];
  /** As they are described before they are read, in the order of the sources. */
  readonly packages: readonly ReportPackage[];
  readonly labels: readonly PackageLabel[];
  readonly target: ConnectedTarget;
  readonly rules: NamingRules;
  readonly selection: SelectionRules;
  readonly spool: Spool;
  /** The inspect cache lies under it. */
  readonly stateDir: string;
  readonly counters: Counters;
  readonly expectedSha512: (source: PackageSource) => string | null;
  /** Package version that brought a manifest, from the journals of former runs. */
  readonly versionOf: (digest: Digest) => string | null;
  readonly freeBytes: FreeBytes;
  /** Options that weaken safety. */
  readonly weakened: readonly string[];
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

/** Reads the packages that are not known yet, and every tag and chart of the target. Throws what concerns the whole target. */
export async function planPackages(job: PlanJob): Promise<Plan> {
  const { target, request, sources, emit, signal } = job;
  emit({ type: 'stage', stage: 'read' });
  const options = readingOptions(job, null, new PauseGate(() => undefined));
  const read: ReadPackage[] = [];
  for (const [at, source] of sources.entries()) read.push(await readUntilComplete(source, at, options));
  const deciding = { ...job, choices: NO_CHOICES };
  const presence = target.images && new BlobPresence(target.images, { signal });
  const tags = target.images &&
    presence && { presence, decider: tagDeciderFor(deciding, target.images, presence) };
  const charts = request.target.noCharts
    ? null
    : (after: TagContentLookup) => chartDeciderFor(deciding, target.images, after);
  const forecast = await forecastImport({ ...job, tags, charts }, read);
  emit({ type: 'stage', stage: 'done' });
  return assemblePlan({ ...job, read, forecast });
}

/** How packages are read, with a sender or just looked at. */
export function readingOptions(job: PlanJob, sender: BlobSender | null, pause: PauseGate): ReadingOptions {
  const { rules, selection, target, counters, request, spool, stateDir, expectedSha512, signal } = job;
  return {
    rules,
    selection,
    images: target.images,
    sender,
    spool,
    counters,
    passes: request.passes ?? DEFAULT_PASSES,
    expectedSha512,
    acceptUnproven: request.acceptUnproven ?? false,
    allowMislabelled: request.allowMislabelled ?? false,
    stateDir,
    reread: request.reread ?? false,
    pause,
    signal,
  };
}
