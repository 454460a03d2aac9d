// The test packages that the original tool wrote: every bundle, every image, and the very manifests that the tool pushed.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseReference } from '../../core/content/reference.js';
import { imagesOf, problemsOf, record, wronglyGood } from '../support/package-recorder.js';

const golden = z.record(
  z.string(),
  z.record(z.string(), z.object({ digest: z.string(), platform: z.string(), size: z.number() })),
);

/** Compressed by the original with Go's gzip: its digest cannot be reproduced. */
const RECOMPRESSED = 'sluiceworks/gatebox';

const packages = [
  { version: 'v0.9.0', arch: 'amd64', addon: 11, community: 5 },
  { version: 'v0.9.0', arch: 'arm64', addon: 11, community: 5 },
  { version: 'v0.11.0', arch: 'amd64', addon: 11, community: 5 },
  { version: 'v0.11.0', arch: 'arm64', addon: 11, community: 6 },
];

describe.each(packages)('the package of $version for $arch', ({ version, arch, addon, community }) => {
  const path = `test/fixtures/packages/addon-offline-full-package-${version}-${arch}.tar.gz`;

  it('has all its bundles and images, and the manifests that the original pushes', async () => {
    const recording = await record(path, { sha512: true });
    expect(recording.error).toBeNull();
    expect(recording.facts?.notes).toEqual([]);
    expect(recording.facts?.sha512).toBe(readFileSync(`${path}.sha512`, 'utf8').slice(0, 128));
    expect(new Set(problemsOf(recording))).toEqual(new Set([null]));
    const folders = recording.bundles.map((bundle) => bundle.id.folder);
    expect(folders.filter((folder) => folder === 'addon')).toHaveLength(addon);
    expect(folders.filter((folder) => folder === 'community')).toHaveLength(community);
    expect(wronglyGood(recording)).toEqual([]);

    const expected = golden.parse(
      JSON.parse(readFileSync(`test/fixtures/golden/children-${version}.json`, 'utf8')),
    );
    const found = new Map<string, { readonly digest: string; readonly size: number }>();
    for (const image of imagesOf(recording)) {
      expect(image.problem).toBeNull();
      for (const name of image.names) {
        const reference = parseReference(name);
        const { digest, bytes } = image.manifest;
        const repository = reference?.repository.replace(/^library\//, '') ?? name;
        found.set(`${repository}:${reference?.tag ?? ''}`, { digest, size: bytes.length });
      }
    }
    const compared = Object.entries(expected).flatMap(([name, children]) => {
      const child = children[arch];
      return child === undefined || name.startsWith(RECOMPRESSED) || !found.has(name)
        ? []
        : [{ name, child }];
    });
    expect(compared.length).toBeGreaterThan(20);
    for (const { name, child } of compared) {
      expect({ name, ...found.get(name) }).toEqual({ name, digest: child.digest, size: child.size });
    }
    // only names that the original doubled (a literal path tail) or lost are unknown here
    const unknown = Object.keys(expected).filter((name) => expected[name]?.[arch] && !found.has(name));
    expect(unknown.filter((name) => !name.startsWith('lightworks/'))).toEqual([]);
  });

  it('gives the same when the visitor reads no blob', async () => {
    const taken = await record(path);
    const left = await record(path, { take: false });
    const summary = (recording: typeof taken) =>
      recording.bundles.map(({ blobs, content }) => [
        blobs.map((blob) => blob.proven),
        content?.images.map((image) => image.manifest.digest),
      ]);
    expect(summary(left)).toEqual(summary(taken));
  });

  it('gives hints and chart before the first layer', async () => {
    const { bundles } = await record(path);
    for (const { head, content, blobs } of bundles) {
      if (blobs.length === 0) continue;
      expect(head?.hints?.equals(content?.hints ?? Buffer.alloc(0))).toBe(true);
      expect([...(head?.chart?.keys() ?? [])]).toEqual([...(content?.chart?.keys() ?? [])]);
    }
  });
});
