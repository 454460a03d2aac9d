// Members that are `null` count as absent in everything that manifests, indexes and configs consist of.
import { describe, expect, it } from 'vitest';
import { descriptorSchema, descriptorToJson } from '../../core/content/descriptor.js';
import { digestOf } from '../../core/content/digest.js';
import { parseImageConfig } from '../../core/content/image-config.js';
import { parseManifest } from '../../core/content/manifest.js';
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../core/content/media-types.js';

const digest = digestOf('x');
const child = { mediaType: OCI_MANIFEST, digest, size: 1 };
const linux = { os: 'linux', architecture: 'arm64' };
const bytesOf = (json: unknown): Buffer => Buffer.from(JSON.stringify(json));

describe('a null member', () => {
  it.each(['urls', 'annotations', 'platform'])('of a descriptor: %s', (field) => {
    const { raw, ...read } = descriptorSchema.parse({ ...child, [field]: null });
    expect(read).toEqual(child);
    expect(raw).toEqual({ ...child, [field]: null });
  });

  it.each(['variant', 'os.version', 'os.features'])('of a platform: %s', (field) => {
    const json = { ...child, platform: { ...linux, [field]: null } };
    const read = descriptorSchema.parse(json);
    expect(read.platform).toEqual(linux);
    // what was read is written again as it was
    expect(descriptorToJson(read)).toEqual(json);
  });

  it('of annotations', () => {
    const read = descriptorSchema.parse({ ...child, annotations: { a: 'b', c: null } });
    expect(read.annotations).toEqual({ a: 'b' });
  });

  it.each(['mediaType', 'annotations', 'subject', 'artifactType'])('of an index or manifest: %s', (field) => {
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child], [field]: null };
    expect(parseManifest(bytesOf(index), OCI_INDEX)).toMatchObject({
      kind: 'index',
      manifests: [{ digest }],
    });
    const config = { ...child, mediaType: OCI_CONFIG };
    const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [child], [field]: null };
    expect(parseManifest(bytesOf(manifest), OCI_MANIFEST)).toMatchObject({ kind: 'manifest', config });
  });

  it.each(['os', 'architecture', 'variant', 'os.version', 'os.features', 'created', 'rootfs', 'config'])(
    'of a config: %s',
    (field) => {
      const config: Record<string, unknown> = { ...linux, rootfs: { diff_ids: [digest] } };
      const { [field]: _, ...without } = config;
      const read = parseImageConfig(bytesOf({ ...config, [field]: null }));
      expect(read).not.toBeNull();
      expect(read).toEqual(parseImageConfig(bytesOf(without)));
    },
  );

  it('of the rootfs of a config', () => {
    const read = parseImageConfig(bytesOf({ ...linux, rootfs: { type: null, diff_ids: null } }));
    expect(read).toEqual({ platform: linux, created: null, diffIds: null });
  });
});
