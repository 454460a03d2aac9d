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
