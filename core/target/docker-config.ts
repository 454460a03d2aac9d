// Reads docker's config.json as targets: one for each registry that it has a login for.
// https://docs.docker.com/reference/cli/docker/login/#credential-stores
import { z } from 'zod';
import { parseJson } from '../content/json-text.js';
import type { TargetSpec } from '../contract.js';
import { AppError } from '../errors.js';

const schema = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().nullish() }).nullish()),
});

/** The targets, with their passwords where the file holds them. Throws `cli.no-target-in-file` for a file without any. */
export function parseDockerConfig(text: string, fileName: string): readonly TargetSpec[] {
  const auths = schema.safeParse(parseJson(text)).data?.auths ?? {};
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
