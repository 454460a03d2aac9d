// The completion scripts, run by the shells themselves: commands, options, values and the names of saved targets.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../cli/commands/all.js';
import { session } from './cli-session.js';
import { requireProgram } from '../support/programs.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

/** The words of a command line up to the cursor, and what some of the proposals must and must not be. */
const CASES: readonly (readonly [words: readonly string[], proposed: string[], not: string[]])[] = [
  [[''], ['import', 'share', 'completion', 'help'], ['--json', 'newer']],
  [['im'], ['import', 'import-addon'], ['plan']],
  [['import', '--on-ch'], ['--on-change', '--on-chart-change'], ['--limit-rate']],
  [['import', '--on-change', ''], ['newer', 'replace', 'keep', 'stop'], ['auto']],
  [['import', '--on-change', 'n'], ['newer'], ['keep']],
  [['plan', 'a.tar.gz', '--charts-kind', ''], ['chartmuseum', 'harbor', 'jfrog'], []],
  [['--lang', 'zh-CN', 'import', '--create-projects', 'p'], ['private', 'public'], ['never']],
  [['check', '--target', ''], ['site-1', 'site-2'], ['list']],
  [['targets', ''], ['list', 'add', 'remove', 'import'], []],
  [['completion', ''], ['bash', 'zsh', 'fish', 'powershell'], ['targets']],
  [['share', 'store', '--'], ['--listen', '--tls-cert', '--json'], ['--registry']],
  [['inspect', '--log-level', ''], ['debug', 'info', 'warn', 'error'], []],
];

async function script(shell: string): Promise<string> {
  const { code, stdout } = await session(['completion', shell]);
  expect(code).toBe(0);
  return stdout;
}

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** A folder with a program `archbridge` that answers as the real one does for saved targets. */
function folderWithProgram(): string {
  const folder = scratch();
  const path = join(folder, 'archbridge');
  writeFileSync(path, '#!/bin/sh\n[ "$*" = "completion targets" ] && printf "site-1\\nsite-2\\n"\n');
  chmodSync(path, 0o755);
  return folder;
}

function ask(shell: string, args: readonly string[], folder: string): string[] {
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, HOME: folder };
  const { stdout, stderr } = spawnSync(shell, [...args], { env, cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

function quoted(word: string): string {
  return `'${word}'`;
}

/** All cases by one process of the shell; a line `--` stands between their answers. */
function expectProposals(answers: readonly string[]): void {
  const found = answers.join('\n').split('\n==\n');
  for (const [at, [words, proposed, not]] of CASES.entries()) {
    const lines = (found[at] ?? '').split('\n').map((line) => line.trim());
    const label = `archbridge ${words.join(' ')}`;
    expect(lines, label).toEqual(expect.arrayContaining(proposed));
    for (const word of not) expect(lines, label).not.toContain(word);
  }
}

describe('completion', () => {
  it('works in bash', async () => {
    const bash = requireProgram('bash');
    const folder = folderWithProgram();
    writeFileSync(join(folder, 'script'), await script('bash'));
    const asks = CASES.map(([words]) => {
      const line = ['archbridge', ...words].map(quoted).join(' ');
      return `COMP_WORDS=(${line}); COMP_CWORD=${String(words.length)}; _archbridge; printf '%s\\n' "\${COMPREPLY[@]}" ==`;
    });
    expectProposals(ask(bash, ['--norc', '-c', `. ./script; ${asks.join('\n')}`], folder));
    const split = `COMP_WORDS=(archbridge import --on-change = ke); COMP_CWORD=4; _archbridge; echo "\${COMPREPLY[@]}"`;
    expect(ask(bash, ['--norc', '-c', `. ./script; ${split}`], folder)).toEqual(['keep']);
  });

  it.runIf(isInstalled('zsh'))('works in zsh', async () => {
    const folder = folderWithProgram();
    writeFileSync(join(folder, 'script'), await script('zsh'));
    // the completion system itself needs a terminal; these stand for its functions
    const system = `
      compdef() { : }; compset() { : }; _files() { : }
      compadd() { shift; print -l -- \${(M)@:#$current*} }
      _describe() { local entry; for entry in \${(P)2}; do entry=\${entry%%:*}; [[ $entry == $current* ]] && print -r -- $entry; done }`;
    const asks = CASES.map(
      ([words]) =>
        `words=(${['archbridge', ...words].map(quoted).join(' ')}); CURRENT=${String(words.length + 1)}; _archbridge; print -r '=='`,
    );
    expectProposals(ask('zsh', ['-f', '-c', `${system}\n. ./script\n${asks.join('\n')}`], folder));
  });

  it.runIf(isInstalled('fish'))('works in fish', async () => {
    const folder = folderWithProgram();
    writeFileSync(join(folder, 'script'), await script('fish'));
    const asks = CASES.map(([words]) => {
      const line = ['archbridge', ...words].join(' ');
      return `complete -C ${quoted(line)} | string split -f1 \\t; echo ==`;
    });
    const answers = ask('fish', ['--no-config', '-c', `source ./script; ${asks.join('; ')}`], folder);
    expectProposals(answers);
  });

  it('has every command and option in each script, and no option that the help does not list', async () => {
    const [bash, zsh, fish, powershell] = await Promise.all(
      ['bash', 'zsh', 'fish', 'powershell'].map((shell) => script(shell)),
    );
    for (const { meta } of commands) {
      const options = meta.groups.flatMap((group) => group.options);
      for (const { flags, hidden } of options) {
        const long = /--([\w-]+)/.exec(flags)?.[1] ?? '';
        for (const text of [bash, zsh, powershell]) {
          if (!hidden) expect(text).toMatch(new RegExp(`--${long}['" :]`));
        }
        expect(new RegExp(`-l ${long} `).test(fish ?? '')).toBe(!hidden);
      }
      for (const text of [bash, zsh, fish, powershell]) expect(text).toContain(meta.name);
    }
  });

  it('quotes every text: in Chinese the scripts are scripts, too', async () => {
    const { stdout } = await session(['completion', 'bash', '--lang', 'zh-CN']);
    execFileSync(requireProgram('bash'), ['-n'], { input: stdout });
    // in PowerShell a text ends at a quote that is not doubled
    const powershell = (await script('powershell')).replace(/^ *#.*$/gm, '');
    expect((powershell.match(/'/g) ?? []).length % 2).toBe(0);
  });

  it('knows the saved targets, and refuses a shell that it does not know', async () => {
    const state = scratch();
    const saved = ['targets', 'add', 'site-1', '--registry', 'https://registry.test', '--state-dir', state];
    expect((await session(saved)).code).toBe(0);
    expect((await session(['completion', 'targets', '--state-dir', state])).stdout).toBe('site-1\n');
    expect(await session(['completion', 'tcsh'])).toMatchObject({ code: 2, stdout: '' });
  });
});
