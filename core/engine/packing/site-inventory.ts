// The command `inventory`: what the image side of a target holds, for `pack --since` on the connected side.
import type { CommandOptions, SiteInventory, SiteInventoryRequest } from '../../contract.js';
import { AppError } from '../../errors.js';
import { siteInventory } from '../../report/holdings/site-inventory.js';
import { RunHistory } from '../../report/reading/run-history.js';
import { connectTarget } from '../../target/connect.js';
import { normalizeTarget } from '../../target/spec.js';
import type { EngineDeps } from '../deps.js';
import { onlyReading } from '../only-reading.js';

/** Writes nothing. Throws when there is no connection, and `inventory.needs-images` for a target without images. */
export async function inventory(
  request: SiteInventoryRequest,
  deps: EngineDeps,
  options: CommandOptions,
): Promise<SiteInventory> {
  const { signal, onEvent: emit = () => undefined } = options;
  const resolved = normalizeTarget(request.target);
  emit({ type: 'stage', stage: 'connect' });
  const target = await connectTarget(resolved, onlyReading(request, deps, options));
  try {
    const { images } = target;
    if (!images) throw new AppError('inventory.needs-images', { origin: 'config' });
    const { location } = target.summary;
    const history = await RunHistory.read(deps.stateDir, location, { signal });
    const known = history.images.map((image) => image.repository);
    return await siteInventory({ images, location, known, emit, signal });
  } finally {
    await target.close();
  }
}
