// Looks at the programs in the layers of an image archive while the layers are read, each layer once.
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import { parseImageConfig } from '../../content/image-config.js';
import type { Platform } from '../../content/platform.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import { readLayerFiles, UNSEEN_LAYER, type LayerFile, type LayerFiles } from './layer-files.js';
import { LayerProbe } from './layer-probe.js';
import { LIMITS } from '../../flow/limits.js';
import { judgePrograms, NOT_LOOKED_AT, settles, type ProgramsFinding } from './programs.js';
import { SeenLayers } from './seen-layers.js';
import { startCommandOf, type StartCommand } from './start-command.js';

/** Layers up to this size (bytes) are always read to their end: that is cheap, and another image that shares one may need to know it. */
const ALWAYS_READ = 4 << 20;

/** The image that the layers after its config belong to. */
interface Owner {
  readonly architecture: string;
  readonly command: StartCommand;
  isSettled: boolean;
}

/** The programs of all layers of one archive. */
export class ArchivePrograms {
  readonly #budget: PassBudget;
  readonly #seen: SeenLayers;
  readonly #layers = new Map<Digest, LayerFiles>();
  #owner: Owner | null = null;
  #held = 0;

  /** `budget`: when it is used up, no more is looked at. `seen`: layers of the archives before. */
  constructor(budget: PassBudget, seen = new SeenLayers()) {
    this.#budget = budget;
    this.#seen = seen;
  }

  /**
   * Says that the layers of this config come next, as in the archives that charts-syncer writes. Once a program of that image fits
   * its architecture, the rest of its large layers is not looked at. Null when it is not known which layers come next.
   */
  layersFollow(configBytes: Buffer | null): void {
    const architecture = configBytes && parseImageConfig(configBytes)?.platform.architecture;
    this.#owner =
      configBytes && architecture
        ? { architecture, command: startCommandOf(configBytes), isSettled: false }
        : null;
  }

  /** What was found in a layer of this digest before; null where none was read to its end. */
  recall(digest: Digest): LayerFiles | null {
    const seen = this.#seen.get(digest);
    const owner = this.#owner;
    if (seen && owner)
      owner.isSettled ||= seen.files.some((file) => settles(file, owner.architecture, owner.command));
    return seen;
  }

  /** The probe for the next layer of `size` stored bytes; null when the layer need not be looked at. */
  probe(size: number): LayerProbe<LayerFiles> | null {
    const owner = this.#owner;
    const maySkip = size > ALWAYS_READ;
    if ((owner?.isSettled && maySkip) || this.#held >= LIMITS.archiveFiles) return null;
    const isEnough = (file: LayerFile): boolean => {
      if (owner && settles(file, owner.architecture, owner.command)) owner.isSettled = true;
      return maySkip && owner?.isSettled === true;
    };
    return new LayerProbe((stored) => readLayerFiles(stored, size, isEnough, this.#budget));
  }

  /** Keeps what was found in a layer, by the layer's digest in manifests. */
  put(digest: Digest, layer: LayerFiles): void {
    this.#layers.set(digest, layer);
    this.#seen.put(digest, layer);
    this.#held += layer.files.length;
  }

  judge(platform: Platform, configBytes: Buffer, layers: readonly Descriptor[]): ProgramsFinding {
    const found = layers.map(({ digest }) => this.#layers.get(digest) ?? UNSEEN_LAYER);
    // a layer that hides files is compared with all files below it
    const files = found.reduce((sum, layer) => sum + layer.files.length, 0);
    const hiding = found.filter((layer) => layer.files.some(({ kind }) => kind !== 'program')).length;
    if (!this.#budget.affords('work', layers.length + files * (1 + hiding))) return NOT_LOOKED_AT;
    return judgePrograms(platform, startCommandOf(configBytes), found);
  }
}
