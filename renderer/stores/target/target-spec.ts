// Facts of a target for the screens: its name, its hosts, which of them are not encrypted, and where an image goes. Pure.
import type { RememberedTarget, TargetSpec } from '../../../core/contract.js';
import { fileName } from '../packages/package-name.js';

export const NODE_PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;

/** Stable key of a target, made of where images and charts go. */
export function targetId(spec: TargetSpec): string {
  const charts = (spec.charts ?? []).map(({ folder = '', url }) => `${folder}=${url}`);
  return [spec.store ?? spec.registry ?? '', ...charts].join(' ');
}

/** The registry's host, or the folder's name. */
export function targetLabel(spec: TargetSpec): string {
  return spec.registry === undefined ? fileName(spec.store ?? '') : hostOf(spec.registry);
}

/** The entry of a target. It keeps the name that a person gave it, and what is known of it. */
export function remember(
  spec: TargetSpec,
  username: string,
  before?: RememberedTarget,
  name = before === undefined || before.label === targetLabel(before.spec) ? '' : before.label,
): RememberedTarget {
  const label = name === '' ? targetLabel(spec) : name;
  // Clusters that share a registry differ by name.
  const id = label === targetLabel(spec) ? targetId(spec) : `${targetId(spec)} (${label})`;
  return {
    id,
    label,
    spec,
    username,
    ...(before?.chartsUsername === undefined ? {} : { chartsUsername: before.chartsUsername }),
    platforms: before?.platforms ?? [],
    skippedCharts: before?.skippedCharts ?? [],
    lastUsed: before?.lastUsed ?? '',
    ...(before?.isDefault === undefined ? {} : { isDefault: before.isDefault }),
  };
}

/** The URL of a registry or chart repository (a host alone means https); null when the text is no URL. */
export function urlOf(text: string): URL | null {
  const full = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  try {
    const url = new URL(full.replace(/^oci:/i, 'https:'));
    return url.hostname !== '' && /^https?:$/.test(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** `registry.example:5000`; the text itself when it is no URL. */
export function hostOf(text: string): string {
  return urlOf(text)?.host ?? text;
}

/** `https://registry.example:5000`: the origin for which credentials are kept. */
export function originOf(text: string): string {
  return urlOf(text)?.origin ?? text;
}

/** The target that was used last; null where none was used. */
export function lastTarget(targets: readonly RememberedTarget[]): RememberedTarget | null {
  const used = targets.filter(({ lastUsed }) => lastUsed !== '');
  return used.toSorted((a, b) => b.lastUsed.localeCompare(a.lastUsed))[0] ?? null;
}

/** The location of a target's images in the form that reports use. */
export function placeOf({ store, registry }: TargetSpec): string {
  return store ?? originOf(registry ?? '');
}

/** Hosts that are reached without encryption. */
export function plainHosts(spec: TargetSpec): readonly string[] {
  const urls = [spec.registry ?? '', ...(spec.charts ?? []).map(({ url }) => url)];
  return [...new Set(urls.filter((url) => /^http:/i.test(url)).map(hostOf))];
}

export interface AllowedHost {
  /** With its port. */
  readonly host: string;
  readonly purpose: 'images' | 'charts' | 'images-and-charts' | 'allowed';
  readonly plain: boolean;
}

/** The hosts that may be contacted while this target is chosen. */
export function hostsOf(spec: TargetSpec | null): readonly AllowedHost[] {
  if (spec === null) return [];
  const hosts = new Map<string, AllowedHost>();
  const add = (text: string, purpose: AllowedHost['purpose']): void => {
    const url = urlOf(text);
    if (url === null) return;
    const plain = url.protocol === 'http:';
    const host = `${url.hostname}:${url.port || (plain ? '80' : '443')}`;
    const before = hosts.get(host)?.purpose;
    const both = before !== undefined && before !== purpose && purpose !== 'allowed';
    hosts.set(host, { host, plain, purpose: both ? 'images-and-charts' : (before ?? purpose) });
  };
  if (spec.registry !== undefined && spec.noImages !== true) add(spec.registry, 'images');
  if (spec.noCharts !== true) {
    if (spec.charts === undefined && spec.registry !== undefined) add(spec.registry, 'charts');
    for (const { url } of spec.charts ?? []) if (/^(https?|oci):/i.test(url)) add(url, 'charts');
  }
  for (const host of spec.allowHosts ?? []) add(host, 'allowed');
  return [...hosts.values()];
}
