// What only the journal of a run into a folder holds: how its list of names was, and everything that came into it.
import type { ImageTarget } from '../ports/image-target.js';
import { IMAGE_NAMES, type Journal } from './journal.js';
import type { Cancellable } from '../ports/cancellable.js';

/** To be called before the first write; from then on every stored blob is written down. */
export async function recordFolderWrites(
  journal: Journal,
  images: Pick<ImageTarget, 'upkeep'> | null,
  options: Cancellable,
): Promise<void> {
  const upkeep = images?.upkeep;
  if (!upkeep) return;
  await journal.keepNameList(IMAGE_NAMES, () => upkeep.names.read(options));
  upkeep.watch((digest) => {
    // a journal that cannot be written any more is noticed by the run itself
    journal.append({ type: 'blob-stored', digest }).catch(() => undefined);
  });
}
