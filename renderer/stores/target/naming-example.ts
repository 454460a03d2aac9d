// Where one image would go under the naming rules of a target; repeats the engine's rule for one simple name.
import type { TargetSpec } from '../../../core/contract.js';
import { hostOf } from './target-spec.js';

export const EXAMPLE_IMAGE = { registry: 'quay.io', repository: 'jetstack/webhook' };

/** `registry.example/jetstack/webhook`. */
export function namingExample({ registry = '', naming = {} }: TargetSpec): string {
  const host = hostOf(registry);
  const { registry: origin, repository } = EXAMPLE_IMAGE;
  const last = repository.split('/').at(-1) ?? repository;
  const { containerRegistry, containerPrefixRegistry, containerRepository, containerPrefixRepository } =
    naming;
  if (naming.mirror === true) return `${host}/${repository}`;
  const path = trimmed(containerRepository) === '' ? null : `${trimmed(containerRepository)}/${last}`;
  const prefixRegistry = trimmed(containerPrefixRegistry);
  if (prefixRegistry !== '') {
    if (naming.appendOriginRegistry === true) return joined(prefixRegistry, origin, path ?? repository);
    return path === null
      ? joined(prefixRegistry, origin, trimmed(containerPrefixRepository), repository)
      : joined(prefixRegistry, path);
  }
  const root = trimmed(containerRegistry) || host;
  return joined(root, path ?? joined(trimmed(containerPrefixRepository), repository));
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}

function trimmed(rule: string | undefined): string {
  return (rule ?? '').replace(/^\/+|\/+$/g, '');
}
