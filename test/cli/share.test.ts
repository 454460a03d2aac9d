// `share` on the command line: what it prints and refuses, and how it ends.
import { describe, expect, it, vi } from 'vitest';
import { runCli } from '../../cli/run-cli.js';
import { openFolderTarget } from '../../core/folder/folder-target.js';
import { scratchFolders } from '../support/scratch.js';
import { pushImages, tinyImage } from '../support/tiny-image.js';
import { session } from './cli-session.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };

async function storeOfOne(): Promise<string> {
  const store = scratch();
  const target = await openFolderTarget(store, options);
  await pushImages(target, 'ghcr.io/org/app', 'v1', [tinyImage('amd64', 'a')], options);
  await target.close();
  return store;
}

describe('share', () => {
  it('prints where it serves, warns where others reach it, and ends at Ctrl-C', async () => {
    const stop = new AbortController();
    let [stdout, stderr] = ['', ''];
    const argv = ['share', await storeOfOne(), '--listen', '0.0.0.0:0', '--state-dir', scratch()];
    const ended = runCli(argv, {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: {},
      isTty: { stdout: false, stderr: false },
      engineFactory: () => {
        throw new Error('sharing needs no engine');
      },
      signal: stop.signal,
    });
    const port = await vi.waitFor(() => {
      const found = /0\.0\.0\.0:(\d+)\/ghcr\.io\/org\/app:v1/.exec(stdout)?.[1];
      if (found === undefined) throw new Error('no address yet');
      return found;
    }, 30_000);
    expect(stderr).toContain('Everybody who reaches this address');
    expect((await fetch(`http://127.0.0.1:${port}/v2/`)).status).toBe(200);
    expect(stdout).toContain(`http://0.0.0.0:${port}/charts`);
    stop.abort();
    expect(await ended).toBe(0);
    await expect(fetch(`http://127.0.0.1:${port}/v2/`)).rejects.toThrow();
  });

  it('refuses half a certificate, an address that is none, and a folder without images', async () => {
    const store = await storeOfOne();
    for (const argv of [
      ['share', store, '--tls-key', 'server.key'],
      ['share', store, '--listen', '127.0.0.1:99999'],
      ['share', store, '--listen', 'no address'],
      ['share'],
    ]) {
      expect(await session(argv), argv.join(' ')).toMatchObject({ code: 2, stdout: '' });
    }
    const { code, stdout } = await session(['share', scratch(), '--json']);
    expect(code).not.toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'archbridge.share/1',
      registry: null,
      problems: [{ code: 'folder.nothing-to-share' }],
    });
  });
});
