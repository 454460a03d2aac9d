// Help, wrong use, languages and cancelling.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commands } from '../../cli/commands/all.js';
import { abortOnSignals } from '../../cli/interrupt.js';
import { PROJECT_ROOT } from '../support/source-tree.js';
import { session } from './cli-session.js';
import { problemOf, reportOf } from './values.js';

describe('help', () => {
  it('lists the commands that exist', async () => {
    const { code, stdout, stderr } = await session(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const { meta } of commands) expect(stdout).toMatch(new RegExp(`^ {2}${meta.name}( |$)`, 'm'));
  });

  it.each(commands.map(({ meta }) => meta.name))('of %s speaks both languages', async (name) => {
    const english = await session([name, '--help']);
    const chinese = await session([name, '--help', '--lang', 'zh-CN']);
    expect([english.code, chinese.code]).toEqual([0, 0]);
    expect(english.stdout).toContain(`archbridge ${name}`);
    expect(english.stdout).toContain('--state-dir');
    expect(english.stdout).not.toMatch(/\p{Script=Han}/u);
    // Every line that explains something is in Chinese.
    const explanations = chinese.stdout.split('\n').filter((line) => /^ {2}-\S*.* {2,}\S/.test(line));
    expect(explanations.length).toBeGreaterThan(5);
    expect(explanations.filter((line) => !/\p{Script=Han}/u.test(line))).toEqual([]);
    expect(chinese.stdout).not.toMatch(/Usage:|Options:|Examples:/);
  });

  it('has the version', async () => {
    const text = readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8');
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
    expect((await session(['--version'])).stdout).toBe(`${version}\n`);
  });
});

describe('wrong use', () => {
  it('names the commands for one that does not exist', async () => {
    const { code, stdout, stderr } = await session(['bogus']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(commands.map(({ meta }) => meta.name).join(', '));
  });

  it.each([
    ['import', ''],
    ['inspect', 'a.tar.gz', ''],
    ['undo', '', '--store', 's'],
    ['report', ''],
  ])('treats an empty word as a missing one: %s %j', async (...argv) => {
    const { code, stderr, imports, inspects } = await session(argv);
    expect([code, imports, inspects]).toEqual([2, [], []]);
    expect(stderr).toContain('What the command is for is missing');
  });

  it('proposes the command or option that was probably meant', async () => {
    expect((await session(['imprt', 'a'])).stderr).toContain('(import?)');
    expect((await session(['import', 'a', '--stor', 'x'])).stderr).toContain('(--store?)');
  });

  it.each(['--shard', '--token', '--target'])(
    'does not take %s, which does not exist yet',
    async (option) => {
      const { code, imports } = await session(['import', 'a', option, 'x']);
      expect([code, imports]).toEqual([2, []]);
    },
  );

  it('is answered with a hint, in the reader’s language', async () => {
    const english = await session(['import']);
    expect(english.stderr).toMatch(/^\S.*\n {2}\S.*\n$/);
    for (const env of [
      { LANG: 'zh_CN.UTF-8' },
      { LC_ALL: 'zh_TW' },
      { LANG: 'en_US', LC_MESSAGES: 'zh_CN' },
    ]) {
      expect((await session(['import'], { env })).stderr).toMatch(/\p{Script=Han}/u);
    }
    expect((await session(['import'], { env: { LANG: 'zh_CN', LC_ALL: 'C' } })).stderr).toBe(english.stderr);
    const asked = await session(['import', '--lang', 'en'], { env: { LANG: 'zh_CN' } });
    expect(asked.stderr).toBe(english.stderr);
  });
});

describe('stopping', () => {
  it('aborts the run, says so, and exits with 130', async () => {
    const controller = new AbortController();
    const { code, stdout, stderr } = await session(['import', 'a'], {
      signal: controller.signal,
      answers: {
        import: (_request, { signal }) => {
          controller.abort();
          return { ok: true, value: reportOf({ result: signal.aborted ? 'cancelled' : 'done' }) };
        },
      },
    });
    expect(code).toBe(130);
    expect(stderr).toContain('press again to stop at once');
    expect(stdout).toContain('Stopped after');
  });

  it('ends with 130 when nothing had begun, too', async () => {
    const signal = AbortSignal.abort();
    const failing = { import: () => ({ ok: false as const, problem: problemOf('registry') }) };
    expect((await session(['import', 'a'], { signal, answers: failing })).code).toBe(130);
    const throwing = { import: () => Promise.reject(new DOMException('stopped', 'AbortError')) };
    expect((await session(['import', 'a'], { signal, answers: throwing })).code).toBe(130);
  });

  it('ends the process at the second interrupt', () => {
    const { signal, send, exits } = signalled(true);
    expect(signal.aborted).toBe(false);
    send('SIGINT');
    expect([signal.aborted, exits]).toEqual([true, []]);
    send('SIGTERM');
    expect(exits).toEqual([130]);
  });

  it('stops cleanly when its terminal closes, which is told twice', () => {
    const { signal, send, exits } = signalled(true);
    send('SIGHUP');
    send('SIGHUP');
    expect([signal.aborted, exits]).toEqual([true, []]);
  });

  it('goes on after SIGHUP without a terminal, as under nohup', () => {
    const { signal, send } = signalled(false);
    send('SIGHUP');
    expect(signal.aborted).toBe(false);
    send('SIGTERM');
    expect(signal.aborted).toBe(true);
  });
});

function signalled(hasTerminal: boolean): {
  signal: AbortSignal;
  send: (name: string) => void;
  exits: readonly number[];
} {
  const listeners = new Map<string, () => void>();
  const exits: number[] = [];
  const source = {
    on: (name: string, listener: () => void) => listeners.set(name, listener),
    exit: (code: number) => exits.push(code),
  };
  return { signal: abortOnSignals(source, hasTerminal), send: (name) => listeners.get(name)?.(), exits };
}
