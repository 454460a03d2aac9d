// Shared by the tests of prune: packages of one chart in several versions, and calls of the engine.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PrunePlan, PruneRequest, Report, TargetSpec } from '../../core/contract.js';
import { makeBundle, makeDockerArchive, makeImage, makeLayer, makePackage } from './packages.js';
import { openBench, type Bench } from './seed.js';

const { signal } = new AbortController();

export interface PruneDesk {
  readonly bench: Bench;
  /** Writes a package with chart `web`, whose image `app` has the version as its tag and whose image `base` has the tag 1 in each version. */
  packageOf(version: string, architecture: string, base?: string): Promise<string>;
  /** Imports that package and gives the id of the run. */
  imported(target: TargetSpec, version: string, architecture: string, base?: string): Promise<string>;
  list(target: TargetSpec, request?: Partial<PruneRequest>): Promise<PrunePlan>;
  prune(target: TargetSpec, request?: Partial<PruneRequest>): Promise<Report>;
}

export async function openPruneDesk(): Promise<PruneDesk> {
  const bench = await openBench();
  const packageOf: PruneDesk['packageOf'] = async (version, architecture, base = 'base') => {
    const image = (name: string, tag: string, text: string) =>
      makeImage(`ghcr.io/web/${name}:${tag}`, architecture, [makeLayer(`${architecture} ${text}`)]);
    const bundle = makeBundle({
      hints: '- "{{ .app.image }}:{{ .app.tag }}"\n- "{{ .base.image }}:{{ .base.tag }}"\n',
      chart: {
        'Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`,
        'values.yaml': `app:\n  image: ghcr.io/web/app\n  tag: "${version}"\nbase:\n  image: ghcr.io/web/base\n  tag: "1"\n`,
      },
      images: makeDockerArchive([image('app', version, version), image('base', '1', base)]),
    });
    const path = join(bench.directory, `addon-offline-full-package-v${version}-${architecture}.tar.gz`);
    await writeFile(path, makePackage([{ path: `addon/web_${version}.bundle.tar`, body: bundle }]));
    return path;
  };
  return {
    bench,
    packageOf,
    imported: async (target, version, architecture, base) => {
      const packages = [await packageOf(version, architecture, base)];
      const report = await bench.import({ packages, target, onChange: 'replace' });
      if (report.result !== 'done') throw new Error(`the import is ${report.result}`);
      return report.run;
    },
    list: async (target, request = {}) => {
      const answer = await bench.engine.planPrune({ target, ...request }, { signal });
      if (!answer.ok) throw new Error(answer.problem.message);
      return answer.value;
    },
    prune: async (target, request = {}) => {
      const answer = await bench.engine.prune({ target, ...request }, { signal });
      if (!answer.ok) throw new Error(answer.problem.message);
      return answer.value;
    },
  };
}

/** The rows of a plan in words. */
export function told({ charts, tags }: PrunePlan): readonly string[] {
  return [
    ...charts.map((row) => `${row.action} ${row.name} ${row.version}: ${row.reason}, newest ${row.newest}`),
    ...tags.map((row) => `${row.action} ${row.target}: ${row.reason}, ${row.charts.join()}`),
  ];
}
