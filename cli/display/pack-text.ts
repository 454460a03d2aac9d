// What was packed, and what an inventory of a target holds, as text.
import { basename } from 'node:path';
import type { Packed, SiteInventory } from '../../core/contract.js';
import { printable } from '../../core/messages/printable.js';
import type { CommandContext } from '../command.js';
import { quoted } from './text/look-at-it.js';
import { problemText } from './text/problem-text.js';
import { section } from './text/section.js';
import { formatBytes } from './text/units.js';

type Texts = Pick<CommandContext, 'say' | 'style' | 'language'>;

/** The file, its checksum, what it holds and what it leaves out; ends with a newline. */
export function packText(packed: Packed, { say, style, language }: Texts): string {
  const { out, bytes, sha512, charts, images, platforms, blobs, blobBytes, leftOut, leftOutBytes } = packed;
  const names = packed.since.map(({ name }) => name).join(', ');
  const lines = [
    style.bold(say('cli.pack.written', { file: printable(out), bytes: formatBytes(bytes) })),
    say('cli.pack.content', {
      ...{ charts, images, blobs, bytes: formatBytes(blobBytes) },
      platforms: platforms.join(', '),
    }),
    ...(packed.since.length === 0
      ? []
      : [
          say('cli.pack.left-out', {
            ...{ count: leftOut, bytes: formatBytes(leftOutBytes), names: printable(names) },
          }),
        ]),
    say('cli.pack.sha512', {
      sha512: `${sha512.slice(0, 16)}…`,
      file: printable(`${basename(out)}.sha512`),
    }),
    '',
    `archbridge import ${printable(quoted(out))}`,
    ...section(
      '',
      packed.problems.map((problem) => problemText(problem, language)),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** The file and how much it lists; ends with a newline. */
export function siteInventoryText(
  { target, repositories, problems }: SiteInventory,
  file: { readonly path: string; readonly signingKey: unknown },
  { say, language }: Texts,
): string {
  const lines = [
    say('cli.inventory.written', {
      file: printable(file.path),
      target: printable(target),
      repositories: repositories.length,
      tags: repositories.reduce((sum, one) => sum + one.tags.length, 0),
      blobs: new Set(repositories.flatMap((one) => one.blobs)).size,
    }),
    ...(file.signingKey === null ? [] : [say('cli.inventory.signed', { file: printable(file.path) })]),
    ...problems.map((problem) => problemText(problem, language)),
  ];
  return `${lines.join('\n')}\n`;
}
