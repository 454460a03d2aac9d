// Turns an image with Docker's media types into the same image with those of OCI: configs and layers stay as they are, the manifest
// gets another digest. Some registries (zot without `http.compat: ["docker2s2"]`) take OCI media types only.
// https://github.com/opencontainers/image-spec/blob/main/media-types.md#compatibility-matrix
import { descriptorToJson, type Descriptor } from './descriptor.js';
import { encodeGoJson } from './go-json.js';
import { rawManifest, type RawManifest } from './manifest.js';
import { DOCKER_CONFIG, OCI_CONFIG, OCI_MANIFEST } from './media-types.js';

/** Other types than these are the same in both forms. */
const OCI_TYPES: Readonly<Record<string, string>> = {
  [DOCKER_CONFIG]: OCI_CONFIG,
  'application/vnd.docker.image.rootfs.diff.tar': 'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.docker.image.rootfs.diff.tar.zstd': 'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.foreign.diff.tar':
    'application/vnd.oci.image.layer.nondistributable.v1.tar',
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip':
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
};

/** An image's manifest in OCI form, with the descriptors that stand in it. */
export interface OciForm {
  readonly manifest: RawManifest;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/**
 * The OCI form of an image that has this config and these layers. The same arguments always give the same bytes. Fields of the
 * descriptors that Archbridge does not know are kept.
 */
export function ociForm(config: Descriptor, layers: readonly Descriptor[]): OciForm {
  const [ownConfig, ownLayers] = [withOciType(config), layers.map(withOciType)];
  const bytes = encodeGoJson({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptorToJson(ownConfig),
    layers: ownLayers.map(descriptorToJson),
  });
  return { manifest: rawManifest(bytes, OCI_MANIFEST), config: ownConfig, layers: ownLayers };
}

function withOciType(descriptor: Descriptor): Descriptor {
  const mediaType = OCI_TYPES[descriptor.mediaType] ?? descriptor.mediaType;
  return { ...descriptor, mediaType, ...(descriptor.raw ? { raw: { ...descriptor.raw, mediaType } } : {}) };
}
