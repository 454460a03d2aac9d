// The version of this program, from the nearest package.json of Archbridge (sources, dist and the bundled
// program lie at different depths).
import { createRequire } from 'node:module';
import { z } from 'zod';

const require = createRequire(import.meta.url);
const schema = z.object({ name: z.literal('archbridge'), version: z.string() });

/** As in package.json; `unknown` where there is none. */
export function programVersion(): string {
  for (const place of ['./package.json', '../package.json', '../../package.json']) {
    try {
      return schema.parse(require(place)).version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}
