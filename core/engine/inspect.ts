// The command `inspect`: lists what packages hold.
import type { CommandOptions, InspectRequest, Inventory } from '../contract.js';
import { readImageName } from '../package/images/name-images.js';
import { inspectPackages } from '../inspect/inspect-package.js';
import type { EngineDeps } from './deps.js';
import { checksums, openAll } from './sources.js';

/** Reads each package to its end; an unchanged package that was read before comes from the cache. */
export async function inspect(
  request: InspectRequest,
  deps: EngineDeps,
  options: CommandOptions,
): Promise<Inventory> {
  const { signal, onEvent: emit = () => undefined } = options;
  const imageName = readImageName(request.imageName);
  const sources = await openAll(request.packages, options);
  const expected = await checksums(sources, request.sha512, options);
  const packages = await inspectPackages(sources, {
    expectedSha512: (source) => expected.get(source) ?? null,
    stateDir: deps.stateDir,
    reread: request.reread ?? false,
    programs: request.programs ?? true,
    imageName,
    signal,
    emit,
  });
  const problems = packages.flatMap((one) => one.problems);
  return { schema: 'archbridge.inventory/1', packages, problems };
}
