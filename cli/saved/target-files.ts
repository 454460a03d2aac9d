// Targets in files that a site already has: the installer's clusterConfig.yaml, a charts-syncer configuration, docker's config.json.
import { z } from 'zod';
import type { TargetSpec } from '../../core/contract.js';
import { AppError, parseClusterConfig, parseSyncerConfig } from '../../core/engine.js';
import type { CommandContext } from '../command.js';
import { readTextFile } from '../text-file.js';

export interface ImportedTarget {
  readonly name: string;
  readonly spec: TargetSpec;
}

/** https://docs.docker.com/reference/cli/docker/login/#credential-stores */
const dockerSchema = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().nullish() }).nullish()),
});

/** The targets that a file describes, with their passwords; several for docker's config.json, one for each registry. */
export async function targetsOfFile(
  file: string,
  bootstrapHost: string | undefined,
  { env, signal }: Pick<CommandContext, 'env' | 'signal'>,
): Promise<{ readonly targets: readonly ImportedTarget[]; readonly notes: readonly AppError[] }> {
  const text = await readTextFile(file, { signal });
  if (/^\s*\{/.test(text)) return { targets: dockerTargets(text, file), notes: [] };
  const isCluster = /^kind:\s*["']?ClusterConfig\b/m.test(text);
  const { target, notes } = isCluster
    ? parseClusterConfig(text, file, bootstrapHost === undefined ? {} : { bootstrapHost })
    : parseSyncerConfig(text, file, env);
  return { targets: [{ name: nameOf(target), spec: target }], notes };
}

function dockerTargets(text: string, file: string): readonly ImportedTarget[] {
  const read = dockerSchema.safeParse(jsonOf(text)).data;
  const targets = Object.entries(read?.auths ?? {}).map(([place, login]): ImportedTarget => {
    const host = place.replace(/^https?:\/\//, '').split('/', 1)[0] ?? place;
    const [, username = '', password = ''] =
      /^([^:]*):(.*)$/s.exec(Buffer.from(login?.auth ?? '', 'base64').toString('utf8')) ?? [];
    const credentials = username !== '' && password !== '' ? { credentials: { username, password } } : {};
    const scheme = place.startsWith('http://') ? 'http' : 'https';
    return { name: host, spec: { registry: `${scheme}://${host}`, ...credentials } };
  });
  if (targets.length > 0) return targets;
  throw new AppError('cli.no-target-in-file', { origin: 'config', params: { file } });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function nameOf({ registry = '' }: TargetSpec): string {
  return registry.replace(/^[a-z]+:\/\//, '');
}
