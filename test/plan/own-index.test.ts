// The bytes of the indexes that Archbridge makes.
import { describe, expect, it } from 'vitest';
import { encodeIndex } from '../../core/content/manifest.js';
import { DOCKER_LIST, OCI_INDEX } from '../../core/content/media-types.js';
import { fuse, type FuseOptions, type TagState } from '../../core/plan/fuse.js';
import { attestation, entries, image, NEWER, own, stateOfTag } from './sample-images.js';

const amd64 = image({ platform: 'linux/amd64' });
const amd64Oci = image({ platform: 'linux/amd64', format: 'oci' });
const amd64Other = image({ platform: 'linux/amd64', content: 'rebuilt' });
const arm64 = image({ platform: 'linux/arm64' });
const arm64Oci = image({ platform: 'linux/arm64', format: 'oci' });
const armv7 = image({ platform: 'linux/arm/v7' });
const known = [amd64, amd64Oci, amd64Other, arm64, arm64Oci, armv7];
const absent: TagState = { kind: 'absent' };
const list = own(amd64, arm64);

describe('bytes of indexes that Archbridge makes', () => {
  it('are those of a Docker list when all children are Docker', () => {
    expect(list.mediaType).toBe(DOCKER_LIST);
    const { mediaType, digest, size } = amd64.descriptor;
    const children = [
      { mediaType, size, digest, platform: amd64.platform },
      { ...arm64.descriptor, platform: arm64.platform },
    ];
    expect(list.bytes).toEqual(encodeIndex(DOCKER_LIST, children).bytes);
  });

  it('are those of an OCI index otherwise, decided anew when a child is replaced', () => {
    expect(own(amd64Oci, arm64).mediaType).toBe(OCI_INDEX);
    const replaced = fuse(stateOfTag(own(amd64Oci, arm64), known), [amd64Other], NEWER).write;
    expect(replaced?.mediaType).toBe(DOCKER_LIST);
    expect(entries(replaced)).toEqual([amd64Other.descriptor.digest, arm64.descriptor.digest]);
  });

  it('hold an index of one where every name is an index', () => {
    const folder: FuseOptions = { policy: 'newer', namesAreIndexes: true };
    const first = fuse(absent, [arm64], folder);
    expect(first.rows[0]?.action).toBe('push');
    expect(first.write?.mediaType).toBe(OCI_INDEX);
    const second = fuse(stateOfTag(first.write, known), [amd64], folder);
    expect(second.write?.mediaType).toBe(OCI_INDEX);
    expect(entries(second.write)).toEqual([amd64.descriptor.digest, arm64.descriptor.digest]);
  });

  it('hold attestations after the child that they describe, for one platform too', () => {
    const attested = image({ platform: 'linux/arm64', format: 'oci', attested: true });
    const note = attestation(attested.descriptor.digest).digest;
    const first = fuse(absent, [attested], NEWER);
    expect(entries(first.write)).toEqual([attested.descriptor.digest, note]);
    const second = fuse(stateOfTag(first.write, [attested]), [armv7, amd64], NEWER);
    expect(entries(second.write)).toEqual([
      amd64.descriptor.digest,
      armv7.descriptor.digest,
      attested.descriptor.digest,
      note,
    ]);
  });

  it('leave out attestations of another manifest', () => {
    const stray = { ...amd64, attestations: [attestation(arm64.descriptor.digest)] };
    expect(fuse(absent, [stray], NEWER).write).toEqual(amd64.manifest);
  });
});
