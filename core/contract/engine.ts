// The engine as hosts see it: one method for each command.
import type { Problem } from '../errors.js';
import type { Check } from './check.js';
import type { Coverage } from './coverage.js';
import type { RunEvent } from './events.js';
import type { Inventory } from './inventory.js';
import type { Packed, PackRequest, SiteInventory, SiteInventoryRequest } from './pack.js';
import type { Plan } from './plan.js';
import type { PrunePlan, UndoPlan } from './previews.js';
import type { Audit, Proof } from './proof.js';
import type { Report, RunSummary } from './report.js';
import type {
  AuditRequest,
  CompareRequest,
  ImportRequest,
  InspectRequest,
  PlanRequest,
  PruneRequest,
  RunsRequest,
  SupportBundle,
  SupportBundleRequest,
  UndoRequest,
  VerifyRequest,
} from './requests.js';
import type { TargetSpec } from './target.js';

/** The answer of every command: a value or a problem. Plain data, so that it can pass between processes; nothing is thrown. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export interface CommandOptions {
  /** Aborting it cancels the command; a cancelled run still answers with its report. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

export interface SeveralOptions {
  /** Aborting it cancels all imports. */
  readonly signal: AbortSignal;
  /** `at`: which of the requests the event belongs to. */
  readonly onEvent?: (at: number, event: RunEvent) => void;
}

export interface Engine {
  inspect(request: InspectRequest, options: CommandOptions): Promise<Result<Inventory>>;
  /** Sends nothing; writes nothing but the inspect cache. */
  plan(request: PlanRequest, options: CommandOptions): Promise<Result<Plan>>;
  /** Answers with a report whenever the run began, whether it succeeded or not; with a problem when it did not begin. */
  import(request: ImportRequest, options: CommandOptions): Promise<Result<Report>>;
  /**
   * One import for each request, all of the same packages into different targets, from one reading of each package. What befalls one
   * does not end the others; the answers stand in the order of the requests.
   */
  importSeveral(
    requests: readonly ImportRequest[],
    options: SeveralOptions,
  ): Promise<Result<readonly Result<Report>[]>>;
  compare(request: CompareRequest, options: CommandOptions): Promise<Result<Coverage>>;
  verify(request: VerifyRequest, options: CommandOptions): Promise<Result<Proof>>;
  audit(request: AuditRequest, options: CommandOptions): Promise<Result<Audit>>;
  /** What `undo` with the same request would do. */
  planUndo(request: UndoRequest, options: CommandOptions): Promise<Result<UndoPlan>>;
  undo(request: UndoRequest, options: CommandOptions): Promise<Result<Report>>;
  /** What `prune` with the same request would remove. */
  planPrune(request: PruneRequest, options: CommandOptions): Promise<Result<PrunePlan>>;
  /** Removes superseded versions of charts, and the tags that only they name. */
  prune(request: PruneRequest, options: CommandOptions): Promise<Result<Report>>;
  runs(request: RunsRequest, options: CommandOptions): Promise<Result<readonly RunSummary[]>>;
  report(run: string, options: CommandOptions): Promise<Result<Report>>;
  /** Tells what a run does, also one of another process on this computer, and answers with its report when it has ended. */
  follow(run: string, options: CommandOptions): Promise<Result<Report>>;
  /** Writes one package of several, and its SHA-512 beside it. */
  pack(request: PackRequest, options: CommandOptions): Promise<Result<Packed>>;
  /** Lists what the image side of a target holds. */
  inventory(request: SiteInventoryRequest, options: CommandOptions): Promise<Result<SiteInventory>>;
  /** Writes a file for those who help, with logs, journals and facts about this computer, without secrets. */
  supportBundle(request: SupportBundleRequest, options: CommandOptions): Promise<Result<SupportBundle>>;
  /** Asks a target whether it answers, what it is and whether it takes the credentials; writes nothing. */
  check(target: TargetSpec, options: CommandOptions): Promise<Result<Check>>;
  /**
   * Holds a run of this engine before its next step; requests that are already sent are allowed to finish. False when no such run
   * is active.
   */
  pause(run: string): boolean;
  resume(run: string): boolean;
  /** Asks servers that are away at once whether they are back. False when no such run is active, or when it waits for none. */
  tryNow(run: string): boolean;
}
