// Finds the repository and tag that a client asks for among the names of a folder target, which begin with the host of their source.
import { isDigest } from '../../content/digest.js';
import { DOCKER_HUB, isRepository, isTag } from '../../content/reference.js';
import { compareText } from '../../content/text-order.js';
import type { LayoutIndex, NamedContent } from '../../layout/layout-index.js';

/** Tags of one repository, each with what it refers to. */
export type SharedTags = ReadonlyMap<string, NamedContent>;

/** The names of a folder target as a registry serves them. */
export interface SharedNames {
  /** The repositories for `_catalog`, sorted. */
  readonly catalog: readonly string[];
  /**
   * The repository that a client means by the path of its request. The path is a name of the folder (`docker.io/library/nginx`), or
   * such a name without its host (`library/nginx`). For the latter `ns` names the host, as containerd does for a mirror; without it
   * the host is Docker Hub, or the only one that has this path. Null when there is none.
   */
  find(path: string, ns: string | null): SharedTags | null;
}

/** Reads the names of an index.json. A name that is no legal reference, or that two entries bear, is left out. */
export function sharedNames(index: LayoutIndex): SharedNames {
  const repositories = new Map<string, Map<string, NamedContent>>();
  const withoutHost = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const { names, descriptor } of index.entries) {
    const [name = ''] = names;
    const parts = partsOf(name);
    if (!parts || !descriptor || !isDigest(descriptor.digest)) continue;
    const full = `${parts.host}/${parts.path}`;
    const tags = repositories.get(full) ?? new Map<string, NamedContent>();
    if (seen.has(name)) tags.delete(parts.tag);
    else tags.set(parts.tag, descriptor);
    seen.add(name);
    if (!repositories.has(full))
      withoutHost.set(parts.path, [...(withoutHost.get(parts.path) ?? []), parts.host]);
    repositories.set(full, tags);
  }
  const catalog = [...repositories.keys()].map((full) => {
    const slash = full.indexOf('/');
    return isRepository(full) ? full : full.slice(slash + 1);
  });
  return {
    catalog: [...new Set(catalog)].sort(compareText),
    find(path, ns) {
      const hosts = withoutHost.get(path) ?? [];
      const host =
        ns === null ? (hosts.find(isDockerHub) ?? only(hosts)) : hosts.find((one) => isSameHost(one, ns));
      return repositories.get(path) ?? repositories.get(`${host ?? ''}/${path}`) ?? null;
    },
  };
}

/** Null for a name without host and tag, such as the bare tag that other programs write. */
function partsOf(
  name: string,
): { readonly host: string; readonly path: string; readonly tag: string } | null {
  const [, host, path, tag] = /^([^/]+)\/([^:@]+):([^:/@]+)$/.exec(name) ?? [];
  if (host === undefined || path === undefined || tag === undefined) return null;
  return isRepository(path) && isTag(tag) ? { host, path, tag } : null;
}

function isDockerHub(host: string): boolean {
  return host === 'docker.io' || host === DOCKER_HUB;
}

function isSameHost(a: string, b: string): boolean {
  return a === b || (isDockerHub(a) && isDockerHub(b));
}

function only(hosts: readonly string[]): string | undefined {
  return hosts.length === 1 ? hosts[0] : undefined;
}
