// Reads which files a manifest.json of a docker-archive names, so that they are known as its parts whatever they are called.
import { z } from 'zod';
import { optional } from '../../content/absent.js';
import { parseJson } from '../../content/json-text.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import { cleanPath } from '../bytes/entry-role.js';

const schema = z.array(z.looseObject({ Config: z.string(), Layers: optional(z.array(z.string())) }));

/** The configs and layers that it names, as clean paths; empty when the bytes are no such list. */
export function namedFiles(manifestJson: Buffer, budget: PassBudget): readonly string[] {
  budget.spend('json', manifestJson.length, 'manifest.json');
  const entries = schema.safeParse(parseJson(manifestJson.toString('utf8'))).data ?? [];
  return entries
    .flatMap(({ Config, Layers }) => [Config, ...(Layers ?? [])])
    .map((name) => cleanPath(name).path);
}
