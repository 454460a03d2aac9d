// Manifests and indexes of other programs: what is read, and what counts as absent.
import { describe, expect, it } from 'vitest';
import { descriptorToJson } from '../../core/content/descriptor.js';
import { digestOf } from '../../core/content/digest.js';
import { parseManifest } from '../../core/content/manifest.js';
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_CONFIG, OCI_MANIFEST } from '../../core/content/media-types.js';

const digest = digestOf('a child');

function read(json: unknown, contentType: string): ReturnType<typeof parseManifest> {
  return parseManifest(Buffer.from(JSON.stringify(json)), contentType);
}

describe('null', () => {
  const nulls = { urls: null, annotations: null };

  it.each([
    { 'os.version': null, 'os.features': [], variant: null, features: [] },
    { 'os.features': null, features: null },
  ])('in the platform of an index entry counts as absent: %j', (more) => {
    const platform = { architecture: 'amd64', os: 'linux', ...more };
    const entry = { mediaType: DOCKER_MANIFEST, digest, size: 7, ...nulls, platform };
    const index = read(
      { schemaVersion: 2, mediaType: null, manifests: [entry], annotations: null },
      DOCKER_LIST,
    );
    if (index.kind !== 'index') throw new Error('no index');
    const [child] = index.manifests;
    expect(child).toEqual({
      ...{ mediaType: DOCKER_MANIFEST, digest, size: 7 },
      ...{ platform: { os: 'linux', architecture: 'amd64' }, raw: entry },
    });
    // what is written again is what was read
    expect(child && descriptorToJson(child)).toEqual(entry);
  });

  it('for a whole platform, for annotations or for one of them counts as absent', () => {
    const entry = {
      mediaType: OCI_MANIFEST,
      digest,
      size: 7,
      platform: null,
      annotations: { a: null, b: 'x' },
    };
    const index = read({ schemaVersion: 2, manifests: [entry] }, DOCKER_LIST);
    if (index.kind !== 'index') throw new Error('no index');
    expect(index.manifests).toEqual([
      { mediaType: OCI_MANIFEST, digest, size: 7, annotations: { b: 'x' }, raw: entry },
    ]);
  });

  it('in a manifest counts as absent', () => {
    const config = { mediaType: OCI_CONFIG, digest, size: 7, ...nulls, platform: null };
    const manifest = read({ schemaVersion: 2, mediaType: null, config, layers: null }, OCI_MANIFEST);
    expect(manifest).toMatchObject({ kind: 'manifest', mediaType: OCI_MANIFEST, layers: [] });
  });
});
