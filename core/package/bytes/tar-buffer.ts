// Reads a tar archive that is in memory as a whole: the archives of charts.
import { truncated } from './damage.js';
import { tarSteps, type TarGrammarOptions, type TarHeader } from './tar-grammar.js';

/** An entry with its body, a slice of the archive. */
export interface BufferEntry extends TarHeader {
  readonly bytes: Buffer;
}

/** The entries up to the end mark. What follows it is ignored, as Go's archive/tar does. Throws what {@link tarSteps} throws. */
export function* tarBufferEntries(tar: Buffer, options: TarGrammarOptions): Generator<BufferEntry, void> {
  const steps = tarSteps(options);
  let at = 0;
  let step = steps.next();
  while (step.done !== true) {
    const { value } = step;
    const count = value.kind === 'take' ? value.count : value.header.size;
    const bytes = tar.subarray(at, at + count);
    at += bytes.length;
    if (value.kind === 'entry') {
      if (bytes.length < count) throw truncated(options.archive, value.header.path, at);
      yield { ...value.header, bytes };
    }
    step = steps.next(bytes);
  }
}
