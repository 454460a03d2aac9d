// Targets in files that a site already has: the installer's clusterConfig.yaml, a charts-syncer configuration, docker's config.json.
import type { TargetSpec } from '../contract.js';
import type { AppError } from '../errors.js';
import { parseClusterConfig } from './cluster-config.js';
import { parseDockerConfig } from './docker-config.js';
import { parseSyncerConfig, type Environment } from './syncer-config.js';

export interface SiteFile {
  readonly kind: 'cluster-config' | 'syncer-config' | 'docker-config';
  /** With their passwords; several where docker's config.json has logins for several registries. */
  readonly targets: readonly TargetSpec[];
  readonly notes: readonly AppError[];
}

/** The kind of the file shows in its content. Throws what the readers of the kinds throw, all of origin `config`. */
export function parseSiteFile(
  text: string,
  fileName: string,
  { env, bootstrapHost }: { readonly env: Environment; readonly bootstrapHost?: string | undefined },
): SiteFile {
  if (/^\s*\{/.test(text))
    return { kind: 'docker-config', targets: parseDockerConfig(text, fileName), notes: [] };
  if (/^kind:\s*["']?ClusterConfig\b/m.test(text)) {
    const { target, notes } = parseClusterConfig(
      text,
      fileName,
      bootstrapHost === undefined ? {} : { bootstrapHost },
    );
    return { kind: 'cluster-config', targets: [target], notes };
  }
  const { target, notes } = parseSyncerConfig(text, fileName, env);
  return { kind: 'syncer-config', targets: [target], notes };
}
