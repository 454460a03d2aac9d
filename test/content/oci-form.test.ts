// The OCI form of an image with Docker's media types: defined bytes, the same config and layers.
import { describe, expect, it } from 'vitest';
import { descriptorSchema, type Descriptor } from '../../core/content/descriptor.js';
import { digestOf, type Digest } from '../../core/content/digest.js';
import { parseManifest } from '../../core/content/manifest.js';
import { DOCKER_CONFIG, DOCKER_LAYER, OCI_CONFIG, OCI_MANIFEST } from '../../core/content/media-types.js';
import { ociForm } from '../../core/content/oci-form.js';

function digest(text: string): Digest {
  return digestOf(Buffer.from(text));
}

const CONFIG: Descriptor = { mediaType: DOCKER_CONFIG, digest: digest('config'), size: 163 };
const OCI = 'application/vnd.oci.image.layer.';
const DOCKER = 'application/vnd.docker.image.rootfs.';

describe('the OCI form of an image', () => {
  it.each([
    [DOCKER_LAYER, `${OCI}v1.tar+gzip`],
    [`${DOCKER}diff.tar`, `${OCI}v1.tar`],
    [`${DOCKER}diff.tar.zstd`, `${OCI}v1.tar+zstd`],
    [`${DOCKER}foreign.diff.tar`, `${OCI}nondistributable.v1.tar`],
    [`${DOCKER}foreign.diff.tar.gzip`, `${OCI}nondistributable.v1.tar+gzip`],
    [`${OCI}v1.tar+zstd`, `${OCI}v1.tar+zstd`],
  ])('gives a layer %s the type %s', (from, to) => {
    const layer = { mediaType: from, digest: digest('layer'), size: 20 };
    const { layers } = ociForm(CONFIG, [layer]);
    expect(layers).toEqual([{ ...layer, mediaType: to }]);
  });

  it('is a manifest with the config and layers that it gives, and its digest is that of its bytes', () => {
    const layer = { mediaType: DOCKER_LAYER, digest: digest('layer'), size: 20 };
    const { manifest, config, layers } = ociForm(CONFIG, [layer, layer]);
    expect(config).toEqual({ ...CONFIG, mediaType: OCI_CONFIG });
    expect(manifest.digest).toBe(digestOf(manifest.bytes));
    const parsed = parseManifest(manifest.bytes, '');
    expect(parsed).toMatchObject({ kind: 'manifest', mediaType: OCI_MANIFEST, config, layers });
    expect(ociForm(CONFIG, [layer, layer]).manifest.bytes).toEqual(manifest.bytes);
  });

  it('has a list of layers also where there are none', () => {
    expect(ociForm(CONFIG, []).manifest.bytes.toString()).toContain('"layers": []');
  });

  it('keeps URLs and unknown fields of a layer', () => {
    const written = {
      mediaType: `${DOCKER}foreign.diff.tar.gzip`,
      size: 20,
      digest: digest('layer'),
      urls: ['https://layers.example/a'],
      'x-note': 'kept',
    };
    const { manifest } = ociForm(CONFIG, [descriptorSchema.parse(written)]);
    const json = JSON.parse(manifest.bytes.toString()) as { layers: readonly unknown[] };
    expect(json.layers).toEqual([{ ...written, mediaType: `${OCI}nondistributable.v1.tar+gzip` }]);
  });
});
