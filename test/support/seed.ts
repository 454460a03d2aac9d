// The genuine packages in the order in which a site gets them, imported by the engine into a target that the test chooses.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../core/engine.js';
import type {
  Engine,
  ImportRequest,
  Packed,
  PackRequest,
  Report,
  RunEvent,
  TargetSpec,
} from '../../core/contract.js';
import { noteAccount, refuseSecrets, refuseSecretsBelow } from './secrets.js';
import { PROJECT_ROOT } from './source-tree.js';

export type SeedPackage = 'v0.9.0-amd64' | 'v0.9.0-arm64' | 'v0.11.0-amd64' | 'v0.11.0-arm64';

/** The vendor's order: first version on both architectures, then the upgrade on both. */
export const SEED: readonly SeedPackage[] = [
  'v0.9.0-amd64',
  'v0.9.0-arm64',
  'v0.11.0-amd64',
  'v0.11.0-arm64',
];

export function packagePath(name: SeedPackage): string {
  return join(PROJECT_ROOT, 'test/fixtures/packages', `addon-offline-full-package-${name}.tar.gz`);
}

/** A folder for the test, and an engine that keeps its state there. */
export interface Bench {
  readonly directory: string;
  readonly engine: Engine;
  readonly events: RunEvent[];
  /** Imports and returns the report; a problem is thrown. */
  import(request: ImportRequest): Promise<Report>;
  seed(packages: readonly SeedPackage[], target: TargetSpec): Promise<Report>;
  /** Packs into a file of that name in the folder of the test; a problem is thrown. */
  pack(name: string, request: Omit<PackRequest, 'out'>): Promise<Packed>;
  /** Removes all. Throws where journals, reports, caches, events or the log hold a secret of the test. */
  close(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'archbridge-test-'));
  const stateDir = join(directory, 'state');
  const logged: unknown[] = [];
  const log = (...line: readonly unknown[]): void => void logged.push(line);
  const engine = createEngine({ stateDir, version: '0.0.0', log });
  const events: RunEvent[] = [];
  const run = async (request: ImportRequest): Promise<Report> => {
    const { signal } = new AbortController();
    const { credentials } = request.target;
    if (credentials) noteAccount(credentials.username, credentials.password);
    const answer = await engine.import(request, { signal, onEvent: (event) => events.push(event) });
    if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
    return answer.value;
  };
  return {
    directory,
    engine,
    events,
    import: run,
    seed: (packages, target) => run({ packages: packages.map(packagePath), target }),
    pack: async (name, request) => {
      const { signal } = new AbortController();
      const answer = await engine.pack({ ...request, out: join(directory, name) }, { signal });
      if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
      return answer.value;
    },
    close: async () => {
      try {
        refuseSecrets(JSON.stringify(events), 'an event');
        refuseSecrets(JSON.stringify(logged), 'the log');
        await refuseSecretsBelow(stateDir);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}

/** How often each action occurred. */
export function actions(rows: readonly { readonly action: string }[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[row.action] = (counts[row.action] ?? 0) + 1;
  return counts;
}
