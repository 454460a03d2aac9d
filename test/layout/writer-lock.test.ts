// Only one process writes to a folder at a time, and the lock of a killed process is taken over.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ownIdentity } from '../../core/layout/process-identity.js';
import { WriteAccess } from '../../core/layout/write-access.js';
import { compileCore } from '../support/compiled-core.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };

const HOLDER = `
import { WriteAccess } from './core/layout/write-access.js';
import { writeFileSync } from 'node:fs';
const access = new WriteAccess(process.argv[2]);
await access.ensure({ signal: new AbortController().signal });
writeFileSync(access.temporaryPath(), 'half a blob');
process.stdout.write('held');
setInterval(() => undefined, 1000);
`;

async function holder(dir: string): Promise<ChildProcess> {
  const code = scratch();
  await compileCore(code);
  writeFileSync(join(code, 'holder.js'), HOLDER);
  const child = spawn(process.execPath, [join(code, 'holder.js'), dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('the lock of a folder', () => {
  it('names its holder, refuses others while it lives, and is taken over at once when it was killed', async () => {
    const dir = scratch();
    const child = await holder(dir);
    const lock = join(dir, '.archbridge', 'lock');
    const expected: unknown = expect.objectContaining({ host: hostname(), pid: child.pid });
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toEqual(expected);

    const refused = new WriteAccess(dir, 100).ensure(options);
    await expect(refused).rejects.toMatchObject({ code: 'folder.locked', params: { pid: child.pid } });

    const waiting = new WriteAccess(dir);
    const taken = waiting.ensure(options);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const killed = Date.now();
    await taken;
    expect(Date.now() - killed).toBeLessThan(5_000);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    await waiting.release();
    expect(existsSync(join(dir, '.archbridge'))).toBe(false);
  });

  it('is removed with what the killed process left when somebody only reads', async () => {
    const dir = scratch();
    const child = await holder(dir);
    await new WriteAccess(dir).cleanUp(options);
    expect(existsSync(join(dir, '.archbridge', 'lock'))).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await new WriteAccess(dir).cleanUp(options);
    expect(existsSync(join(dir, '.archbridge'))).toBe(false);
  });

  it('takes over the lock of a pid that another process has now', async () => {
    const dir = scratch();
    mkdirSync(join(dir, '.archbridge'));
    const other = { ...(await ownIdentity()), pid: process.ppid, started: '1' };
    writeFileSync(join(dir, '.archbridge', 'lock'), JSON.stringify(other));
    const access = new WriteAccess(dir, 0);
    await access.ensure(options);
    await access.release();
  });

  it('never takes over the lock of another host', async () => {
    const dir = scratch();
    mkdirSync(join(dir, '.archbridge'));
    const other = { ...(await ownIdentity()), host: 'elsewhere' };
    writeFileSync(join(dir, '.archbridge', 'lock'), JSON.stringify(other));
    const refused = new WriteAccess(dir).ensure(options);
    await expect(refused).rejects.toMatchObject({ code: 'folder.locked', params: { host: 'elsewhere' } });
  });

  it('takes over a lock that was never finished, once it is old', async () => {
    const dir = scratch();
    mkdirSync(join(dir, '.archbridge'));
    const lock = join(dir, '.archbridge', 'lock');
    writeFileSync(lock, '{"host":');
    await expect(new WriteAccess(dir, 0).ensure(options)).rejects.toMatchObject({ code: 'folder.locked' });
    utimesSync(lock, new Date(), new Date(Date.now() - 60_000));
    const access = new WriteAccess(dir, 0);
    await access.ensure(options);
    await access.release();
  });

  it('is shared by the writers of one process and given back by the last', async () => {
    const dir = scratch();
    const [a, b] = [new WriteAccess(dir, 0), new WriteAccess(dir, 0)];
    await Promise.all([a.ensure(options), b.ensure(options)]);
    await a.release();
    await a.release();
    expect(existsSync(join(dir, '.archbridge', 'lock'))).toBe(true);
    await b.release();
    expect(existsSync(join(dir, '.archbridge'))).toBe(false);
  });

  it('is not shared with a writer that has to be alone', async () => {
    const dir = scratch();
    const first = new WriteAccess(dir, 0);
    await first.ensure({ ...options, alone: true });
    const second = new WriteAccess(dir, 0);
    const refused = { code: 'folder.locked', params: { pid: process.pid } };
    await expect(second.ensure({ ...options, alone: true })).rejects.toMatchObject(refused);
    const waiting = new WriteAccess(dir).ensure({ ...options, alone: true });
    await first.release();
    await waiting;
  });

  it('stops waiting when the signal aborts', async () => {
    const dir = scratch();
    const child = await holder(dir);
    const abort = new AbortController();
    const waiting = new WriteAccess(dir).ensure({ signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
