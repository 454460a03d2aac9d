// What a window may send over its socket: messages of the contract, of a limited size, about paths that it may see.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestWindow, serveForTest, type TestApp } from '../support/served-app.js';

let folder = '';
let app: TestApp;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'archbridge-web-'));
  writeFileSync(join(folder, 'secret.txt'), 'of the host');
  app = await serveForTest(folder, { roots: ['shown'] });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('messages of a window', () => {
  it('that are none close its socket', async () => {
    const wrong = [
      '',
      'null',
      '[]',
      '{',
      '{"type":"invoke"}',
      '{"type":"close"}',
      '{"type":"invoke","call":"","method":"info","input":null}',
      Buffer.from([1, 2]),
    ];
    for (const message of wrong) {
      const window = await openTestWindow(app);
      window.socket.send(message);
      const [code] = (await once(window.socket, 'close')) as [number];
      expect([String(message), code]).toEqual([String(message), 1007]);
    }
  });

  it('that are too large are refused: a question of more than 1 MiB, and anything larger than every plan', async () => {
    const window = await openTestWindow(app);
    const large = 'x'.repeat(1024 * 1024);
    expect(await window.refusal('report', large)).toMatchObject({ code: 'app.bad-request' });
    expect(await window.refusal('nothing', large)).toMatchObject({ code: 'app.bad-request' });
    window.socket.on('error', () => undefined);
    window.socket.send(Buffer.alloc(65 * 1024 * 1024, '"'), { binary: false });
    const [code] = (await once(window.socket, 'close')) as [number];
    // 1006 where the server cut the connection before everything was sent.
    expect([1006, 1009]).toContain(code);
  });

  it('cannot name methods that are not in the contract, nor paths outside of the roots', async () => {
    mkdirSync(join(folder, 'shown'), { recursive: true });
    symlinkSync(join(folder, 'secret.txt'), join(folder, 'shown', 'link.tar'));
    symlinkSync(folder, join(folder, 'shown', 'up'));
    const window = await openTestWindow(app);
    for (const method of ['', 'exit', '__proto__', 'constructor', 'hasOwnProperty']) {
      expect(await window.refusal(method, null)).toMatchObject({ code: 'app.bad-request' });
    }
    expect((await window.ask('listFolder', null)).entries.map(({ path }) => path)).toEqual([
      join(folder, 'shown'),
    ]);
    expect((await window.ask('listFolder', join(folder, 'shown'))).entries).toEqual([]);
    const ways = [
      folder,
      '/',
      '/etc',
      join(folder, 'shown/..'),
      join(folder, 'shown/up'),
      join(folder, 'shown/../secret.txt'),
      '..',
      '~',
    ];
    for (const path of ways) {
      expect([path, (await window.refusal('listFolder', path)).code]).toEqual([path, 'app.outside-roots']);
    }
    // Nothing is decoded: this is a name, and no such file exists.
    expect(await window.refusal('listFolder', join(folder, 'shown', '%2e%2e'))).toMatchObject({
      origin: 'disk',
    });
    for (const path of [join(folder, 'shown/link.tar'), join(folder, 'secret.txt')]) {
      expect(await window.refusal('inspect', { packages: [path] })).toMatchObject({
        code: 'app.outside-roots',
      });
    }
    expect(await window.ask('info', null)).toMatchObject({
      examples: [],
      defaultStore: join(folder, 'shown/archbridge-store'),
    });
    await window.close();
  });
});
