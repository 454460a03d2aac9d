// What a support bundle holds as text, so that a person can decide whether to pass it on.
import type { SupportBundle } from '../../core/contract.js';
import { printable } from '../../core/messages/printable.js';
import type { CommandContext } from '../command.js';
import { table } from './text/table.js';
import { formatBytes } from './text/units.js';

/** The path of the file, its content, and what was removed. */
export function supportText(
  { file, bytes, files }: SupportBundle,
  { say }: Pick<CommandContext, 'say'>,
): string {
  const rows = files.map((one) => [
    one.path,
    formatBytes(one.bytes),
    one.isCut ? say('cli.support.cut') : '',
  ]);
  return [
    say('cli.support.written', { file: printable(file), bytes: formatBytes(bytes) }),
    ...table(rows, '  '),
    say('cli.support.secrets'),
    '',
  ].join('\n');
}
