// The README: short, its output is what the product prints, and its commands, options and exit codes exist.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../../cli/commands/all.js';
import { EXIT } from '../../cli/exit-codes.js';
import { runCli } from '../../cli/run-cli.js';
import { createEngine } from '../../core/engine.js';
import { EXAMPLES } from '../support/app-bench.js';
import { consoleSteps, isAsShown } from '../support/console-story.js';
import { scratchFolders } from '../support/scratch.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const README = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8');
const scratch = scratchFolders();

it('is shorter than 150 lines and shows a command with its output on the first screen', () => {
  expect(README.split('\n').length).toBeLessThan(150);
  const [first, ...more] = consoleSteps(README);
  expect(first?.line).toBeLessThan(20);
  expect(more).toEqual([]);
});

it('shows what its first command prints', async () => {
  const [step] = consoleSteps(README);
  expect(step?.command).toBe('npm start -- import examples/*.tar.gz');
  const folder = scratch();
  let printed = '';
  const code = await runCli(['import', ...EXAMPLES, '--store', join(folder, 'archbridge-store')], {
    stdout: { write: (text) => (printed += text) },
    stderr: { write: () => true },
    env: { ARCHBRIDGE_STATE_DIR: join(folder, 'state'), LANG: 'en_US.UTF-8' },
    isTty: { stdout: false, stderr: false },
    engineFactory: createEngine,
    signal: new AbortController().signal,
  });
  expect(code).toBe(0);
  const shown = printed.replaceAll(`${folder}/`, '');
  // Compared as text only to show the difference.
  if (!isAsShown(step?.output ?? [], shown, new Map())) expect(shown).toBe(step?.output.join('\n'));
});

it('names commands and options that exist', () => {
  const lines = [...README.matchAll(/^archbridge (\w[\w-]*)(.*)$/gm)];
  expect(lines.length).toBeGreaterThan(5);
  for (const [line, name, rest = ''] of lines) {
    const command = commands.find(({ meta }) => meta.name === name);
    const flags = (command?.meta.groups ?? []).flatMap(({ options }) => options.map(({ flags }) => flags));
    const used = [...rest.matchAll(/ (--[\w-]+)/g)].map(([, option = '']) => option);
    expect(command, line).toBeDefined();
    expect(
      used.filter((option) => !flags.some((one) => one.split(/[ ,]+/).includes(option))),
      line,
    ).toEqual([]);
  }
});

it('lists every exit code', () => {
  const listed = [...README.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
  expect(listed).toEqual(Object.values(EXIT).sort((a, b) => a - b));
});
