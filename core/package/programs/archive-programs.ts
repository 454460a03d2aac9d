// The programs of an image archive's layers, looked at while they pass by, each layer once.
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import { parseImageConfig } from '../../content/image-config.js';
import type { Platform } from '../../content/platform.js';
import { readLayerFiles, UNSEEN_LAYER, type LayerFile, type LayerFiles } from './layer-files.js';
import { LayerProbe } from './layer-probe.js';
import { LIMITS } from '../bytes/limits.js';
import { judgePrograms, settles, type ProgramsFinding } from './programs.js';
import { startCommandOf, type StartCommand } from './start-command.js';

/** Small layers cost little, are many, and are shared by images of which only one may be settled: they are read to their end. */
const ALWAYS_READ = 4 << 20;

/** The image that the layers after its config belong to. */
interface Owner {
  readonly architecture: string;
  readonly command: StartCommand;
  isSettled: boolean;
}

export class ArchivePrograms {
  readonly #layers = new Map<Digest, LayerFiles>();
  #owner: Owner | null = null;
  #held = 0;

  /**
   * Tells of a config whose layers come next, as in the archives that charts-syncer writes: once a program of that image fits,
   * the rest of its large layers need not be read. Null where the order says nothing.
   */
  layersFollow(configBytes: Buffer | null): void {
    const architecture = configBytes && parseImageConfig(configBytes)?.platform.architecture;
    this.#owner =
      configBytes && architecture
        ? { architecture, command: startCommandOf(configBytes), isSettled: false }
        : null;
  }

  /** Looks into the layer of `size` bytes that begins; null when there is no need to. */
  probe(size: number): LayerProbe<LayerFiles> | null {
    const owner = this.#owner;
    const maySkip = size > ALWAYS_READ;
    if ((owner?.isSettled && maySkip) || this.#held >= LIMITS.archiveFiles) return null;
    const isEnough = (file: LayerFile): boolean => {
      if (owner && settles(file, owner.architecture, owner.command)) owner.isSettled = true;
      return maySkip && owner?.isSettled === true;
    };
    return new LayerProbe((stored) => readLayerFiles(stored, isEnough));
  }

  /** Keeps what was found in a layer, under the digest that manifests name it by. */
  put(digest: Digest, layer: LayerFiles): void {
    this.#layers.set(digest, layer);
    this.#held += layer.files.length;
  }

  judge(platform: Platform, configBytes: Buffer, layers: readonly Descriptor[]): ProgramsFinding {
    const found = layers.map(({ digest }) => this.#layers.get(digest) ?? UNSEEN_LAYER);
    return judgePrograms(platform, startCommandOf(configBytes), found);
  }
}
