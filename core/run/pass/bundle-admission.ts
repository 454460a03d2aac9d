// Finds out, when the head of a bundle was read, whether the projects exist that its images and its chart go to.
import type { AppError } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ConnectedTarget } from '../../target/connect.js';
import { chartPlace, projectOf } from '../../target/projects.js';
import type { Offer } from '../base/offer.js';
import type { ProjectGate } from '../base/project-gate.js';

/** Why projects keep a bundle, or some of its images, out of the target. */
export interface Refusals {
  /** The chart cannot be published, so the bundle's images are left out, unless another bundle brings them. */
  readonly ofFolder: AppError | null;
  /** By repository. */
  readonly ofImages: ReadonlyMap<string, AppError>;
  readonly ofChart: readonly AppError[];
}

export const NO_REFUSALS: Refusals = { ofFolder: null, ofImages: new Map(), ofChart: [] };

/** Excludes an image that the projects of its bundle keep out. `isKnown`: a bundle before has brought the same image. */
export function keepOut(offer: Offer, { ofFolder, ofImages }: Refusals, isKnown: boolean): void {
  const own = ofImages.get(offer.repository);
  if (own) offer.exclude(own);
  else if (!ofFolder) offer.isAdmittedInAnotherBundle();
  else if (!isKnown) offer.exclude(ofFolder);
}

/** What a bundle may use of a target with projects. In a target without projects nothing is refused. */
export class BundleAdmission {
  readonly #target: Pick<ConnectedTarget, 'images' | 'chartsFor'>;
  readonly #urls = new Map<string, Promise<readonly string[]>>();
  readonly #gate: ProjectGate;
  readonly #signal: AbortSignal;

  constructor(
    target: Pick<ConnectedTarget, 'images' | 'chartsFor'>,
    gate: ProjectGate,
    { signal }: Cancellable,
  ) {
    this.#target = target;
    this.#gate = gate;
    this.#signal = signal;
  }

  /**
   * Where blobs may go before the end of the bundle tells which of the images that the chart names are there: to the repositories
   * whose projects exist. Where none does, the first project that may be created is created; those of the others follow when their
   * images are known to be there. None where the bundle is refused.
   */
  async placesOf(folder: string, repositories: readonly string[]): Promise<readonly string[]> {
    const host = this.#host;
    if (host === null) return repositories;
    if (await this.refusalOfCharts(folder)) return [];
    const seen = await Promise.all(
      repositories.map(async (repository) => {
        const outlook = await this.#gate.outlook(host, projectOf(repository));
        const isThere = !outlook || (!outlook.obstacle && outlook.create === 'no');
        return { repository, outlook, mayTake: isThere && !(await this.refusalOf(repository)) };
      }),
    );
    const there = seen.filter(({ mayTake }) => mayTake);
    if (there.length > 0) return there.map(({ repository }) => repository);
    for (const { repository, outlook } of seen) {
      if (!outlook || outlook.create === 'no') continue;
      if (await this.refusalOf(repository)) continue;
      return repositories.filter((other) => projectOf(other) === outlook.name);
    }
    return [];
  }

  /** Makes sure that the project of a repository exists; gives why no image can go there, or null. */
  async refusalOf(repository: string): Promise<AppError | null> {
    const host = this.#host;
    return host === null ? null : this.#gate.admit({ host, side: 'registry', repository });
  }

  /** Makes sure that the project exists in which the charts of a folder are published; gives why none can be, or null. */
  async refusalOfCharts(folder: string): Promise<AppError | null> {
    for (const url of await this.#chartUrls(folder)) {
      const place = chartPlace(url);
      const refusal = place && (await this.#gate.admit(place));
      if (refusal) return refusal;
    }
    return null;
  }

  /** Why the projects of a bundle's chart and images keep them out. Projects that may be created are. */
  async refusalsOf(folder: string | null, repositories: readonly string[]): Promise<Refusals> {
    const ofFolder = folder === null ? null : await this.refusalOfCharts(folder);
    const ofImages = new Map<string, AppError>();
    for (const repository of repositories) {
      const refusal = await this.refusalOf(repository);
      if (refusal) ofImages.set(repository, refusal);
    }
    const [first] = [...(ofFolder ? [ofFolder] : []), ...ofImages.values()];
    return { ofFolder, ofImages, ofChart: first ? [first] : [] };
  }

  /** Opens the repositories of a folder once: one that does not answer would otherwise delay each of its bundles. */
  #chartUrls(folder: string): Promise<readonly string[]> {
    const opening =
      this.#urls.get(folder) ??
      this.#target
        .chartsFor(folder, { signal: this.#signal })
        .then((openings) => openings.map(({ url }) => url));
    this.#urls.set(folder, opening);
    return opening;
  }

  get #host(): string | null {
    const { images } = this.#target;
    return images?.kind === 'registry' ? images.host : null;
  }
}
