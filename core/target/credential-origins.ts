// The origins that passwords are for: a password is kept for a registry or chart repository, whatever its path.
import type { ChartRepositorySpec, TargetSpec } from '../contract.js';
import { readChartAddress, readRegistryAddress } from './addresses.js';

/** The origin of the registry; null for a folder. */
export function registryOrigin(spec: TargetSpec): string | null {
  return spec.registry ? credentialOrigin(spec.registry) : null;
}

/** Origins of the chart repositories that are reached over HTTP, each once. */
export function chartOrigins(spec: TargetSpec): readonly string[] {
  return [...new Set((spec.charts ?? []).flatMap((charts) => chartOrigin(spec, charts) ?? []))];
}

/** The origin of one chart repository of a target; null for a folder. */
export function chartOrigin(spec: TargetSpec, { url }: Pick<ChartRepositorySpec, 'url'>): string | null {
  const address = readChartAddress(url);
  switch (address.kind) {
    case 'folder':
      return null;
    case 'http':
      return new URL(address.url).origin;
    case 'oci': {
      // An OCI address does not say http or https; on the registry's host it is reached as the registry is.
      const registry = spec.registry ? readRegistryAddress(spec.registry) : null;
      return address.host === registry?.host ? registry.url : `https://${address.host}`;
    }
  }
}

/** `https://host[:port]` of a registry, of a chart repository, or of a host alone. */
export function credentialOrigin(location: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return readRegistryAddress(location).url;
  const address = readChartAddress(location);
  if (address.kind === 'folder') return location;
  return address.kind === 'oci' ? `https://${address.host}` : new URL(address.url).origin;
}
