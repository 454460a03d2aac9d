// The environment of the command line: state folder, log, streams whose reader goes away.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openLog } from '../../cli/logging.js';
import { flushed, survivingSink } from '../../cli/sinks.js';
import { stateDir } from '../../cli/state-dir.js';
import { session } from './cli-session.js';

describe('the state folder', () => {
  const env = { HOME: '/h', ARCHBRIDGE_STATE_DIR: '', XDG_STATE_HOME: '', LOCALAPPDATA: '' };

  it.each<[string, Record<string, string>, NodeJS.Platform, string]>([
    ['on Linux', {}, 'linux', '/h/.local/state/archbridge'],
    ['with XDG_STATE_HOME', { XDG_STATE_HOME: '/x' }, 'linux', '/x/archbridge'],
    ['on macOS', {}, 'darwin', '/h/Library/Application Support/archbridge'],
    ['by the environment', { ARCHBRIDGE_STATE_DIR: '/e' }, 'darwin', '/e'],
  ])('%s', (_case, more, platform, expected) => {
    expect(stateDir(undefined, { ...env, ...more }, platform)).toBe(expected);
  });

  it('prefers the option to everything else', () => {
    expect(stateDir('/o', { ...env, ARCHBRIDGE_STATE_DIR: '/e' }, 'linux')).toBe('/o');
  });
});

describe('the log', () => {
  const fields = {
    host: 'r.local',
    password: 's3cret',
    target: { credentials: { username: 'u', password: 's3cret' }, registry: 'r' },
    headers: { authorization: 'Basic s3cret' },
  };

  it('writes JSON lines to a file, without secrets', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archbridge-log-'));
    try {
      const file = join(folder, 'log');
      const log = openLog({
        level: 'debug',
        file,
        fallback: join(folder, 'none', 'cli.log'),
        onLine: () => {},
      });
      log.write('debug', 'hello', fields);
      log.close();
      const text = await readFile(file, 'utf8');
      expect(JSON.parse(text)).toMatchObject({ msg: 'hello', host: 'r.local' });
      expect(text).not.toContain('s3cret');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('writes readable lines without a file, from the level on', () => {
    const lines: string[] = [];
    const fallback = join(tmpdir(), 'archbridge-none', 'cli.log');
    const log = openLog({ level: 'info', file: null, fallback, onLine: (line) => lines.push(line) });
    log.write('debug', 'too small');
    log.write('warn', 'hello', fields);
    expect(existsSync(fallback)).toBe(false);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^warn hello host="r\.local"/);
    expect(lines[0]).not.toContain('s3cret');
  });

  it('goes to stderr with -d, and nowhere without an option', async () => {
    expect((await session(['runs', '--log-level', 'debug'])).stderr).toContain('command="runs"');
    expect((await session(['runs'])).stderr).toBe('');
  });

  it('that cannot be written is wrong use', async () => {
    const { code, stderr } = await session(['runs', '--log-file', '/no/such/folder/log']);
    expect(code).toBe(2);
    expect(stderr).toContain('/no/such/folder/log');
  });
});

describe('a stream without a reader', () => {
  it('gets no further text, and the command goes on', async () => {
    const stream = new PassThrough();
    const sink = survivingSink(stream);
    sink.write('a');
    stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(() => sink.write('b')).not.toThrow();
    await flushed(stream);
    expect(stream.destroyed).toBe(true);
  });
});
