// Image references: parses them as Docker does, formats them, and tells whether repositories and tags are legal.
// https://github.com/distribution/reference/blob/main/reference.go
import { isDigest, type Digest } from './digest.js';

/** A reference in canonical form. */
export interface Reference {
  /** Host and port; Docker Hub is `index.docker.io`. */
  readonly registry: string;
  /** Path under the host; one-segment Docker Hub names carry `library/`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

export const DOCKER_HUB = 'index.docker.io';

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?$/;

/** True for a legal repository name. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
export function isRepository(text: string): boolean {
  return REPOSITORY.test(text) && text.length <= 255;
}

/** True for a legal tag: 1 to 128 characters. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/**
 * Reads `[host/]path[:tag][@digest]`; null when it is not legal. As in ggcr up to 0.19, which wrote the packages, the first
 * segment is a host only when it holds `.` or `:`; `localhost/a` therefore is a Docker Hub repository. No tag stays no tag.
 */
export function parseReference(text: string): Reference | null {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) return null;
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !isTag(tag)) return null;
  const { registry, repository } = splitRegistry(hasTag ? named.slice(0, colon) : named);
  if (!HOST.test(registry) || !isRepository(repository)) return null;
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  if (!/[.:]/.test(first)) return { registry: DOCKER_HUB, repository: slash < 0 ? `library/${name}` : name };
  const rest = name.slice(slash + 1);
  if (first !== 'docker.io' && first !== DOCKER_HUB) return { registry: first, repository: rest };
  return { registry: DOCKER_HUB, repository: rest.includes('/') ? rest : `library/${rest}` };
}

/** `host/path[:tag][@digest]`. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/** As people write it: Docker Hub as `docker.io`, tag `latest` where there is neither tag nor digest. */
export function familiarReference(reference: Reference): string {
  const registry = reference.registry === DOCKER_HUB ? 'docker.io' : reference.registry;
  const tagged = reference.tag === undefined && reference.digest === undefined ? { tag: 'latest' } : {};
  return formatReference({ ...reference, ...tagged, registry });
}
