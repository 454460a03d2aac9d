// The laws of the decision as properties over random tags and packages.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseManifest, rawManifest, type RawManifest } from '../../core/content/manifest.js';
import { DOCKER_LIST, OCI_INDEX } from '../../core/content/media-types.js';
import { fuse, type FuseOptions, type IncomingImage, type TagState } from '../../core/plan/fuse.js';
import { childKey, isImageChild } from '../../core/plan/tag-state.js';
import { applied, foreignIndex, image, NEWER, stateOfTag } from './sample-images.js';

const PLATFORMS = [
  'linux/amd64',
  'linux/arm64',
  'linux/arm/v6',
  'linux/arm/v7',
  'linux/s390x',
  'windows/amd64',
];
const TIMES = [null, '2023-07-02T08:00:00Z', '2023-09-20T08:00:00Z'];

const wish = fc.record({
  platform: fc.constantFrom(...PLATFORMS),
  content: fc.constantFrom('a', 'b', 'c'),
  format: fc.constantFrom('docker' as const, 'oci' as const),
  created: fc.constantFrom(...TIMES),
  version: fc.constantFrom(null, '0.9.0', '0.11.0'),
  attested: fc.boolean(),
});

/** Images of different platforms. */
const images = fc
  .uniqueArray(wish, { selector: (one) => one.platform, minLength: 1, maxLength: 4 })
  .map((wishes) => wishes.map(image));

const options = fc.record({
  policy: fc.constantFrom('newer' as const, 'replace' as const, 'keep' as const, 'stop' as const),
  namesAreIndexes: fc.boolean(),
});

/** What may lie under a tag. */
const tag: fc.Arbitrary<{
  readonly manifest: RawManifest | null;
  readonly images: readonly IncomingImage[];
}> = fc.oneof(
  fc.constant({ manifest: null, images: [] }),
  wish.map((one) => ({ manifest: image(one).manifest, images: [image(one)] })),
  images.map((some) => ({ manifest: fuse({ kind: 'absent' }, some, NEWER).write, images: some })),
  foreign(),
);

function foreign(): fc.Arbitrary<{
  readonly manifest: RawManifest;
  readonly images: readonly IncomingImage[];
}> {
  const style = fc.record({
    indent: fc.constantFrom('', '  ', '\t'),
    mediaType: fc.constantFrom(OCI_INDEX, DOCKER_LIST),
  });
  return fc.tuple(images, style).map(([some, how]) => ({ manifest: foreignIndex(some, how), images: some }));
}

/** Digests of the images under a tag by platform: the first of each, which clients get. */
function served(manifest: RawManifest | null, known: readonly IncomingImage[]): Map<string, string> {
  const found = new Map<string, string>();
  const parsed = manifest && parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed?.kind === 'index') {
    for (const one of parsed.manifests.filter(isImageChild).reverse())
      found.set(childKey(one.platform), one.digest);
  } else if (manifest) {
    const single = known.find((one) => one.descriptor.digest === manifest.digest);
    if (single) found.set(childKey(single.platform), manifest.digest);
  }
  return found;
}

function oneByOne(
  before: RawManifest | null,
  incoming: readonly IncomingImage[],
  known: readonly IncomingImage[],
  how: FuseOptions,
): RawManifest | null {
  let manifest = before;
  for (const one of incoming) manifest = applied(manifest, fuse(stateOfTag(manifest, known), [one], how));
  return manifest;
}

describe('the laws', () => {
  it('the platforms of a tag never become fewer, and an image stays where no row says otherwise', () => {
    fc.assert(
      fc.property(tag, images, options, (held, incoming, how) => {
        const known = [...held.images, ...incoming];
        const decision = fuse(stateOfTag(held.manifest, known), incoming, how);
        const before = served(held.manifest, known);
        const after = served(applied(held.manifest, decision), known);
        const touched = new Set(incoming.map((one) => childKey(one.platform)));
        for (const [platform, digest] of before) {
          expect(after.has(platform)).toBe(true);
          if (!touched.has(platform)) expect(after.get(platform)).toBe(digest);
        }
        for (const one of incoming) expect(after.has(childKey(one.platform))).toBe(true);
        expect(decision.after?.platforms.map(childKey).sort()).toEqual([...after.keys()].sort());
      }),
    );
  });

  it('importing twice changes nothing the second time', () => {
    fc.assert(
      fc.property(tag, images, options, (held, incoming, how) => {
        const known = [...held.images, ...incoming];
        const first = fuse(stateOfTag(held.manifest, known), incoming, how);
        const manifest = applied(held.manifest, first);
        const second = fuse(stateOfTag(manifest, known), incoming, how);
        expect(second.write).toBeNull();
        expect(second.after?.digest).toBe(first.after?.digest);
        for (const [i, row] of second.rows.entries()) {
          const left = ['conflict', 'keep'].includes(first.rows[i]?.action ?? '');
          expect(row.action).toBe(left ? first.rows[i]?.action : 'skip');
        }
      }),
    );
  });

  it('different platforms give the same bytes in any order, at once or one by one', () => {
    fc.assert(
      fc.property(
        tag,
        images.chain((some) =>
          fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
        ),
        options,
        (held, [incoming, shuffled], how) => {
          const known = [...held.images, ...incoming];
          const state = stateOfTag(held.manifest, known);
          const atOnce = applied(held.manifest, fuse(state, incoming, how));
          expect(applied(held.manifest, fuse(state, shuffled, how))?.digest).toBe(atOnce?.digest);
          expect(oneByOne(held.manifest, incoming, known, how)?.digest).toBe(atOnce?.digest);
          expect(oneByOne(held.manifest, shuffled, known, how)?.digest).toBe(atOnce?.digest);
        },
      ),
    );
  });

  it('nothing is written where the tag could not be read', () => {
    const reason = fc.constantFrom('unreadable' as const, 'not-an-image' as const);
    fc.assert(
      fc.property(reason, images, options, (why, incoming, how) => {
        const state: TagState = { kind: 'blocked', reason: why, detail: '' };
        const decision = fuse(state, incoming, how);
        expect(decision.write).toBeNull();
        expect(decision.after).toBeNull();
        expect(decision.rows.map((row) => `${row.action} ${row.reason}`)).toEqual(
          incoming.map(() => `blocked ${why}`),
        );
      }),
    );
  });

  it('the bytes of other tools stay: unknown fields, annotations, attestations, numbers, escapes, white space', () => {
    const odd = `{ "schemaVersion" : 2, "mediaType":"${OCI_INDEX}" , "big":12345678901234567890, "z":"\\u00e9\\/", "a":1.0, "10":0, "1":0,\r\n "manifests":`;
    fc.assert(
      fc.property(foreign(), images, options, (held, incoming, how) => {
        const index = parseManifest(held.manifest.bytes, OCI_INDEX);
        if (index.kind !== 'index') throw new Error('no index');
        const json = JSON.stringify(index.manifests.map((one) => one.raw));
        const manifest = rawManifest(Buffer.from(`${odd}${json} }`), OCI_INDEX);
        const known = [...held.images, ...incoming];
        const bytes =
          applied(manifest, fuse(stateOfTag(manifest, known), incoming, how))?.bytes.toString() ?? '';
        expect(bytes.startsWith(odd)).toBe(true);
        expect(bytes.endsWith(' }')).toBe(true);
        const parsed = parseManifest(Buffer.from(bytes), OCI_INDEX);
        if (parsed.kind !== 'index') throw new Error('no index any more');
        const now = new Set(parsed.manifests.map((one) => JSON.stringify(one.raw)));
        for (const one of held.images) {
          if (incoming.some((other) => childKey(other.platform) === childKey(one.platform))) continue;
          const digest = `"digest":"${one.descriptor.digest}"`;
          expect([...now].some((text) => text.includes(digest) && text.includes('somebody else'))).toBe(true);
          for (const note of one.attestations) expect(now.has(JSON.stringify(note.raw))).toBe(true);
        }
      }),
    );
  });
});
