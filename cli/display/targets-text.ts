// The saved targets as text: one paragraph for each, what is not set left out.
import type { RememberedTarget } from '../../core/contract.js';
import type { CommandContext } from '../command.js';
import { table } from './text/table.js';

/** Returns the targets in the order in which they were saved. */
export function targetsText(
  targets: readonly RememberedTarget[],
  { say }: Pick<CommandContext, 'say'>,
): string {
  if (targets.length === 0) return `${say('cli.targets.none')}\n`;
  return targets.map((target) => paragraph(target, say)).join('\n');
}

function paragraph(
  { label, spec, username, chartsUsername, platforms, isDefault }: RememberedTarget,
  say: CommandContext['say'],
): string {
  const { charts = [], naming = {}, tls = {}, allowHosts = [] } = spec;
  const rows: readonly (readonly [string, string])[] = [
    [say('cli.targets.images'), spec.registry ?? spec.store ?? ''],
    ...charts.map(({ folder, url }): [string, string] => [
      say('cli.targets.charts'),
      folder === undefined ? url : `${folder}=${url}`,
    ]),
    [
      say('cli.targets.naming'),
      Object.entries(naming)
        .map(([rule, value]) => `${rule} ${String(value)}`)
        .join(', '),
    ],
    [say('cli.targets.user'), [username, chartsUsername ?? ''].filter(Boolean).join(', ')],
    [say('cli.targets.platforms'), platforms.join(', ')],
    [say('cli.targets.hosts'), allowHosts.join(', ')],
    [say('cli.targets.trust'), [...(tls.caFiles ?? []), ...(tls.fingerprints ?? [])].join(', ')],
  ];
  const title = isDefault ? `${label} (${say('cli.targets.default')})` : label;
  const lines = table(rows.filter(([, value]) => value !== '')).map((line) => `  ${line}`);
  return `${[title, ...lines].join('\n')}\n`;
}
