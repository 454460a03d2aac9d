// Other programs read the store: skopeo image by image, crane the whole layout; entries that skopeo writes are kept.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { openFolderTarget } from '../../core/folder/folder-target.js';
import { parseLayoutIndex } from '../../core/layout/layout-index.js';
import { requireProgram } from '../support/programs.js';
import { startRegistry } from '../support/registries.js';
import { scratchFolders } from '../support/scratch.js';
import { pushImages, tinyImage } from '../support/tiny-image.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };
const images = [tinyImage('amd64', 'a'), tinyImage('arm64', 'b')];

function skopeo(...args: string[]): string {
  const quiet = ['ignore', 'pipe', 'pipe'] as const;
  return execFileSync(requireProgram('skopeo'), ['--insecure-policy', ...args], {
    encoding: 'utf8',
    stdio: [...quiet],
  });
}

describe('a store', () => {
  it('is read by skopeo, per image and platform', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    const index = await pushImages(target, 'ghcr.io/org/app', 'v1', images, options);
    await pushImages(target, 'ghcr.io/org/other', 'v2', images.slice(0, 1), options);
    await target.close();
    const name = `oci:${join(dir, 'oci')}:ghcr.io/org/app:v1`;
    expect(digestOf(Buffer.from(skopeo('inspect', '--raw', name)))).toBe(index.digest);
    for (const { architecture } of images) {
      const config: unknown = JSON.parse(
        skopeo('--override-arch', architecture, 'inspect', '--config', name),
      );
      expect(config).toMatchObject({ architecture, os: 'linux' });
    }
    const copy = scratch();
    skopeo('copy', '--all', name, `dir:${copy}`);
    expect(digestOf(readFileSync(join(copy, 'manifest.json')))).toBe(index.digest);
  });

  it('is read by crane as a whole', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    const index = await pushImages(target, 'ghcr.io/org/app', 'v1', images, options);
    await pushImages(target, 'ghcr.io/org/other', 'v2', images.slice(0, 1), options);
    await target.close();
    const registry = await startRegistry({ version: 3 });
    try {
      const whole = `${registry.host}/all:whole`;
      const crane = (...args: string[]): string =>
        execFileSync(requireProgram('crane'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      crane('push', '--index', join(dir, 'oci'), whole, '--insecure');
      expect(JSON.parse(crane('manifest', whole, '--insecure'))).toEqual(
        JSON.parse(readFileSync(join(dir, 'oci/index.json'), 'utf8')),
      );
      expect(crane('manifest', `${registry.host}/all@${index.digest}`, '--insecure')).toBe(
        index.bytes.toString(),
      );
    } finally {
      await registry.stop();
    }
  });

  it('keeps an entry that skopeo wrote and adds names beside it', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    await pushImages(target, 'ghcr.io/org/app', 'v1', images, options);
    await target.flush(options);
    const from = `oci:${join(dir, 'oci')}:ghcr.io/org/app:v1`;
    skopeo('--override-arch', 'arm64', 'copy', from, `oci:${join(dir, 'oci')}:plain`);
    await pushImages(target, 'ghcr.io/org/app', 'v2', images, options);
    await target.close();
    const index = parseLayoutIndex(readFileSync(join(dir, 'oci/index.json')), 'index.json');
    expect(index.entries.map((entry) => entry.names[0])).toEqual([
      'plain',
      'ghcr.io/org/app:v1',
      'ghcr.io/org/app:v2',
    ]);
    expect(skopeo('inspect', '--raw', `oci:${join(dir, 'oci')}:plain`)).toContain('layers');
  });
});
