// Archives and layouts as the real tools write them: skopeo copies a layout into every form, umoci makes an image of its own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { imagesOf, problemsOf, record, wronglyGood } from '../support/package-recorder.js';
import { makeImage, makeLayer, makeOciLayout, type TarFile } from '../support/packages.js';
import { findProgram } from '../support/programs.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const skopeo = findProgram('skopeo');
const name = 'docker.io/library/app:1';
const images = [makeImage(name, 'amd64', [makeLayer('base'), makeLayer('app')])];

function write(root: string, files: readonly TarFile[]): string {
  for (const file of files) {
    const path = join(root, file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.body ?? '');
  }
  return root;
}

/** skopeo finds images by ref.name, not by containerd's name. */
function layoutFor(root: string): string {
  const files = makeOciLayout(images).map((file) =>
    file.path === 'index.json'
      ? {
          ...file,
          body: String(file.body).replace('io.containerd.image.name', 'org.opencontainers.image.ref.name'),
        }
      : file,
  );
  return write(root, files);
}

describe.skipIf(skopeo === null)('what skopeo writes', () => {
  it.each([
    ['docker-archive', 'tar'],
    ['oci-archive', 'tar'],
    ['oci', 'dir'],
  ])('as %s is read', async (transport, kind) => {
    const layout = layoutFor(scratch());
    const target = join(scratch(), kind === 'tar' ? 'out.tar' : 'out');
    const copy = ['copy', '--insecure-policy', '--override-arch', 'amd64', '--override-os', 'linux'];
    execFileSync(skopeo ?? '', [...copy, `oci:${layout}:${name}`, `${transport}:${target}:${name}`], {
      stdio: 'pipe',
    });
    const recording = await record(target);
    expect(recording.error).toBeNull();
    expect(problemsOf(recording)).toEqual([null]);
    expect(wronglyGood(recording)).toEqual([]);
    const found = imagesOf(recording);
    expect(found).toMatchObject([
      { names: [name], platform: { os: 'linux', architecture: 'amd64' }, problem: null },
    ]);
    expect(found[0]?.config.digest).toBe(digestOf(images[0]!.config));
    expect(recording.bundles[0]?.blobs).toHaveLength(2);
  });

  it('as a docker-archive of two images is read', async () => {
    const layout = layoutFor(scratch());
    const target = join(scratch(), 'out.tar');
    const copy = ['copy', '--insecure-policy', '--override-arch', 'amd64', '--override-os', 'linux'];
    const more = ['--additional-tag', 'x.io/other:2'];
    execFileSync(
      skopeo ?? '',
      [...copy, ...more, `oci:${layout}:${name}`, `docker-archive:${target}:${name}`],
      { stdio: 'pipe' },
    );
    expect(imagesOf(await record(target))).toMatchObject([{ names: [name, 'x.io/other:2'], problem: null }]);
  });
});
