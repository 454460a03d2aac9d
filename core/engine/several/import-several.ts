// `import` into several targets: one run for each, with its own plan, journal and report; each package is read once for all of them.
import type { CommandOptions, ImportRequest, Report, Result, RunEvent } from '../../contract.js';
import { AppError } from '../../errors.js';
import { loggingRun, type ActiveRuns, type EngineDeps } from '../deps.js';
import { importInto } from '../import.js';
import type { SharedBytesOptions } from '../../package/bytes/shared-bytes.js';
import { SharedPackages } from './shared-packages.js';
import type { Cancellable } from '../../ports/cancellable.js';

export interface SeveralOptions extends Cancellable {
  readonly onEvent?: (at: number, event: RunEvent) => void;
  /** How much is read ahead and how long is waited; absent: as usual. */
  readonly sharing?: SharedBytesOptions;
  /** Turns what one import throws into its answer. */
  readonly answer: (options: CommandOptions, work: () => Promise<Report>) => Promise<Result<Report>>;
}

/**
 * The answers in the order of the requests. What befalls one import does not end the others. Throws `import.packages-differ` when the
 * requests name different packages, because then there is nothing to share.
 */
export async function importSeveral(
  requests: readonly ImportRequest[],
  deps: EngineDeps,
  active: ActiveRuns,
  { signal, onEvent, sharing, answer }: SeveralOptions,
): Promise<readonly Result<Report>[]> {
  const [first] = requests;
  const isSame = (one: ImportRequest): boolean => one.packages.join('\n') === first?.packages.join('\n');
  if (!requests.every(isSame)) throw new AppError('import.packages-differ', { origin: 'config' });
  const group = new SharedPackages(requests.length, sharing);
  const answers = await Promise.all(
    requests.map(async (request, at) => {
      const member = group.member(at);
      const options: CommandOptions = {
        signal,
        onEvent: (event) => {
          member.noticed(event);
          onEvent?.(at, event);
        },
      };
      const run = () => importInto(request, loggingRun(deps), active, options, member);
      return answer(options, run).finally(() => member.leave());
    }),
  );
  for (const [path, bytes] of group.bytesRead) {
    deps.log('info', 'package read for several targets', { path, bytes, targets: requests.length });
  }
  return answers;
}
