// The answers of a target as text.
import type { Check } from '../../core/contract.js';
import type { CommandContext } from '../command.js';
import { problemText } from './text/problem-text.js';
import { table } from './text/table.js';
import { formatBytes } from './text/units.js';

/** Returns the answers of a target as text. */
export function checkText(
  { registry, charts, problems }: Check,
  { say, language }: Pick<CommandContext, 'say' | 'language'>,
): string {
  const { certificate } = registry;
  const state = (reachable: boolean): string => say(reachable ? 'cli.check.answers' : 'cli.check.silent');
  const rows = [
    ...(registry.url === ''
      ? []
      : [
          [
            say('cli.check.images'),
            registry.url,
            registry.product,
            [
              state(registry.reachable),
              ...(registry.reachable && registry.product !== 'folder'
                ? [say(`cli.check.auth.${registry.auth}`)]
                : []),
              ...(registry.free === null
                ? []
                : [say('cli.check.free', { free: formatBytes(registry.free) })]),
            ].join(', '),
          ],
        ]),
    ...(certificate === null
      ? []
      : [
          [
            say('cli.check.certificate'),
            say('cli.check.certificate-of', {
              subject: certificate.subject,
              issuer: certificate.issuer,
              validTo: certificate.validTo,
              names: certificate.names.join(', '),
            }),
          ],
          ['', say('cli.check.fingerprint', { fingerprint: certificate.fingerprint })],
        ]),
    ...answerRows(registry, say),
    ...charts.map(({ url, kind, reachable, mayPublish }) => [
      say('cli.check.charts'),
      url,
      kind,
      [
        state(reachable),
        ...(reachable
          ? [say(`cli.check.publish.${mayPublish === null ? 'unknown' : mayPublish ? 'yes' : 'no'}`)]
          : []),
      ].join(', '),
    ]),
  ];
  const lines = [
    ...table(rows),
    ...problems.map((problem) => problemText(problem, language)),
    ...(problems.length === 0 ? [say('cli.check.fine')] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** One row for each answer of a registry; what it does not tell is named with who could. */
function answerRows(registry: Check['registry'], say: CommandContext['say']): string[][] {
  const { addresses = [], credentials = null, version = null, quota = null } = registry;
  const { hosts = [], unanswered = [], clockSkewSeconds = null } = registry;
  const rows: string[][] = [];
  const add = (name: string, answer: string): void => void rows.push([name, answer]);
  if (addresses.length > 0) add(say('cli.check.addresses'), addresses.join(', '));
  if (credentials) {
    const { kind, where } = credentials;
    add(say('cli.check.credentials'), say(`cli.check.credentials.${kind}`, { where }));
  }
  if (version !== null) add(say('cli.check.version'), version);
  for (const right of RIGHTS) {
    const may = registry[right] ?? null;
    if (may !== null) add(say(`cli.check.${right}`), say(may ? 'cli.check.may' : 'cli.check.may-not'));
  }
  if (quota) {
    const { project, free } = quota;
    const room =
      free === null ? say('cli.check.quota.unlimited') : say('cli.check.free', { free: formatBytes(free) });
    add(say('cli.check.quota'), `${project}: ${room}`);
  }
  if (clockSkewSeconds !== null) {
    const seconds = Math.abs(clockSkewSeconds);
    const way = seconds <= CLOCK_TOLERANCE ? 'same' : clockSkewSeconds > 0 ? 'ahead' : 'behind';
    add(say('cli.check.clock'), say(`cli.check.clock.${way}`, { seconds }));
  }
  for (const { host, use, isAllowed } of hosts) {
    const words = [host, say(`cli.check.host.${use}`)];
    add(
      say('cli.check.host'),
      [...words, say(isAllowed ? 'cli.check.host.allowed' : 'cli.check.host.offer', { host })].join(', '),
    );
  }
  for (const { question, by } of unanswered)
    add(say(`cli.check.${question}`), say(`cli.check.unanswered.${by}`));
  return rows;
}

const RIGHTS = ['mayPull', 'mayPush', 'mayDelete', 'mayCreateProjects'] as const;
/** Seconds by which clocks may differ without harm; tokens are accepted that much too early or late. */
const CLOCK_TOLERANCE = 30;
