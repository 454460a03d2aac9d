// A Harbor double and an engine for one test: starts, plans and imports, and knows which projects the genuine package needs.
import type { Credentials, ImportRequest, Plan, Report, TargetSpec } from '../../../core/contract.js';
import { openBench, packagePath, type Bench } from '../seed.js';
import { ALICE, developerOf } from './harbor-accounts.js';
import { Harbor, type HarborOptions } from './harbor.js';
import type { ProjectOptions } from './harbor-store.js';

export type Projects = Readonly<Record<string, ProjectOptions>>;

export class HarborBench {
  /** One state folder: a package is known after its first plan or import. */
  readonly bench: Bench;
  #harbor: Harbor | null = null;
  readonly packages: readonly string[];

  private constructor(bench: Bench, packages: readonly string[]) {
    this.bench = bench;
    this.packages = packages;
  }

  static async open(packages: readonly string[] = [packagePath('v0.9.0-amd64')]): Promise<HarborBench> {
    return new HarborBench(await openBench(), packages);
  }

  get harbor(): Harbor {
    if (!this.#harbor) throw new Error('not started');
    return this.#harbor;
  }

  /** A Harbor with these projects and `library`; Alice may push to all of them, and only administrators create others. */
  async start(
    projects: Projects,
    options: HarborOptions = {},
    credentials: Credentials = ALICE,
  ): Promise<TargetSpec> {
    await this.#harbor?.stop();
    this.#harbor = await Harbor.start({
      accounts: developerOf([...Object.keys(projects), 'library']),
      projects,
      creation: 'adminonly',
      ...options,
    });
    return { registry: this.#harbor.url, credentials };
  }

  async plan(target: TargetSpec, request: Partial<ImportRequest> = {}): Promise<Plan> {
    const { signal } = new AbortController();
    const { packages } = this;
    const answer = await this.bench.engine.plan({ packages, target, ...request }, { signal });
    if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
    return answer.value;
  }

  import(target: TargetSpec, request: Partial<ImportRequest> = {}): Promise<Report> {
    return this.bench.import({ packages: this.packages, target, ...request });
  }

  /** Every project that the package v0.9.0-amd64 needs with charts in the same registry, but for `library`, which each Harbor has. */
  static readonly needed: readonly string[] = (
    'addon beacon capstan community compass driftnet ferryman gangway lantern lightworks localhost mooring quayside ropewalk ' +
    'sluiceworks tidewatch-io winch'
  ).split(' ');

  /** All needed projects but one, each with these options. */
  static allBut(name: string, options: ProjectOptions = {}): Record<string, ProjectOptions> {
    return Object.fromEntries(HarborBench.needed.flatMap((one) => (one === name ? [] : [[one, options]])));
  }

  async close(): Promise<void> {
    await this.#harbor?.stop();
    await this.bench.close();
  }
}
