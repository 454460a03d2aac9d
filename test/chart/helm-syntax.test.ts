// What helm's own YAML parser takes is taken and rewritten, what it refuses is refused: asked of helm itself, text by text.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readChart } from '../../core/chart/files/chart.js';
import { planChart } from '../../core/chart/relocation/plan-chart.js';
import { relocateChart } from '../../core/chart/relocate-chart.js';
import { AppError } from '../../core/errors.js';
import { requireProgram } from '../support/programs.js';

const run = promisify(execFile);
const helm = requireProgram('helm');
const METADATA = Buffer.from('apiVersion: v2\nname: kiln\nversion: 1.0.0\n');
const HINTS = Buffer.from('- "{{ .image.repository }}:{{ .image.tag }}"\n');
const REPOSITORY = 'docks.example/kiln/pot';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-helm-'));
  await mkdir(join(folder, 'templates'));
  await writeFile(join(folder, 'Chart.yaml'), METADATA);
  await writeFile(join(folder, 'templates/all.yaml'), 'values: {{ .Values | toJson | quote }}\n');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** All values as helm reads them; null when helm refuses the file. */
async function readByHelm(values: Buffer): Promise<unknown> {
  await writeFile(join(folder, 'values.yaml'), values);
  try {
    const { stdout } = await run(helm ?? 'helm', ['template', 'x', folder]);
    const quoted = /^values: (".*")$/m.exec(stdout)?.[1] ?? '""';
    return JSON.parse(z.string().parse(JSON.parse(quoted)));
  } catch {
    return null;
  }
}

function utf16(text: string, order: 'le' | 'be'): Buffer {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
}

const IMAGE = `image:\n  repository: ${REPOSITORY}\n  tag: 1.2.3\n`;
const TABBED = `image: {\n\t"repository": "${REPOSITORY}",\n\t"tag": "1.2.3"\n}\n`;

describe.runIf(helm)('as in helm', () => {
  it.each<[string, string | Buffer]>([
    ['a tab in a flow map', TABBED],
    [
      'pasted JSON without indentation',
      `image: {\n"repository": "${REPOSITORY}",\n"tag": "1.2.3"\n}\nb: [\n1,\n2\n]\n`,
    ],
    ['a flow map with CRLF', `${TABBED.replaceAll('\n', '\r\n')}other: x\r\n`],
    ['a tabbed flow map in a list, and one at the top', `l:\n  - {\n\ta: 1\n}\n  - [\n\t"x"\n\t]\n${TABBED}`],
    [
      'comments and quotes inside of it',
      `image: { # a {\n\trepository: ${REPOSITORY}, # b }\n\ttag: '1.2.3'\n}\n`,
    ],
    ['braces in scalars before it', `a: '{'\nb: "["\nc: it's {x\nd: |\n  {\n  \t"x": 1\n  }\n${TABBED}`],
    [
      'a whole file of tabbed JSON',
      `{\n\t"image": {\n\t\t"repository": "${REPOSITORY}",\n\t\t"tag": "1.2.3"\n\t}\n}\n`,
    ],
    ['a second document after it', `${TABBED}---\nc: [\n`],
    ['carriage returns', IMAGE.replaceAll('\n', '\r')],
    ['carriage returns and a block scalar', `a: |\r  x\r  y\r${IMAGE.replaceAll('\n', '\r')}`],
    ['a carriage return after a comment', `a: 1 # c\r${IMAGE}`],
    ['carriage returns mixed with others', `a: 1\rb: 2\n${IMAGE.replaceAll('\n', '\r\n')}`],
    ['UTF-16, little endian', utf16(`a: é\n${IMAGE}`, 'le')],
    ['UTF-16, big endian', utf16(`a: é\n${IMAGE}`, 'be')],
    ['UTF-8 with a byte order mark', `\ufeff${IMAGE}`],
    ['line ends of Unicode', `a: 1\u0085b: 2\u2028${IMAGE}`],
    ['an escaped apostrophe', `a: "it\\'s"\n${IMAGE}`],
    ['a quoted text over lines without indentation', `a: "foo\n\tbar"\nb: {c: "foo\nbar"}\n${IMAGE}`],
    ['tabs after values and before colons', `a\t: 1\t# x\nb:\t2\n${IMAGE}`],
    ['tabs in block and plain scalars', `a: |\n  x\n  \ty\nb: foo\n  \tbar\n${IMAGE}`],
  ])('%s is taken, and only the image changes', async (_, values) => {
    const bytes = Buffer.from(values);
    const before = z.looseObject({ image: z.looseObject({}) }).parse(await readByHelm(bytes));
    const chart = readChart(
      new Map([
        ['Chart.yaml', METADATA],
        ['values.yaml', bytes],
      ]),
    );
    const plan = planChart(chart, HINTS, { containerRegistry: 'reg.local' });
    expect(plan.problems).toEqual([]);
    const { files } = relocateChart(chart, plan, new Map());
    expect(await readByHelm(files.get('values.yaml') ?? Buffer.alloc(0))).toEqual({
      ...before,
      image: { ...before.image, repository: 'reg.local/kiln/pot' },
    });
  });

  it.each<[string, string | Buffer]>([
    ['a tab on an empty line', IMAGE.replace('\n', '\n\t\n')],
    ['a tab before a comment', IMAGE.replace('\n', '\n\t# x\n')],
    ['a tab at the end', `${IMAGE}\t\n`],
    ['a tab behind spaces', IMAGE.replace('  tag', '  \t\n  tag')],
    ['a tab after a plain scalar in a flow list', `${IMAGE}l:\n  - [\n\t1\n\t]\n`],
    ['a tab after a dash', `${IMAGE}l:\n  -\tb\n`],
    ['a tab as indentation', IMAGE.replace('  tag', '\ttag')],
    ['a control character', `${IMAGE}a: "x\u0007y"\n`],
    ['a control character in a comment', `${IMAGE}# \u0000\n`],
    ['DEL', `${IMAGE}a: "\u007f"\n`],
    ['an escaped slash', `${IMAGE}a: "x\\/y"\n`],
    ['escaped surrogates', `${IMAGE}a: "\\ud83d\\ude00"\n`],
    ['UTF-16 without a byte order mark', Buffer.from(IMAGE, 'utf16le')],
    ['half a UTF-16 character', Buffer.concat([utf16(IMAGE, 'le'), Buffer.from('A')])],
    ['Latin-1', Buffer.from(`${IMAGE}# \u00e9\n`, 'latin1')],
  ])('%s is refused', async (_, values) => {
    const bytes = Buffer.from(values);
    expect(await readByHelm(bytes)).toBeNull();
    const read = () =>
      readChart(
        new Map([
          ['Chart.yaml', METADATA],
          ['values.yaml', bytes],
        ]),
      );
    expect(read).toThrow(AppError);
    expect(read).toThrow(/values\.yaml/);
  });
});
