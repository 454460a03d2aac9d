// Telling manifests from other blobs of a layout, which stores no media types.
import { describe, expect, it } from 'vitest';
import { DOCKER_LIST, OCI_INDEX, OCI_MANIFEST } from '../../core/content/media-types.js';
import { manifestTypeOf } from '../../core/layout/manifest-type.js';

describe('manifestTypeOf', () => {
  it.each([
    [{ schemaVersion: 2, mediaType: DOCKER_LIST, manifests: [] }, DOCKER_LIST],
    [{ schemaVersion: 2, manifests: [] }, OCI_INDEX],
    [{ schemaVersion: 2, config: { mediaType: 'c' }, layers: [] }, OCI_MANIFEST],
    [{ schemaVersion: 2, mediaType: null, manifests: null, config: { mediaType: 'c' } }, OCI_MANIFEST],
    [{ schemaVersion: 2, mediaType: null, manifests: [], config: null }, OCI_INDEX],
    [{ schemaVersion: 2, mediaType: 'application/other', manifests: [] }, null],
    [{ schemaVersion: 1, mediaType: OCI_MANIFEST }, null],
    [{ architecture: 'amd64', config: {} }, null],
  ])('%j is %s', (json, type) => {
    expect(manifestTypeOf(Buffer.from(JSON.stringify(json)))).toBe(type);
  });

  it('is null for what is no JSON', () => {
    expect(manifestTypeOf(Buffer.from([0x1f, 0x8b, 0]))).toBeNull();
  });
});
