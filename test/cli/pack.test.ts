// The commands pack and inventory, as they are typed: files, texts, JSON and exit codes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../support/command-line.js';
import { makeBundle, makeImage, makePackage, tinyBundle } from '../support/packages.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

/** A package of one chart with one image for amd64. */
function packageIn(folder: string, name: string, chart: string): string {
  const path = join(folder, name);
  const bundle = makeBundle(tinyBundle(chart, [makeImage(`ghcr.io/${chart}/app:1.0.0`, 'amd64')]));
  writeFileSync(path, makePackage([{ path: `addon/${chart}_1.0.0.bundle.tar`, body: bundle }]));
  return path;
}

describe('archbridge pack', () => {
  it('writes the file and its checksum, tells what is in it, and what a delta leaves out', async () => {
    const folder = scratch();
    const run = commandLine(folder);
    const one = packageIn(folder, 'addon-v1.0.0-amd64.tar.gz', 'alpha');
    const out = join(folder, 'site.tar');
    const packed = await run('pack', one, '--out', out);
    expect(packed).toMatchObject({ code: 0, stderr: expect.stringContaining('Pass 2') as string });
    expect(packed.stdout).toContain('1 charts, 1 images for linux/amd64, 1 layers');
    expect(packed.stdout).toContain(`archbridge import ${out}`);
    expect(readFileSync(`${out}.sha512`, 'utf8')).toMatch(/^[0-9a-f]{128} {2}site\.tar\n$/);
    const delta = await run('pack', one, '--since', out, '--out', join(folder, 'delta.tar'), '--json');
    expect(JSON.parse(delta.stdout)).toMatchObject({ schema: 'archbridge.packed/1', blobs: 0, leftOut: 1 });
    const again = await run('pack', join(folder, 'delta.tar'), '--out', join(folder, 'x.tar'));
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is a delta') as string });
  });

  it.each([
    ['cli.option-required', 2, []],
    ['pack.out-is-input', 2, ['--out', 'IN']],
    ['pack.empty', 2, ['--out', 'OUT', '--only', 'nothing']],
    ['pack.since-unusable', 2, ['--out', 'OUT', '--since', 'JSON']],
  ])('refuses with %s (%i)', async (code, exit, options) => {
    const folder = scratch();
    const names: Readonly<Record<string, string>> = {
      IN: packageIn(folder, 'in.tar', 'alpha'),
      OUT: join(folder, 'out.tar'),
      JSON: join(folder, 'plan.json'),
    };
    writeFileSync(names['JSON'] ?? '', '{"schema": "archbridge.plan/1"}');
    const argv = ['pack', names['IN'] ?? '', ...options.map((option) => names[option] ?? option), '--json'];
    const { code: ended, stdout } = await commandLine(folder)(...argv);
    expect(ended).toBe(exit);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'archbridge.packed/1', problems: [{ code }] });
    expect(existsSync(names['OUT'] ?? '')).toBe(false);
  });
});

describe('archbridge inventory', () => {
  it('writes what a folder target holds, signed, as pack --since takes it', async () => {
    const folder = scratch();
    const run = commandLine(folder);
    const one = packageIn(folder, 'addon-v1.0.0-amd64.tar.gz', 'alpha');
    const [store, site, key] = ['store', 'site.json', 'key.pem'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(key, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await run('import', one, '--store', store);
    const listed = await run('inventory', '--store', store, '--out', site, '--sign-key', key);
    expect(listed).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 tags in 1 repositories') as string,
    });
    expect(JSON.parse(readFileSync(site, 'utf8'))).toMatchObject({
      schema: 'archbridge.site-inventory/1',
      repositories: [{ name: 'ghcr.io/alpha/app', tags: [{ tag: '1.0.0' }] }],
    });
    expect((await run('report', '--check', site)).code).toBe(0);
    const delta = await run('pack', one, '--since', site, '--out', join(folder, 'delta.tar'), '--json');
    expect(JSON.parse(delta.stdout)).toMatchObject({ blobs: 0, leftOut: 1, since: [{ kind: 'inventory' }] });
  });
});
