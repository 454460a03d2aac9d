// Reads a journal line by line without holding it: the journals of a hundred large runs are gigabytes.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Cancellable } from '../ports/cancellable.js';
import { isAbort } from '../errors.js';

/** The type stands right after the time, near the begin of each line. */
const HEAD = 100;

/** The lines of a journal that are of one of these types, as texts, some at a time. None when there is no such run. */
export async function* journalLines(
  stateDir: string,
  run: string,
  types: readonly string[],
  { signal }: Cancellable,
): AsyncGenerator<readonly string[]> {
  const path = join(stateDir, 'runs', run, 'journal.jsonl');
  const marks = types.map((type) => `"type":"${type}"`);
  const isWanted = (line: string): boolean => {
    const head = line.slice(0, HEAD);
    return marks.some((mark) => head.includes(mark));
  };
  let rest = '';
  try {
    const chunks: AsyncIterable<string> = createReadStream(path, { encoding: 'utf8', signal });
    for await (const chunk of chunks) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield lines.filter(isWanted);
    }
  } catch (error) {
    // a journal that cannot be read tells nothing
    if (isAbort(error, signal)) throw error;
  }
  if (isWanted(rest)) yield [rest];
}
