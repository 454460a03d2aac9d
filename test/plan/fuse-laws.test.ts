// The laws of the decision as properties over random tags and packages.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseManifest, rawManifest, type RawManifest } from '../../core/content/manifest.js';
import { platformToJson } from '../../core/content/descriptor.js';
import { DOCKER_LIST, OCI_INDEX, OCI_MANIFEST } from '../../core/content/media-types.js';
import { formatPlatform, type Platform } from '../../core/content/platform.js';
import { fuse, type FuseOptions, type IncomingImage, type TagState } from '../../core/plan/fuse.js';
import { childKey, isImageChild } from '../../core/plan/tag-state.js';
import { applied, foreignIndex, image, NEWER, platformOf, stateOfTag } from './sample-images.js';

const PLATFORMS = [
  'linux/amd64',
  'linux/arm64',
  'linux/arm/v6',
  'linux/arm/v7',
  'linux/s390x',
  'windows/amd64 (10.0.17763.1)',
  'windows/amd64 (10.0.20348.2)',
];
/** How other tools write some of these. */
const ALIASES: Readonly<Record<string, readonly unknown[]>> = {
  'linux/amd64': [
    { os: 'linux', architecture: 'x86_64', variant: null },
    { os: 'Linux', architecture: 'amd64', variant: 'v1', 'os.features': null },
  ],
  'linux/arm64': [
    { os: 'linux', architecture: 'aarch64' },
    { os: 'linux', architecture: 'arm64', variant: '8' },
  ],
  'linux/arm/v6': [{ os: 'linux', architecture: 'armel' }],
  'linux/arm/v7': [
    { os: 'linux', architecture: 'armhf' },
    { os: 'linux', architecture: 'arm' },
  ],
};
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

/** An index of another tool: platforms under other names, several images of one platform, entries that cannot be followed. */
function foreign(): fc.Arbitrary<{
  readonly manifest: RawManifest;
  readonly images: readonly IncomingImage[];
}> {
  const style = fc.record({
    indent: fc.constantFrom('', '  ', '\t'),
    mediaType: fc.constantFrom(OCI_INDEX, DOCKER_LIST),
    more: fc.uniqueArray(fc.constantFrom('linux/s390x', 'linux/riscv64').map(unsupported), { maxLength: 1 }),
    alias: fc.nat(2),
  });
  const some = fc.array(wish.map(image), { minLength: 1, maxLength: 6 });
  return fc.tuple(some, style).map(([held, { alias, ...how }]) => {
    const spell = (platform: Platform): unknown =>
      ALIASES[formatPlatform(platform)]?.[alias - 1] ?? platformToJson(platform);
    return { manifest: foreignIndex(held, { ...how, spell }), images: held };
  });
}

function unsupported(platform: string): unknown {
  const digest = `sha512:${'ab'.repeat(64)}`;
  return { mediaType: OCI_MANIFEST, digest, size: 7, platform: platformToJson(platformOf(platform)) };
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
        for (const [i, one] of incoming.entries())
          expect(after.has(childKey(one.platform)) || decision.rows[i]?.action === 'blocked').toBe(true);
        expect(decision.after?.platforms.map(childKey).sort()).toEqual([...after.keys()].sort());
      }),
    );
  });

  it('what is written is the only image of its platform, and what cannot be followed stays', () => {
    const writes = new Set(['push', 'promote', 'add', 'replace']);
    fc.assert(
      fc.property(tag, images, options, (held, incoming, how) => {
        const decision = fuse(stateOfTag(held.manifest, [...held.images, ...incoming]), incoming, how);
        const now = applied(held.manifest, decision);
        const parsed = now && parseManifest(now.bytes, now.mediaType);
        if (parsed?.kind !== 'index') return;
        for (const [i, { action }] of decision.rows.entries()) {
          const one = incoming[i];
          if (!one || !writes.has(action)) continue;
          const key = childKey(one.platform);
          const same = parsed.manifests
            .filter(isImageChild)
            .filter((child) => childKey(child.platform) === key);
          expect(same.map(({ digest }) => digest)).toEqual([one.descriptor.digest]);
        }
        const odd = (bytes: Buffer | undefined) => bytes?.toString().match(/sha512:/g) ?? [];
        expect(odd(now?.bytes)).toEqual(odd(held.manifest?.bytes));
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
          const left = ['conflict', 'keep', 'blocked'].includes(first.rows[i]?.action ?? '');
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
