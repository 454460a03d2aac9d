// Indexes of other tools: what an import changes in them, and that the rest stays.
import { describe, expect, it } from 'vitest';
import { parseManifest, rawManifest } from '../../core/content/manifest.js';
import { DOCKER_LIST, OCI_INDEX } from '../../core/content/media-types.js';
import { formatPlatform } from '../../core/content/platform.js';
import { fuse } from '../../core/plan/fuse.js';
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

  it('with two children of one platform: the first, which readers take, is replaced', () => {
    const second = image({ platform: 'linux/amd64', content: 'second' });
    const before = foreignIndex([amd64, second]);
    const decision = fuse(stateOfTag(before, [...known, second]), [amd64Other], NEWER);
    expect(entries(decision.write)).toEqual([amd64Other.descriptor.digest, second.descriptor.digest]);
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
