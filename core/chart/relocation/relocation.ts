// Gives an image its name in the target: the naming rules of charts-syncer as one pure function.
// Where they differ from the original: docs/decisions/0002-departures-from-charts-syncer.md
import type { Reference } from '../../content/reference.js';
import type { NamingRules } from './naming.js';

/** How the hint writes the name, as far as the rules depend on it. */
export interface NameShape {
  /** Registry and repository in one value, or in two. Docker Hub's `library/` is written for `joined` only, as the original does. */
  readonly kind: 'joined' | 'split';
  /** Path after the host as the values write it. */
  readonly writtenPath: string;
  /** The same without a path in the registry's value: what is left when a rule replaces that value. */
  readonly ownPath: string;
  /** How many characters at the end of the path no value can change. */
  readonly fixed: number;
}

export interface Relocation {
  readonly target: Reference;
  /** What belongs before the path: the host, with a prefix registry's path and an appended origin; `root/path` is the name. */
  readonly root: string;
  readonly path: string;
  /** True when the rule keeps the path, so that the values that hold it need not change. */
  readonly keepsPath: boolean;
}

/** The new name of an image without a hint: its canonical path (`library/` included) under the rules of a two-value hint. */
export function relocateName(reference: Reference, rules: NamingRules): Reference {
  const { repository } = reference;
  const shape = { kind: 'split', writtenPath: repository, ownPath: repository, fixed: 0 } as const;
  return relocateImage(reference, rules, shape).target;
}

/**
 * Applies the rules to a canonical reference; the tag never changes, a digest stays. `target.registry` is the host,
 * `target.repository` all that follows. A source that already stands under the rule's prefix stays where it is.
 */
export function relocateImage(source: Reference, rules: NamingRules, shape: NameShape): Relocation {
  const registry = trimmed(rules.containerPrefixRegistry) || trimmed(rules.containerRegistry);
  if (rules.mirror) {
    // The values keep their own host: containerd asks the mirror for the same path
    const target = { ...source, registry: registry.split('/', 1)[0] || source.registry };
    return { target, root: source.registry, path: source.repository, keepsPath: true };
  }
  const { root, path, keepsPath } = relocated(source, rules, shape);
  const slash = root.indexOf('/');
  const host = slash < 0 ? root : root.slice(0, slash);
  const under = slash < 0 ? '' : root.slice(slash + 1);
  const oneSegment = under === '' && !path.includes('/');
  // Without a rule the name is the source's own, project or not
  const project = rules.needsProject && oneSegment && hasRule(rules) ? 'library/' : '';
  return {
    target: { ...source, registry: host, repository: [under, `${project}${path}`].filter(Boolean).join('/') },
    root,
    path: `${project}${path}`,
    keepsPath: keepsPath && project === '',
  };
}

function relocated(source: Reference, rules: NamingRules, shape: NameShape): Omit<Relocation, 'target'> {
  const unchanged = { root: source.registry, path: source.repository, keepsPath: true };
  const repository = trimmed(rules.containerRepository);
  const prefix = trimmed(rules.containerPrefixRepository);
  const prefixRegistry = trimmed(rules.containerPrefixRegistry);
  const written = shape.kind === 'split' ? shape.writtenPath : source.repository;
  const own = shape.kind === 'split' ? shape.ownPath : source.repository;
  if (!hasRule(rules)) return unchanged;
  if (prefixRegistry !== '') {
    if (`${source.registry}/${source.repository}`.startsWith(`${prefixRegistry}/`)) return unchanged;
    const origin = originSegment(source.registry);
    if (rules.appendOriginRegistry) {
      const root = `${prefixRegistry}/${origin}`;
      // The original ignores a prefix repository here
      if (repository === '') return { root, path: own, keepsPath: true };
      return { root, path: `${repository}/${lastSegments(written, shape.fixed)}`, keepsPath: false };
    }
    if (repository !== '') {
      return {
        root: prefixRegistry,
        path: `${repository}/${lastSegments(written, shape.fixed)}`,
        keepsPath: false,
      };
    }
    const path = [origin, prefix, source.repository].filter(Boolean).join('/');
    return { root: prefixRegistry, path, keepsPath: false };
  }
  const root = trimmed(rules.containerRegistry) || source.registry;
  if (repository !== '') {
    return { root, path: `${repository}/${lastSegments(written, shape.fixed)}`, keepsPath: false };
  }
  // The original writes a registry's value only when the host changes, and then it drops that value's path
  if (prefix === '') return { root, path: root === source.registry ? written : own, keepsPath: true };
  const there =
    rules.containerRegistry && `${source.registry}/${source.repository}`.startsWith(`${root}/${prefix}/`);
  return there ? unchanged : { root, path: `${prefix}/${source.repository}`, keepsPath: false };
}

function hasRule(rules: NamingRules): boolean {
  return [
    rules.containerRegistry,
    rules.containerPrefixRegistry,
    rules.containerRepository,
    rules.containerPrefixRepository,
  ].some((rule) => trimmed(rule) !== '');
}

function trimmed(rule: string | undefined): string {
  return (rule ?? '').replace(/^\/+|\/+$/g, '');
}

/** A registry as a path segment. A port's colon is illegal there (the original then loses the chart): it becomes a dash. */
function originSegment(registry: string): string {
  return registry
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}

/** The last segment, or as many as are needed to hold what cannot be changed. */
function lastSegments(path: string, fixed: number): string {
  const segments = path.split('/');
  let kept = segments.pop() ?? '';
  while (kept.length < fixed && segments.length > 0) kept = `${segments.pop() ?? ''}/${kept}`;
  return kept;
}
