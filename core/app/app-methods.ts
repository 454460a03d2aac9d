// What each method of the contract does. The caller has checked the inputs; here credentials are filled in and paths are checked
// against the roots.
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { callOfTarget } from '../contract.js';
import type {
  AppEvent,
  AppInfo,
  AppMethod,
  AppMethods,
  CommandOptions,
  Drive,
  Engine,
  ImportRequest,
  Language,
  Problem,
  Report,
  Result,
  RunEvent,
  SeveralOptions,
  TargetSpec,
  UndoRequest,
} from '../contract.js';
import { toProblem } from '../errors.js';
import { coverageCsv } from '../report/render/coverage-csv.js';
import { coverageHtml } from '../report/render/coverage-html.js';
import { renderReport } from '../report/render/render-report.js';
import { RunsInHand } from './active-run.js';
import type { AppLog } from './app-log.js';
import { CredentialStore, type LocatedCredentials } from './credential-store.js';
import { DriveWatch, readDrives } from './drives.js';
import { listFolder } from './folder-listing.js';
import { readPlanFile } from './plan-file.js';
import { requireAllowedPaths } from './request-paths.js';
import { Roots } from './roots.js';
import { SettingsFile } from './settings-file.js';
import { readTargetFile } from './target-file.js';
import type { Cancellable } from '../ports/cancellable.js';

export interface AppServiceOptions {
  readonly engine: Engine;
  /** Folder for journals, settings and the log. */
  readonly stateDir: string;
  readonly version: string;
  readonly host: AppInfo['host'];
  /** Language of the system. */
  readonly language: Language;
  /** Folders that windows may list and name; with `withDrives` also the drives that are plugged in. Null: the whole computer. */
  readonly roots: { readonly folders: readonly string[]; readonly withDrives: boolean } | null;
  /** Absolute paths of the example packages. */
  readonly examples: readonly string[];
  readonly defaultStore: string;
  readonly log: AppLog;
  /** True where the host keeps passwords after it ends. The host does that itself before it passes the call on. */
  readonly keepsPasswords?: boolean;
  /** A PEM file with authorities that every target trusts besides its own (NODE_EXTRA_CA_CERTS). */
  readonly extraCaFile?: string;
  /** Credentials that the host has kept from earlier sessions. */
  readonly credentials?: readonly LocatedCredentials[];
  /** Finds drives; tests replace it. */
  readonly readDrives?: (options: Cancellable) => Promise<readonly Drive[]>;
}

export interface CallContext {
  readonly call: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

type Handlers = {
  readonly [M in AppMethod]: (
    input: AppMethods[M]['in'],
    context: CallContext,
  ) => Promise<Result<AppMethods[M]['out']>>;
};

export interface AppMethodsAtWork {
  readonly handlers: Handlers;
  readonly runs: RunsInHand;
  readonly drives: DriveWatch;
}

/** Makes the methods; `tell` sends an event to every window. */
export function appMethods(options: AppServiceOptions, tell: (event: AppEvent) => void): AppMethodsAtWork {
  const { engine, log, stateDir } = options;
  const settings = new SettingsFile(join(stateDir, 'app-settings.json'));
  const credentials = new CredentialStore(options.credentials);
  const runs = new RunsInHand();
  const { roots, drives } = placesOf(options, tell);

  const language = async (o: Cancellable): Promise<Language> => {
    const { language: chosen } = await settings.read(o);
    return chosen === 'system' ? options.language : chosen;
  };
  /** The request as the engine takes it: its paths are allowed, and its target has the credentials that are known. */
  const ready = async <R extends { readonly target?: TargetSpec }>(
    request: R,
    o: Cancellable,
  ): Promise<R> => {
    await requireAllowedPaths(request, roots, o);
    if (!request.target) return request;
    return { ...request, target: withAuthorities(credentials.fill(request.target), options.extraCaFile) };
  };
  /** Runs one import or undo at a time. It goes on when the window that started it is closed. */
  const carryOut = async <R extends ImportRequest | UndoRequest>(
    method: 'import' | 'undo',
    request: R,
    { call, signal }: CallContext,
    work: (request: R, options: CommandOptions) => Promise<Result<Report>>,
  ): Promise<Result<Report>> => {
    const asked = await ready(request, { signal });
    const [run] = runs.begin([{ call, method, request }]);
    const onEvent = (event: RunEvent): void => {
      tell({ type: 'run', call, event, told: run?.note(event) ?? 0 });
    };
    const result = await work(asked, { signal, onEvent }).catch(refused);
    run?.end(result);
    tell({ type: 'run-ended', call, result });
    return result;
  };
  /** The same for several targets, each with a run of its own. */
  const carryOutSeveral = async <R extends ImportRequest | UndoRequest>(
    method: 'import' | 'undo',
    requests: readonly R[],
    { call, signal }: CallContext,
    work: (requests: readonly R[], options: SeveralOptions) => Promise<Result<readonly Result<Report>[]>>,
  ): Promise<Result<readonly Result<Report>[]>> => {
    const asked = await Promise.all(requests.map((request) => ready(request, { signal })));
    const begun = runs.begin(
      requests.map((request, at) => ({ call: callOfTarget(call, at), method, request })),
    );
    const onEvent = (at: number, event: RunEvent): void => {
      tell({ type: 'run', call: callOfTarget(call, at), event, told: begun[at]?.note(event) ?? 0 });
    };
    const answer = await work(asked, { signal, onEvent }).catch(refused);
    for (const [at, run] of begun.entries()) {
      const result = answer.ok ? (answer.value[at] ?? noAnswer()) : answer;
      run.end(result);
      tell({ type: 'run-ended', call: callOfTarget(call, at), result });
    }
    return answer;
  };

  const handlers: Handlers = {
    info: async () => ok(infoOf(options)),
    inspect: async (request, o) => {
      await requireAllowedPaths(request, roots, o);
      return engine.inspect(request, o);
    },
    plan: async (request, o) => engine.plan(await ready(request, o), o),
    import: (request, o) => carryOut('import', request, o, (asked, how) => engine.import(asked, how)),
    importSeveral: ({ requests }, o) =>
      carryOutSeveral('import', requests, o, (asked, how) => engine.importSeveral(asked, how)),
    compare: async (request, o) => engine.compare(await ready(request, o), o),
    verify: async (request, o) => engine.verify(await ready(request, o), o),
    audit: async (request, o) => engine.audit(await ready(request, o), o),
    planUndo: async (request, o) => engine.planUndo(await ready(request, o), o),
    undo: (request, o) => carryOut('undo', request, o, (asked, how) => engine.undo(asked, how)),
    undoSeveral: ({ requests }, o) =>
      carryOutSeveral('undo', requests, o, async (asked, { signal, onEvent }) => {
        const undone = asked.map((request, at) =>
          engine.undo(request, { signal, onEvent: (event) => onEvent?.(at, event) }).catch(refused),
        );
        return ok(await Promise.all(undone));
      }),
    runs: async (request, o) => engine.runs(await ready(request, o), o),
    report: (wanted, o) => engine.report(wanted, o),
    check: async (target, o) => engine.check((await ready({ target }, o)).target, o),
    pause: async (wanted) => ok(engine.pause(wanted)),
    resume: async (wanted) => ok(engine.resume(wanted)),
    tryNow: async (wanted) => ok(engine.tryNow(wanted)),
    activeRun: async () => ok(runs.active),
    renderReport: async ({ run: wanted, ...how }, o) => {
      const found = await engine.report(wanted, o);
      return found.ok ? ok(renderReport([found.value], how)) : found;
    },
    renderCoverage: ({ coverage, format, language: words }) =>
      Promise.resolve(ok(format === 'html' ? coverageHtml(coverage, words) : coverageCsv(coverage, words))),
    settings: async (_input, o) => ok(await settings.read(o)),
    saveSettings: async (changes, o) => {
      const changed = await settings.change(changes, o);
      log.setLevel(changed.logLevel);
      return ok(changed);
    },
    setCredentials: async ({ location, credentials: given }) => {
      credentials.set(location, given);
      return ok(null);
    },
    drives: async (_input, o) => ok(await drives.look(o)),
    listFolder: async (path, o) =>
      ok(await listFolder(path, roots, async () => (await drives.known(o)).map((one) => one.path), o)),
    // A host with its own dialogs answers these methods itself.
    chooseFiles: async () => ok(null),
    chooseFolder: async () => ok(null),
    saveFile: async () => ok(false),
    readTargetFile: async (path, o) => {
      const found = await readTargetFile(await roots.require(path, o), o);
      const words = await language(o);
      return ok({
        kind: found.kind,
        targets: found.targets.map((target) => ({
          spec: credentials.takeFrom(target),
          username: target.credentials?.username ?? '',
        })),
        notes: found.notes.map((note) => toProblem(note, words).message),
      });
    },
    readPlan: async (path, o) => ok(await readPlanFile(await roots.require(path, o), o)),
    supportBundle: ({ details }, o) =>
      engine.supportBundle({ file: join(stateDir, 'support', 'archbridge-support.tar.gz'), details }, o),
    readLog: async ({ lines }, o) => ok(await log.lastLines(lines, o)),
  };
  // Sets the log level of the last session; nothing waits for it.
  void settings.read({ signal: new AbortController().signal }).then(
    ({ logLevel }) => log.setLevel(logLevel),
    (error: unknown) => log.write('warn', 'settings cannot be read', { detail: String(error) }),
  );
  return { handlers, runs, drives };
}

/** The folders that windows may use and the drives that they see. Where the person named folders, only drives inside them. */
function placesOf(
  options: AppServiceOptions,
  tell: (event: AppEvent) => void,
): { readonly roots: Roots; readonly drives: DriveWatch } {
  const { folders, withDrives } = options.roots ?? { folders: null, withDrives: true };
  const named = new Roots(folders && (async () => folders));
  const read = options.readDrives ?? readDrives;
  const drives = new DriveWatch({
    read: async (o) => {
      const seen: Drive[] = [];
      for (const drive of await read(o)) {
        if (withDrives || (await named.allows(drive.path, o))) seen.push(drive);
      }
      return seen;
    },
    onChange: (found) => tell({ type: 'drives', drives: found }),
  });
  if (!folders || !withDrives) return { roots: named, drives };
  const roots = new Roots(async (o) => [...folders, ...(await drives.known(o)).map(({ path }) => path)]);
  return { roots, drives };
}

function infoOf(options: AppServiceOptions): AppInfo {
  const { version, host, language, examples, defaultStore, stateDir } = options;
  return {
    version,
    host,
    platform: process.platform,
    language,
    examples,
    defaultStore,
    stateDir,
    userName: userName(),
    hostName: hostname(),
    keepsPasswords: options.keepsPasswords ?? false,
  };
}

/** Name of the account; '' for accounts without one, as containers have them. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

function refused(error: unknown): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: toProblem(error) };
}

function noAnswer(): Result<Report> {
  return refused(new Error('the engine gave no answer for a target'));
}

function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Node itself ignores NODE_EXTRA_CA_CERTS where a connection has its own list of authorities. */
function withAuthorities(target: TargetSpec, extraCaFile: string | undefined): TargetSpec {
  if (!extraCaFile) return target;
  return { ...target, tls: { ...target.tls, caFiles: [...(target.tls?.caFiles ?? []), extraCaFile] } };
}
