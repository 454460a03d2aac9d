// State of one pass over a package: numbers the bundles, calls the visitor, and collects notes and damage for the end.
import type { AppError } from '../../errors.js';
import { PassBudget } from '../../flow/pass-budget.js';
import type {
  BundleContent,
  BundleHead,
  BundleId,
  PackageVisitor,
  PassingBlob,
  ProvenBlob,
  YamlFileInside,
} from './package-stream.js';

/** Wraps what a visitor threw until the pass has ended. Otherwise it could be taken for damage of a bundle, which does not end the pass. */
export class VisitorFailure extends Error {
  constructor(cause: unknown) {
    super('the visitor failed', { cause });
    this.name = 'VisitorFailure';
  }
}

/** The state of one pass, shared by the readers of nested archives. */
export class Pass {
  readonly #visitor: PackageVisitor;
  readonly signal: AbortSignal;
  /** What the readers and the visitor may use together. */
  readonly budget: PassBudget;
  /** Look at the programs inside images. */
  readonly programs: boolean;
  readonly notes: AppError[] = [];
  /** Small YAML files beside the bundles. */
  readonly yamlFiles: YamlFileInside[] = [];
  /** Chart archives that lie beside the bundles (in a folder target, too); they are not read. */
  chartArchives = 0;
  /** True when charts or hints were read that no checksum inside the package proves. */
  hasUncheckedText = false;
  /** Damage through which unknown bundles may be lost; it is thrown when all the rest has been read. */
  #damage: AppError | null = null;
  #bundles = 0;

  constructor(
    visitor: PackageVisitor,
    packageBytes: number,
    options: { readonly programs?: boolean; readonly signal: AbortSignal },
  ) {
    this.#visitor = visitor;
    this.signal = options.signal;
    this.budget = visitor.budget ?? new PassBudget();
    this.budget.begin(packageBytes, options);
    this.programs = options.programs ?? false;
  }

  /** Bundles seen so far. */
  get bundles(): number {
    return this.#bundles;
  }

  get damage(): AppError | null {
    return this.#damage;
  }

  addDamage(damage: AppError): void {
    this.#damage ??= damage;
  }

  /** Keeps a note; those beyond the budget are left out, because nobody reads thousands. */
  readonly note = (note: AppError): void => {
    if (this.budget.affords('problems', 1)) this.notes.push(note);
  };

  async bundleStart(folder: string, path: string): Promise<BundleId> {
    const bundle: BundleId = { ordinal: this.#bundles++, folder, path };
    await this.#ask(() => this.#visitor.bundleStart?.(bundle));
    return bundle;
  }

  async bundleHead(bundle: BundleId, head: BundleHead): Promise<void> {
    await this.#ask(() => this.#visitor.bundleHead?.(bundle, head));
  }

  async blob(bundle: BundleId, blob: PassingBlob): Promise<void> {
    await this.#ask(() => this.#visitor.blob?.(bundle, blob));
  }

  async blobProven(bundle: BundleId, blob: ProvenBlob, problem: AppError | null): Promise<void> {
    await this.#ask(() => this.#visitor.blobProven?.(bundle, blob, problem));
  }

  async bundleEnd(bundle: BundleId, content: BundleContent): Promise<void> {
    await this.#ask(() => this.#visitor.bundleEnd?.(bundle, content));
  }

  async #ask(call: () => Promise<void> | undefined): Promise<void> {
    this.signal.throwIfAborted();
    try {
      await call();
    } catch (error) {
      throw new VisitorFailure(error);
    }
  }
}
