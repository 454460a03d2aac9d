// The check of a target as a fixed list of rows; a row gets a tick only for an answer. Pure.
import type { Check, CheckRegistry, Problem, TargetSpec } from '../../../core/contract.js';
import { hostOf, plainHosts } from './target-spec.js';
import type { TargetCheck } from './target.js';

const RIGHTS = ['mayPull', 'mayPush', 'mayDelete', 'mayCreateProjects'] as const;

export type CheckTopic =
  | 'reachable'
  | 'product'
  | 'encryption'
  | 'credentials'
  | (typeof RIGHTS)[number]
  | 'quota'
  | 'clock'
  | 'host'
  | 'folder'
  | 'space'
  | 'charts'
  | 'other';

export interface CheckRow {
  readonly topic: CheckTopic;
  readonly state: 'fine' | 'to-know' | 'failed' | 'not-checked' | 'checking';
  /** The object of the answer: a URL, a product, a number. The screen makes words of it. */
  readonly value: string;
  /** Bytes for `space` and `quota` (null there: unlimited), seconds for `clock`. */
  readonly bytes: number | null;
  /** Who could answer what the registry does not tell; absent where it is answered. */
  readonly by?: 'administrator' | 'plan' | 'import' | 'nobody';
  /** For a chart repository: whether this account may publish there; null where that does not tell beforehand. */
  readonly mayPublish?: boolean | null;
  readonly problem: Problem | null;
}

const CREDENTIALS = [
  'registry.account-refused',
  'registry.credentials-needed',
  'registry.credentials-refused',
  'registry.login-lost',
  'registry.forbidden',
];

const CHART_CREDENTIALS = [
  'chart-repo.read-only',
  'chart-repo.read-only-anonymous',
  'chart-repo.unauthorized',
];

/** The rows of a target that was checked, is being checked, or was not checked yet (`null`). */
export function checkRows(spec: TargetSpec, state: TargetCheck | null): readonly CheckRow[] {
  const rows = spec.registry === undefined ? folderRows(spec, state) : registryRows(spec, state);
  const shown = new Set(rows.map(({ problem }) => problem?.message));
  const others = problemsOf(state).filter(({ message }) => !shown.has(message));
  return [...rows, ...others.map((problem) => row('other', 'failed', problem.code, problem))];
}

export type CheckSummary = 'ready' | 'failed' | 'credentials' | 'checking' | 'not-checked';

/** The state of a check as a whole. */
export function checkSummary(state: TargetCheck | null): CheckSummary {
  if (state === null) return 'not-checked';
  if (state.state === 'checking') return 'checking';
  if (state.check?.ok === true && state.check.registry.mayPush !== false) return 'ready';
  const refused = problemsOf(state).some(({ code }) => isAboutCredentials(code));
  return refused ? 'credentials' : 'failed';
}

/** True for the code of a problem that other credentials may solve. */
export function isAboutCredentials(code: string): boolean {
  return CREDENTIALS.includes(code) || CHART_CREDENTIALS.includes(code);
}

function registryRows(spec: TargetSpec, state: TargetCheck | null): readonly CheckRow[] {
  const registry = spec.registry ?? '';
  const check = state?.check ?? null;
  const pending = pendingState(state);
  const plain = plainHosts(spec);
  const encryption =
    plain.length > 0
      ? row('encryption', 'to-know', plain.join(' '))
      : row(
          'encryption',
          pending ?? (check?.registry.reachable === true ? 'fine' : 'not-checked'),
          hostOf(registry),
        );
  const problems = problemsOf(state);
  const tls = problems.find(({ code }) => /^registry\.(?:unreachable-)?tls/.test(code)) ?? null;
  const encrypted = tls ? row('encryption', 'failed', hostOf(registry), tls) : encryption;
  if (spec.noImages === true || check === null) {
    const first = problems[0] ?? null;
    const unasked = pending ?? (first ? 'failed' : 'not-checked');
    return [
      row('reachable', unasked, registry, first),
      row('product', pending ?? 'not-checked', ''),
      encrypted,
      row('credentials', pending ?? 'not-checked', ''),
      ...chartRows(spec, check, pending, problems),
    ];
  }
  const { reachable, product, auth } = check.registry;
  const login =
    problems.find(({ code, origin }) => origin === 'registry' && CREDENTIALS.includes(code)) ?? null;
  const unreached =
    problems.find(({ code, origin }) => origin === 'registry' && !CREDENTIALS.includes(code)) ?? null;
  return [
    row('reachable', reachable ? 'fine' : 'failed', check.registry.url, reachable ? null : unreached),
    row('product', reachable && product !== 'unknown' ? 'fine' : 'not-checked', product),
    encrypted,
    row('credentials', !reachable ? 'not-checked' : login ? 'failed' : 'fine', auth, login),
    ...answerRows(check.registry),
    ...chartRows(spec, check, null, problems),
  ];
}

/** Clocks may differ by this many seconds without harm: tokens are accepted that much too early or late. */
const CLOCK_TOLERANCE = 30;

/** Products that have no quotas, so that no account could read one. */
const WITHOUT_QUOTAS: ReadonlySet<string> = new Set(['distribution', 'zot']);

/** Rights, quota, clock and further hosts: each answered, or named with who could answer it. */
function answerRows(registry: CheckRegistry): readonly CheckRow[] {
  const { quota = null, clockSkewSeconds = null, hosts = [], unanswered = [] } = registry;
  const rights = RIGHTS.flatMap((right): readonly CheckRow[] => {
    const may = registry[right] ?? null;
    if (may === null) return [];
    // without the right to push nothing can be imported; the others are needed for an undo and for new projects only
    return [row(right, may ? 'fine' : right === 'mayPush' ? 'failed' : 'to-know', '')];
  });
  const clock =
    clockSkewSeconds === null
      ? []
      : [
          {
            ...row('clock', Math.abs(clockSkewSeconds) <= CLOCK_TOLERANCE ? 'fine' : 'to-know', ''),
            bytes: clockSkewSeconds,
          },
        ];
  return [
    ...rights,
    ...(quota === null ? [] : [{ ...row('quota', 'fine', quota.project), bytes: quota.free }]),
    ...clock,
    ...hosts.map(({ host, isAllowed }) => row('host', isAllowed ? 'fine' : 'to-know', host)),
    ...unanswered.flatMap(({ question, by }): readonly CheckRow[] => {
      if (question === 'version') return [];
      const isNowhere = question === 'quota' && WITHOUT_QUOTAS.has(registry.product);
      return [{ ...row(question, 'not-checked', ''), by: isNowhere ? 'nobody' : by }];
    }),
  ];
}

function folderRows(spec: TargetSpec, state: TargetCheck | null): readonly CheckRow[] {
  const check = state?.check ?? null;
  const pending = pendingState(state);
  const problem = problemsOf(state)[0] ?? null;
  const fine = check?.registry.reachable === true;
  const free = check?.registry.free ?? null;
  return [
    row('folder', pending ?? (fine ? 'fine' : 'failed'), spec.store ?? '', problem),
    { ...row('space', pending ?? (free === null ? 'not-checked' : 'fine'), ''), bytes: free },
  ];
}

function chartRows(
  spec: TargetSpec,
  check: Check | null,
  pending: CheckRow['state'] | null,
  problems: readonly Problem[],
): readonly CheckRow[] {
  if (spec.noCharts === true) return [];
  if (check === null) {
    const named = spec.charts?.map(({ url }) => url) ?? [`oci://${hostOf(spec.registry ?? '')}`];
    return named.map((url) => row('charts', pending ?? 'not-checked', url));
  }
  const own = problems.filter(({ origin }) => origin === 'chart-repo');
  let next = 0;
  return check.charts.map(({ url, reachable, mayPublish }) => {
    if (reachable && mayPublish !== false) {
      // A tick stands only for what was answered.
      return { ...row('charts', mayPublish === true ? 'fine' : 'not-checked', url), mayPublish };
    }
    const problem = own[next++] ?? own.at(-1) ?? null;
    return { ...row('charts', 'failed', url, problem), mayPublish };
  });
}

function pendingState(state: TargetCheck | null): CheckRow['state'] | null {
  if (state === null) return 'not-checked';
  return state.state === 'checking' ? 'checking' : null;
}

function problemsOf(state: TargetCheck | null): readonly Problem[] {
  if (state === null || state.state === 'checking') return [];
  return state.check?.problems ?? (state.problem ? [state.problem] : []);
}

function row(
  topic: CheckTopic,
  state: CheckRow['state'],
  value: string,
  problem: Problem | null = null,
): CheckRow {
  return { topic, state, value, bytes: null, problem };
}
