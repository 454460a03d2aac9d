// Which step a problem's advice leads to, so that every card has a button that does what its text says. Pure.
import type { Problem } from '../../core/contract.js';

export type Remedy =
  /** Choose another copy of the package. */
  | 'packages'
  /** Choose the package that brings what lacks. */
  | 'further'
  /** Enter the password at the target. */
  | 'password'
  /** Send images to a project that exists: the naming of the target. */
  | 'project'
  /** Look at the target: address, names, hosts, certificates. */
  | 'target'
  /** Ask the target again. */
  | 'check'
  /** Leave charts out, look at images. */
  | 'compare'
  /** Make the plan again from tags that are read anew. */
  | 'update'
  /** Decide in the plan. */
  | 'plan'
  /** Look at the runs and undo another one. */
  | 'history'
  /** Save what support needs. */
  | 'support';

const BY_CODE: readonly (readonly [RegExp, Remedy])[] = [
  [/^registry\.project-missing$/, 'project'],
  [/credentials|unauthorized|login-lost|forbidden|\.identity|account/, 'password'],
  [/^run\.(?:target-changed|plan-|no-space|quota-exceeded|projects?-)/, 'update'],
  [/^run\.(?:stopped-by-policy|chart-conflict)/, 'plan'],
  [/^undo\.other-charts/, 'target'],
  [/^undo\.(?:manifest-not-kept|chart-not-kept|part-missing-in-package)/, 'further'],
  [/^undo\./, 'history'],
  [/^registry\.(?:tls|host-not-allowed|redirect|project-cache)|^config\./, 'target'],
  [/^plan\.(?:tag|chart)-/, 'update'],
  [/^chart\.(?:target-collision|value-conflict|hint-literal-name)$/, 'target'],
  [/^chart\.(?:archive-unreadable|missing)$/, 'packages'],
  [/^(?:plan|chart)\./, 'compare'],
  [/^run\.(?:packages?-|mislabelled)/, 'packages'],
  [
    /^run\.(?:platform-|base-missing)|^verify\.(?:platform-missing|reference-platforms)|^package\.charts-skipped$/,
    'further',
  ],
];

const BY_ORIGIN: Readonly<Record<Problem['origin'], Remedy>> = {
  package: 'packages',
  registry: 'check',
  'chart-repo': 'check',
  disk: 'support',
  config: 'target',
  app: 'support',
};

export function remedyOf({ code, origin }: Pick<Problem, 'code' | 'origin'>): Remedy {
  return BY_CODE.find(([pattern]) => pattern.test(code))?.[1] ?? BY_ORIGIN[origin];
}
