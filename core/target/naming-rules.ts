// Checks the naming rules of a target and fills in its own host where no registry is given.
import { isRepository } from '../content/reference.js';
import type { TargetSpec } from '../contract.js';
import type { NamingRules } from '../chart/relocation/naming.js';
import { AppError } from '../errors.js';
import { isHost } from './addresses.js';

/**
 * Checks the rules and fills in `containerRegistry`: the target's host, unless a registry, a prefix registry or mirror naming
 * is asked for. `host` is null where names stay as they are without rules (a folder).
 * Throws `config.bad-naming` and `config.naming-conflict`.
 */
export function namingRulesFor(naming: TargetSpec['naming'], host: string | null): NamingRules {
  const rules = withoutEmpty(naming ?? {});
  check('containerRegistry', rules.containerRegistry, isHost, 'a registry is host[:port]');
  check(
    'containerPrefixRegistry',
    rules.containerPrefixRegistry,
    isPrefix,
    'a prefix registry is host[:port][/path]',
  );
  check('containerRepository', rules.containerRepository, isRepository, 'not a legal repository');
  check('containerPrefixRepository', rules.containerPrefixRepository, isRepository, 'not a legal repository');
  if (rules.mirror) {
    const [other] = Object.keys(rules).filter((rule) => rule !== 'mirror');
    if (other) throw new AppError('config.naming-conflict', { origin: 'config', params: { rule: other } });
    return rules;
  }
  const hasRegistry = rules.containerRegistry !== undefined || rules.containerPrefixRegistry !== undefined;
  return hasRegistry || host === null ? rules : { ...rules, containerRegistry: host };
}

/** What is legal and does not work in a cluster: an IPv6 address as the host that values name (the kubelet says InvalidImageName). */
export function namingNotes(rules: NamingRules): readonly AppError[] {
  const host = rules.containerPrefixRegistry ?? rules.containerRegistry ?? '';
  if (rules.mirror || !host.startsWith('[')) return [];
  return [new AppError('config.ipv6-in-values', { origin: 'config', params: { host } })];
}

/** Leaves out empty settings, which forms and YAML files send. */
function withoutEmpty(naming: NonNullable<TargetSpec['naming']>): NamingRules {
  const { containerRegistry, containerPrefixRegistry, containerRepository, containerPrefixRepository } =
    naming;
  return {
    ...(containerRegistry ? { containerRegistry } : {}),
    ...(containerPrefixRegistry ? { containerPrefixRegistry } : {}),
    ...(containerRepository ? { containerRepository } : {}),
    ...(containerPrefixRepository ? { containerPrefixRepository } : {}),
    ...(naming.appendOriginRegistry ? { appendOriginRegistry: true } : {}),
    ...(naming.mirror ? { mirror: true } : {}),
  };
}

function isPrefix(text: string): boolean {
  const slash = text.indexOf('/');
  return slash < 0 ? isHost(text) : isHost(text.slice(0, slash)) && isRepository(text.slice(slash + 1));
}

function check(
  rule: string,
  value: string | undefined,
  isLegal: (text: string) => boolean,
  detail: string,
): void {
  if (value === undefined || isLegal(value)) return;
  const shown = value.slice(value.lastIndexOf('@') + 1); // Leaves out a password before the host
  throw new AppError('config.bad-naming', { origin: 'config', params: { rule, value: shown, detail } });
}
