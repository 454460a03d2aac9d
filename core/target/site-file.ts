// Targets in files that a site already has: the installer's clusterConfig.yaml, a charts-syncer configuration, docker's config.json.
import { z } from 'zod';
import { parseJson } from '../content/json-text.js';
import type { TargetSpec } from '../contract.js';
import { AppError } from '../errors.js';
import { parseClusterConfig } from './cluster-config.js';
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

/** https://docs.docker.com/reference/cli/docker/login/#credential-stores */
const dockerSchema = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().nullish() }).nullish()),
});

/** One target for each registry that docker has a login for, with their passwords where the file holds them. Throws `cli.no-target-in-file` for a file without any. */
function parseDockerConfig(text: string, fileName: string): readonly TargetSpec[] {
  const auths = dockerSchema.safeParse(parseJson(text)).data?.auths ?? {};
  const targets = Object.entries(auths).map(([place, login]): TargetSpec => {
    const host = place.replace(/^https?:\/\//, '').split('/', 1)[0] ?? place;
    const [, username = '', password = ''] =
      /^([^:]*):(.*)$/s.exec(Buffer.from(login?.auth ?? '', 'base64').toString('utf8')) ?? [];
    const credentials = username !== '' && password !== '' ? { credentials: { username, password } } : {};
    const scheme = place.startsWith('http://') ? 'http' : 'https';
    return { registry: `${scheme}://${host}`, ...credentials };
  });
  if (targets.length > 0) return targets;
  throw new AppError('cli.no-target-in-file', { origin: 'config', params: { file: fileName } });
}
