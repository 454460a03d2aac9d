// What only journals of folder targets hold: the former list of names, and each blob that the run stored.
import type { ImageTarget } from '../ports/image-target.js';
import { IMAGE_NAMES, type Journal } from './journal.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Keeps the folder's list of names and from then on records every stored blob. To be called before the first write. */
export async function recordFolderWrites(
  journal: Journal,
  images: Pick<ImageTarget, 'upkeep'> | null,
  options: Cancellable,
): Promise<void> {
  const upkeep = images?.upkeep;
  if (!upkeep) return;
  await journal.keepNameList(IMAGE_NAMES, () => upkeep.names.read(options));
  upkeep.watch((digest) => {
    // when the journal cannot be written, the next entry of the run fails and reports it
    journal.append({ type: 'blob-stored', digest }).catch(() => undefined);
  });
}
