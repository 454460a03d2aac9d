// Indexes of other tools: what an import changes in them, and that the rest stays.
import { describe, expect, it } from 'vitest';
import { parseManifest, rawManifest } from '../../core/content/manifest.js';
import { DOCKER_LIST, OCI_INDEX } from '../../core/content/media-types.js';
import { formatPlatform } from '../../core/content/platform.js';
import { fuse, type IncomingImage } from '../../core/plan/fuse.js';
import { attestation, entries, foreignIndex, image, NEWER, stateOfTag } from './sample-images.js';

const amd64 = image({ platform: 'linux/amd64' });
const amd64Oci = image({ platform: 'linux/amd64', format: 'oci' });
const amd64Other = image({ platform: 'linux/amd64', content: 'rebuilt' });
const arm64 = image({ platform: 'linux/arm64' });
const arm64Oci = image({ platform: 'linux/arm64', format: 'oci' });
const armv7 = image({ platform: 'linux/arm/v7' });
const known = [amd64, amd64Oci, amd64Other, arm64, arm64Oci, armv7];
const foreign = foreignIndex([amd64, arm64]);

describe('indexes of other tools', () => {
  it.each(['', '  ', '   ', '\t'])(
    'stay byte for byte except for the replaced child (indent %j)',
    (indent) => {
      const before = foreignIndex([amd64, arm64, armv7], { indent });
      const after = fuse(stateOfTag(before, known), [amd64Other], NEWER).write;
      const expected = before.bytes
        .toString()
        .replace(amd64.descriptor.digest, amd64Other.descriptor.digest)
        // further fields of the old entry described the old image
        .replace(/"annotations":\s*\{\s*"com.example.built-by":\s*"somebody else"\s*\},\s*/, '');
      expect(after?.bytes.toString()).toBe(expected);
    },
  );

  it('get a new platform at the end', () => {
    const before = foreignIndex([arm64, armv7], { indent: '  ' });
    const after = fuse(stateOfTag(before, known), [amd64], NEWER).write;
    const text = after?.bytes.toString() ?? '';
    const at = before.bytes.toString().lastIndexOf('\n  ],');
    expect(text.startsWith(before.bytes.toString().slice(0, at))).toBe(true);
    expect(text.endsWith(before.bytes.toString().slice(at))).toBe(true);
    expect(entries(after)).toEqual([arm64, armv7, amd64].map((one) => one.descriptor.digest));
  });

  it('keep their media type when a child of the other format is added', () => {
    const before = foreignIndex([amd64], { mediaType: DOCKER_LIST });
    expect(fuse(stateOfTag(before, known), [arm64Oci], NEWER).write?.mediaType).toBe(DOCKER_LIST);
  });

  it('lose the attestations of a replaced child and get those of the new one', () => {
    const old = image({ platform: 'linux/amd64', content: 'old', attested: true });
    const other = image({ platform: 'linux/arm64', attested: true });
    const fresh = image({ platform: 'linux/amd64', content: 'fresh', attested: true });
    const before = foreignIndex([old, other]);
    const after = fuse(stateOfTag(before, [old, other]), [fresh], NEWER).write;
    expect(entries(after)).toEqual([
      fresh.descriptor.digest,
      attestation(fresh.descriptor.digest).digest,
      other.descriptor.digest,
      attestation(other.descriptor.digest).digest,
    ]);
  });

  it('keep what is no image: nested indexes, unknown platforms, entries without one', () => {
    const { digest, size, mediaType } = armv7.descriptor;
    const more = [
      { mediaType: OCI_INDEX, digest, size, platform: { architecture: 'amd64', os: 'linux' } },
      { mediaType, digest, size, platform: { architecture: 'unknown', os: 'unknown' } },
      { mediaType, digest, size },
    ];
    const before = foreignIndex([arm64], { more });
    const decision = fuse(stateOfTag(before, known), [amd64], NEWER);
    expect(decision.rows[0]?.action).toBe('add');
    expect(entries(decision.write)).toEqual([
      arm64.descriptor.digest,
      digest,
      digest,
      digest,
      amd64.descriptor.digest,
    ]);
    expect(decision.after?.platforms.map(formatPlatform)).toEqual(['linux/arm64', 'linux/amd64']);
  });

  it('treat a child that could not be read as an incomplete one', () => {
    const decision = fuse(stateOfTag(foreignIndex([armv7]), []), [amd64, armv7], NEWER);
    expect(decision.rows.map((row) => row.action)).toEqual(['add', 'skip']);
    const index = parseManifest(foreign.bytes, foreign.mediaType);
    if (index.kind !== 'index') throw new Error('not an index');
    const unseen = fuse({ kind: 'index', manifest: foreign, index, children: [] }, [amd64], NEWER);
    expect(unseen.rows[0]?.action).toBe('repair');
  });

  it.each(['[]', 'null'])('may be empty: %s', (empty) => {
    const bytes = Buffer.from(`{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":${empty},"x":1}`);
    const decision = fuse(stateOfTag(rawManifest(bytes, OCI_INDEX), []), [arm64, amd64], NEWER);
    expect(decision.rows.map((row) => row.action)).toEqual(['add', 'add']);
    expect(entries(decision.write)).toEqual([amd64.descriptor.digest, arm64.descriptor.digest]);
    expect(decision.write?.bytes.toString()).toMatch(/,"x":1\}$/);
  });
});

describe('several images of one platform in an index', () => {
  const gzip = image({
    platform: 'linux/amd64',
    content: 'old',
    created: '2023-07-02T08:00:00Z',
    attested: true,
  });
  const zstd = image({
    platform: 'linux/amd64',
    content: 'zstd',
    created: '2023-07-02T08:00:00Z',
    attested: true,
  });
  const fresh = image({
    platform: 'linux/amd64',
    content: 'new',
    created: '2023-09-20T08:00:00Z',
    attested: true,
  });
  const ancient = image({ platform: 'linux/amd64', content: 'gone', created: '2023-01-01T08:00:00Z' });
  const all = [...known, gzip, zstd, fresh, ancient];
  const note = (of: IncomingImage) => attestation(of.descriptor.digest).digest;
  const twice = foreignIndex([gzip, arm64, zstd]);

  it('are all replaced by the one that comes in, with their attestations', () => {
    const decision = fuse(stateOfTag(twice, all), [fresh], NEWER);
    expect(decision.rows).toMatchObject([{ action: 'replace', reason: 'newer' }]);
    expect(entries(decision.write)).toEqual([fresh.descriptor.digest, note(fresh), arm64.descriptor.digest]);
  });

  it('become one where one of them comes in: no descriptor stands twice', () => {
    const decision = fuse(stateOfTag(twice, all), [zstd], NEWER);
    expect(decision.rows).toMatchObject([{ action: 'replace' }]);
    expect(entries(decision.write).filter((digest) => digest === zstd.descriptor.digest)).toHaveLength(1);
    expect(entries(decision.write)).not.toContain(gzip.descriptor.digest);
    expect(entries(decision.write)).toContain(note(zstd));
    expect(entries(decision.write)).not.toContain(note(gzip));
  });

  it('are healed where an earlier run replaced the first of them only', () => {
    const half = foreignIndex([fresh, arm64, zstd]);
    const decision = fuse(stateOfTag(half, all), [fresh], NEWER);
    expect(decision.rows).toMatchObject([{ action: 'replace', reason: 'newer' }]);
    expect(entries(decision.write)).toEqual([fresh.descriptor.digest, note(fresh), arm64.descriptor.digest]);
  });

  it('stay where they are the image that comes in, in two compressions', () => {
    const other = image({ platform: 'linux/amd64', format: 'oci' });
    const both = foreignIndex([amd64, other, arm64]);
    const decision = fuse(stateOfTag(both, [...known, other]), [amd64], NEWER);
    expect(decision).toMatchObject({ rows: [{ action: 'skip', reason: 'same-digest' }], write: null });
  });

  it('become one where a part of one of them is missing', () => {
    const other = image({ platform: 'linux/amd64', format: 'oci' });
    const both = foreignIndex([amd64, other, arm64]);
    const state = stateOfTag(both, [...known, other], new Set([other.descriptor.digest]));
    const decision = fuse(state, [amd64], NEWER);
    expect(decision.rows).toMatchObject([{ action: 'repair', reason: 'incomplete' }]);
    expect(entries(decision.write)).toEqual([amd64.descriptor.digest, arm64.descriptor.digest]);
  });

  it('all stay where one of them is newer, and where they are to be kept', () => {
    const state = stateOfTag(foreignIndex([ancient, fresh]), all);
    expect(fuse(state, [gzip], NEWER)).toMatchObject({
      rows: [{ action: 'conflict', reason: 'older' }],
      write: null,
    });
    const keep = fuse(state, [gzip], { ...NEWER, policy: 'keep' });
    expect(keep).toMatchObject({ rows: [{ action: 'keep' }], write: null });
  });

  it('with different versions of Windows are different platforms', () => {
    const windows = (osVersion: string, content: string) =>
      image({ platform: `windows/amd64 (${osVersion})`, content });
    const [old, other, next] = [
      windows('10.0.17763', 'a'),
      windows('10.0.20348', 'b'),
      windows('10.0.17763', 'c'),
    ];
    const before = foreignIndex([old, other]);
    const decision = fuse(stateOfTag(before, [old, other]), [next], NEWER);
    expect(entries(decision.write)).toEqual([next.descriptor.digest, other.descriptor.digest]);
  });
});

describe('platforms under other names', () => {
  it.each([
    [{ os: 'linux', architecture: 'aarch64' }, 'linux/arm64'],
    [{ os: 'Linux', architecture: 'ARM64', variant: '8' }, 'linux/arm64/v8'],
    [{ os: 'linux', architecture: 'x86_64', variant: null }, 'linux/amd64'],
    [{ os: 'linux', architecture: 'armhf' }, 'linux/arm/v7'],
    [{ os: 'linux', architecture: 'arm', variant: '7' }, 'linux/arm/v7'],
  ])('%j is replaced as %s', (platform, normal) => {
    const old = image({ platform: normal, content: 'old' });
    const fresh = image({ platform: normal, content: 'fresh' });
    const before = foreignIndex([], { more: [{ ...old.descriptor, platform }] });
    const decision = fuse(stateOfTag(before, [old, fresh]), [fresh], NEWER);
    expect(decision.rows[0]?.action).toBe('replace');
    expect(entries(decision.write)).toEqual([fresh.descriptor.digest]);
    expect(decision.after?.platforms.map(formatPlatform)).toEqual([normal]);
    const parsed = decision.write && parseManifest(decision.write.bytes, OCI_INDEX);
    const [child] = parsed?.kind === 'index' ? parsed.entries : [];
    expect(child?.descriptor?.raw).toMatchObject({ platform: fresh.platform });
  });
});

describe('entries that cannot be followed', () => {
  const { digest: _, ...nameless } = arm64.descriptor;
  const odd = { ...arm64.descriptor, digest: `sha512:${'ab'.repeat(64)}`, platform: arm64.platform };

  it.each([[null], [nameless], [{ ...odd, size: -1 }], [odd]])('stay as they are: %j', (entry) => {
    const before = foreignIndex([armv7], { more: [entry] });
    const decision = fuse(stateOfTag(before, known), [amd64], NEWER);
    expect(decision.rows[0]?.action).toBe('add');
    expect(decision.write?.bytes.toString()).toContain(JSON.stringify(entry));
    expect(entries(decision.write)).toEqual([armv7, amd64].map((one) => one.descriptor.digest));
  });

  it('are not replaced, and get no second image of their platform beside them', () => {
    const before = foreignIndex([amd64], { more: [odd] });
    const decision = fuse(stateOfTag(before, known), [arm64, amd64Other], NEWER);
    expect(decision.rows).toMatchObject([
      { action: 'blocked', reason: 'unsupported-manifest' },
      { action: 'replace' },
    ]);
    expect(entries(decision.write)).toEqual([amd64Other.descriptor.digest]);
    expect(decision.write?.bytes.toString()).toContain(JSON.stringify(odd));
  });

  it('without a media type or a size are images of their platform', () => {
    const entry = { digest: amd64.descriptor.digest, platform: amd64.platform, mediaType: null };
    const before = foreignIndex([arm64], { more: [entry] });
    const decision = fuse(stateOfTag(before, known), [amd64Other], NEWER);
    expect(entries(decision.write)).toEqual([arm64.descriptor.digest, amd64Other.descriptor.digest]);
  });
});
