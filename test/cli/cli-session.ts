// Runs command lines inside the test, with an engine that gives prepared answers and records the requests.
import type {
  CommandOptions,
  Engine,
  ImportRequest,
  InspectRequest,
  Inventory,
  Problem,
  Report,
  Result,
  RunsRequest,
  RunSummary,
} from '../../core/contract.js';
import type { CliIo, EngineDeps } from '../../cli/io.js';
import { runCli } from '../../cli/run-cli.js';
import { noteGiven, refuseSecrets } from '../support/secrets.js';
import { emptyInventory, reportOf } from './values.js';

type OtherCommand =
  | 'importSeveral'
  | 'plan'
  | 'compare'
  | 'verify'
  | 'audit'
  | 'planUndo'
  | 'undo'
  | 'planPrune'
  | 'prune'
  | 'check';

/** The answers of the engine. A method without an answer fails, so that no test calls it by accident. */
export interface Answers extends Partial<Pick<Engine, OtherCommand>> {
  readonly import?: (
    request: ImportRequest,
    options: CommandOptions,
  ) => Promise<Result<Report>> | Result<Report>;
  readonly inspect?: () => Result<Inventory>;
  readonly runs?: readonly RunSummary[];
  /** Events that `runs` sends while it reads. */
  readonly runProblems?: readonly Problem[];
  readonly report?: (run: string) => Result<Report>;
}

export interface Session {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly imports: readonly ImportRequest[];
  readonly inspects: readonly InspectRequest[];
  readonly runRequests: readonly RunsRequest[];
  readonly deps: readonly EngineDeps[];
}

export interface SessionSettings {
  readonly answers?: Answers;
  readonly env?: CliIo['env'];
  readonly stdin?: string;
  readonly isTty?: CliIo['isTty'];
  readonly hideInput?: (isHidden: boolean) => void;
  readonly signal?: AbortSignal;
  readonly columns?: number;
}

/** `archbridge <argv>`; the locale is English unless `env` says otherwise. */
export async function session(argv: readonly string[], settings: SessionSettings = {}): Promise<Session> {
  const { answers = {}, env = {}, stdin = '', columns } = settings;
  noteGiven(argv, env, stdin);
  const imports: ImportRequest[] = [];
  const inspects: InspectRequest[] = [];
  const runRequests: RunsRequest[] = [];
  const deps: EngineDeps[] = [];
  let stdout = '';
  let stderr = '';
  const engine: Engine = {
    async inspect(request) {
      inspects.push(request);
      return answers.inspect?.() ?? { ok: true, value: emptyInventory };
    },
    async import(request, options) {
      imports.push(request);
      return (await answers.import?.(request, options)) ?? { ok: true, value: reportOf({}) };
    },
    async runs(request, { onEvent }) {
      runRequests.push(request);
      for (const problem of answers.runProblems ?? []) onEvent?.({ type: 'problem', problem });
      return { ok: true, value: answers.runs ?? [] };
    },
    async follow(run) {
      return this.report(run, { signal: new AbortController().signal });
    },
    async report(run) {
      return answers.report?.(run) ?? { ok: true, value: reportOf({ run }) };
    },
    importSeveral: answers.importSeveral ?? notAsked,
    plan: answers.plan ?? notAsked,
    compare: answers.compare ?? notAsked,
    verify: answers.verify ?? notAsked,
    audit: answers.audit ?? notAsked,
    planUndo: answers.planUndo ?? notAsked,
    undo: answers.undo ?? notAsked,
    planPrune: answers.planPrune ?? notAsked,
    prune: answers.prune ?? notAsked,
    check: answers.check ?? notAsked,
    pack: notAsked,
    inventory: notAsked,
    supportBundle: notAsked,
    pause: () => false,
    resume: () => false,
    tryNow: () => false,
  };
  const code = await runCli(argv, {
    stdout: { write: (text) => (stdout += text), columns },
    stderr: { write: (text) => (stderr += text), columns },
    stdin: (async function* () {
      yield stdin;
    })(),
    env: { HOME: '/nowhere', ...env },
    ...(settings.hideInput ? { hideInput: settings.hideInput } : {}),
    isTty: settings.isTty ?? { stdout: false, stderr: false },
    engineFactory: (given) => {
      deps.push(given);
      return engine;
    },
    signal: settings.signal ?? new AbortController().signal,
  });
  refuseSecrets(stdout, 'standard output');
  refuseSecrets(stderr, 'standard error');
  return { code, stdout, stderr, imports, inspects, runRequests, deps };
}

function notAsked(): Promise<never> {
  return Promise.reject(new Error('the test did not say what the engine answers'));
}

/** The request of the only import that a command line led to. */
export async function requestOf(
  argv: readonly string[],
  settings: SessionSettings = {},
): Promise<ImportRequest> {
  const { imports, stderr } = await session(argv, settings);
  const [request] = imports;
  if (request === undefined) throw new Error(`no import: ${stderr}`);
  return request;
}
