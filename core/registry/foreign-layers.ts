// Says why a registry refuses a manifest with foreign layers: layers with `urls`, which it accepts only where its configuration allows them.
// https://distribution.github.io/distribution/about/configuration/#manifests
import { urlHosts } from '../content/descriptor.js';
import { parseManifest, type RawManifest } from '../content/manifest.js';
import { AppError } from '../errors.js';
import type { Refusal } from './http/refusal.js';

/** Answers that distribution and others give for such a manifest; they do not tell the cause. */
const WITHOUT_CAUSE = new Set<string>(['registry.server-error', 'registry.refused']);

/** The error for a refused manifest: `registry.foreign-layers` when its layers with `urls` are the likely cause, else the refusal itself. */
export function explainRefusedLayers(refusal: Refusal, image: string, manifest: RawManifest): AppError {
  const content = parseManifest(manifest.bytes, manifest.mediaType);
  const places = content.kind === 'manifest' ? urlHosts(content.layers) : '';
  if (places === '' || refusal.retryable || !WITHOUT_CAUSE.has(refusal.code)) return refusal;
  const { host = '', reason = '' } = refusal.params;
  return new AppError('registry.foreign-layers', {
    origin: refusal.origin,
    params: { host, image, places, status: refusal.status, reason },
    cause: refusal,
  });
}
