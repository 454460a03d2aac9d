// Names with terminal escapes, in a package, in file names and in the target: no command passes them on.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../support/command-line.js';
import {
  makeBundle,
  makeChart,
  makeDockerArchive,
  makeImage,
  makePackage,
  tinyBundle,
} from '../support/packages.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const EVIL = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\u061c\u2028';
// eslint-disable-next-line no-control-regex
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f]/;

/** A package whose bundles, charts, images and values carry the escapes. */
function evilPackage(): Buffer {
  const image = makeImage([`ghcr.io/${EVIL}/app:1`, 'ghcr.io/good/app:1.0.0'], 'amd64');
  const values = `image:\n  registry: ghcr.io\n  repository: "good/app${JSON.stringify(EVIL).slice(1, -1)}"\n  tag: 1.0.0\n`;
  const bundle = (name: string, chart: Readonly<Record<string, string>>) => ({
    path: `addon/${name}${EVIL}.bundle.tar`,
    body: makeBundle({ ...tinyBundle('good', [image]), chart, images: makeDockerArchive([image]) }),
  });
  return makePackage([
    bundle('values', { ...makeChart('good'), 'values.yaml': values }),
    bundle('name', {
      ...makeChart('good'),
      'Chart.yaml': `name: ${JSON.stringify(`a${EVIL}`)}\nversion: "1${EVIL.slice(-1)}"\n`,
    }),
    bundle('yaml', { ...makeChart('good'), 'Chart.yaml': `a: b: ${EVIL}\n` }),
    { path: `addon/link${EVIL}.bundle.tar`, type: 'symlink', linkpath: `/etc/${EVIL}` },
    { path: `addon/odd${EVIL}.tar.xz`, body: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1]) },
  ]);
}

describe('a package full of terminal escapes', () => {
  it('shows none of them in any form', async () => {
    const folder = scratch();
    const path = join(folder, `addon${EVIL.replaceAll('/', '')}-v1.0.0-amd64.tar.gz`);
    writeFileSync(path, evilPackage());
    const archbridge = commandLine(folder);
    const store = join(folder, 'store');
    const commands = [
      ['inspect', path],
      ['plan', path, '--store', store],
      ['import', path, '--store', store, '--accept-unproven'],
      ['compare', path, '--store', store],
      ['verify', path, '--store', store],
      ['report'],
      ['runs'],
      ['inspect', join(folder, `none${EVIL}`)],
      ['import', path, '--store', store, '--only', EVIL],
    ];
    const leaks: string[] = [];
    for (const command of commands) {
      for (const form of [[], ['--json'], ['--lang', 'zh-CN']]) {
        const { stdout, stderr } = await archbridge(...command, ...form);
        const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => HARMFUL.test(line));
        leaks.push(...lines.map((line) => `${command[0] ?? ''} ${form.join(' ')}: ${JSON.stringify(line)}`));
      }
    }
    expect(leaks).toEqual([]);
  });
});
