// Reads which files a manifest.json of a docker-archive names, so that they are known as its parts whatever they are called.
import { z } from 'zod';
import { optional } from '../../content/absent.js';
import { cleanPath } from '../bytes/entry-role.js';

const schema = z.array(z.looseObject({ Config: z.string(), Layers: optional(z.array(z.string())) }));

/** The configs and layers that it names, as clean paths; empty when the bytes are no such list. */
export function namedFiles(manifestJson: Buffer): readonly string[] {
  let json: unknown;
  try {
    json = JSON.parse(manifestJson.toString('utf8'));
  } catch {
    return [];
  }
  const entries = schema.safeParse(json).data ?? [];
  return entries
    .flatMap(({ Config, Layers }) => [Config, ...(Layers ?? [])])
    .map((name) => cleanPath(name).path);
}
