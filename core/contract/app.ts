// What the app's window may ask of its host (desktop or web): the engine's commands, files, drives and settings. All plain JSON.
import type { Check } from './check.js';
import type { Coverage } from './coverage.js';
import type { Result } from './engine.js';
import type { RunEvent } from './events.js';
import type { Inventory } from './inventory.js';
import type { Plan } from './plan.js';
import type { Audit, Proof } from './proof.js';
import type { Report, RunSummary } from './report.js';
import type { RunSnapshot } from './run-progress.js';
import type {
  AuditRequest,
  CompareRequest,
  ImportRequest,
  InspectRequest,
  PlanRequest,
  RunsRequest,
  SupportBundle,
  UndoRequest,
  VerifyRequest,
} from './requests.js';
import type { Credentials, TargetSpec } from './target.js';
import type { UndoPlan } from './previews.js';

export interface AppInfo {
  readonly version: string;
  readonly host: 'desktop' | 'web';
  /** `process.platform` of the host. */
  readonly platform: string;
  /** Language of the system when Archbridge speaks it, otherwise `en`. */
  readonly language: 'en' | 'zh-CN';
  /** Absolute paths of the example packages; empty where they are not installed. */
  readonly examples: readonly string[];
  /** Directory of the folder target that the app offers before any target was chosen. */
  readonly defaultStore: string;
  readonly stateDir: string;
  readonly userName: string;
  readonly hostName: string;
  /** True where the host can keep passwords after it ends (a desktop with a keychain); otherwise the app asks for them again. */
  readonly keepsPasswords: boolean;
}

export interface FolderEntry {
  readonly name: string;
  readonly path: string;
  readonly kind: 'folder' | 'package' | 'other';
  readonly bytes: number;
  /** ISO 8601. */
  readonly modified: string;
}

export interface FolderListing {
  /** Null for the list of roots. */
  readonly path: string | null;
  /** Null where the parent folder may not be shown. */
  readonly parent: string | null;
  readonly entries: readonly FolderEntry[];
}

export interface Drive {
  readonly label: string;
  /** Path at which the drive is mounted. */
  readonly path: string;
  readonly removable: boolean;
  readonly bytes: number;
  readonly free: number;
  /** Packages in the top folder of the drive and one folder below. */
  readonly packages: readonly FolderEntry[];
}

/** A saved target, a cluster; never with passwords. */
export interface RememberedTarget {
  /** Stable key, made of location and charts. */
  readonly id: string;
  /** Its name, as `--target` takes it. */
  readonly label: string;
  readonly spec: TargetSpec;
  readonly username: string;
  /** User name at chart repositories that lie elsewhere; absent: the same, or none. */
  readonly chartsUsername?: string;
  /** Platforms of the target's nodes; empty when the person named none. */
  readonly platforms: readonly string[];
  /** Charts left out, `folder/name`. */
  readonly skippedCharts: readonly string[];
  readonly lastUsed: string;
  /** The command line uses it where no target is named. */
  readonly isDefault?: boolean;
}

export interface AppSettings {
  readonly language: 'en' | 'zh-CN' | 'system';
  readonly theme: 'light' | 'dark' | 'system';
  readonly recentPackages: readonly string[];
  readonly watchedFolders: readonly string[];
  readonly targets: readonly RememberedTarget[];
  readonly concurrency: number;
  /** Bytes per second; 0: no limit. */
  readonly limitRate: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly verifyAfterImport: boolean;
}

/** The import or undo that the host is carrying out, so that a window that opens later can show it. */
export interface ActiveRun {
  /** The call that started it. */
  readonly call: string;
  readonly method: 'import' | 'undo';
  readonly request: ImportRequest | UndoRequest;
  readonly run: string | null;
  readonly paused: boolean;
  /** The server that the run waits for because it no longer answers; null where it waits for none. */
  readonly away: RunSnapshot['away'];
  /** Everything that the events told so far, complete for a window that opens late. */
  readonly progress: RunSnapshot;
  /** Number of events that `progress` holds: a window ignores events up to it. */
  readonly told: number;
  /** The run's answer once it has ended; kept until the next run begins. */
  readonly result: Result<Report> | null;
  /** The runs of the same import into further targets; empty for an import into one. */
  readonly others: readonly ActiveRun[];
}

/** The call that names the run into one of several targets, by the place of its request. */
export function callOfTarget(call: string, at: number): string {
  return at === 0 ? call : `${call}/${String(at)}`;
}

/** The methods that a window may call, by name, each with its input and output. Requests hold no credentials; the host adds them. */
export interface AppMethods {
  info: { in: null; out: AppInfo };
  inspect: { in: InspectRequest; out: Inventory };
  plan: { in: PlanRequest; out: Plan };
  import: { in: ImportRequest; out: Report };
  /**
   * Imports the same packages into several targets from one reading. Each is a run of its own; the events of the first have this
   * call, those of the others the calls that `callOfTarget` gives.
   */
  importSeveral: { in: { readonly requests: readonly ImportRequest[] }; out: readonly Result<Report>[] };
  /** Undoes a run in each of several targets at the same time. The calls are those of `importSeveral`. */
  undoSeveral: { in: { readonly requests: readonly UndoRequest[] }; out: readonly Result<Report>[] };
  compare: { in: CompareRequest; out: Coverage };
  verify: { in: VerifyRequest; out: Proof };
  audit: { in: AuditRequest; out: Audit };
  planUndo: { in: UndoRequest; out: UndoPlan };
  undo: { in: UndoRequest; out: Report };
  runs: { in: RunsRequest; out: readonly RunSummary[] };
  report: { in: string; out: Report };
  check: { in: TargetSpec; out: Check };
  pause: { in: string; out: boolean };
  resume: { in: string; out: boolean };
  /** Asks servers that are away at once whether they are back. */
  tryNow: { in: string; out: boolean };
  activeRun: { in: null; out: ActiveRun | null };
  /** The report as the text of a file; `language` is the language of its words. */
  renderReport: {
    in: { readonly run: string; readonly format: 'html' | 'csv' | 'json'; readonly language: 'en' | 'zh-CN' };
    out: string;
  };
  /** A comparison, or the part of it that is shown, as the text of a file. */
  renderCoverage: {
    in: {
      readonly coverage: Coverage;
      readonly format: 'html' | 'csv';
      readonly language: 'en' | 'zh-CN';
    };
    out: string;
  };
  settings: { in: null; out: AppSettings };
  saveSettings: { in: Partial<AppSettings>; out: AppSettings };
  /**
   * Sets the credentials for the registry or chart repository at `location` (its origin); null forgets them. `keep`: also after the
   * app has ended, where the host can.
   */
  setCredentials: {
    in: { readonly location: string; readonly credentials: Credentials | null; readonly keep: boolean };
    out: null;
  };
  drives: { in: null; out: readonly Drive[] };
  /** Null lists the roots. */
  listFolder: { in: string | null; out: FolderListing };
  /** Opens the desktop's own dialog. Null where the host has none (use `listFolder` then); [] when the person cancelled. */
  chooseFiles: { in: null; out: readonly string[] | null };
  chooseFolder: { in: null; out: readonly string[] | null };
  /**
   * Opens the desktop's own dialog. False where the host has none (the browser downloads the file then), or when the person
   * cancelled.
   */
  saveFile: { in: { readonly name: string; readonly text: string }; out: boolean };
  /** Reads clusterConfig.yaml, charts-syncer.yaml or docker's config.json. The credentials in it stay with the host. */
  readTargetFile: {
    in: string;
    out: {
      readonly kind: 'cluster-config' | 'syncer-config' | 'docker-config';
      /** At least one; several where docker's config.json has logins for several registries. */
      readonly targets: readonly { readonly spec: TargetSpec; readonly username: string }[];
      readonly notes: readonly string[];
    };
  };
  /** Reads a plan that was saved, by its path. */
  readPlan: { in: string; out: Plan };
  /** Writes a support bundle below the state folder and tells what it holds. `details`: the error that the window shows, or ''. */
  supportBundle: { in: { readonly details: string }; out: SupportBundle };
  /** Last lines of the log file. */
  readLog: { in: { readonly lines: number }; out: readonly string[] };
}

export type AppMethod = keyof AppMethods;

/** True for a method that carries out runs: it goes on when the window that called it is gone. */
export function isRunMethod(method: string): boolean {
  return method === 'import' || method === 'undo' || isSeveralMethod(method);
}

/** True for a method that carries out a run for each of several targets: its answer is a list, and each run has a call of its own. */
export function isSeveralMethod(method: string): boolean {
  return method === 'importSeveral' || method === 'undoSeveral';
}

/** Events that the host sends without a call. */
export type AppEvent =
  /** `told`: how many events the run has told with this one; absent for calls that are no run. */
  | { readonly type: 'run'; readonly call: string; readonly event: RunEvent; readonly told?: number }
  | { readonly type: 'run-ended'; readonly call: string; readonly result: Result<Report> }
  | { readonly type: 'drives'; readonly drives: readonly Drive[] }
  | { readonly type: 'files-opened'; readonly paths: readonly string[] }
  | { readonly type: 'log'; readonly line: string }
  /** The engine's process ended. `restarted`: a new one answers from now on. */
  | { readonly type: 'engine-lost'; readonly restarted: boolean };

/** The only thing that the window knows of its host: `window.archbridge` on the desktop, made over HTTP in the browser. */
export interface AppBridge {
  /** `call` names the call, so that it can be cancelled and its events told apart. */
  invoke<M extends AppMethod>(
    method: M,
    input: AppMethods[M]['in'],
    call: string,
  ): Promise<Result<AppMethods[M]['out']>>;
  cancel(call: string): void;
  /** Answers a function that ends the subscription. */
  onEvent(listener: (event: AppEvent) => void): () => void;
  /** Absolute path of a dropped file; null in a browser, which does not tell. */
  pathOf(file: File): string | null;
}
