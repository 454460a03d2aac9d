// Looks at one hostile package with the whole engine and tells what is wrong with the outcome.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodeForInventory, exitCodeForProblem, exitCodeForReport } from '../../../cli/exit-codes.js';
import { createEngine } from '../../../core/engine.js';
import { GOOD_CHARTS } from './package-parts.js';

const NAME = 'addon-offline-full-package-v0.1.0-amd64.tar.gz';

/**
 * Inspects and imports a package in an empty folder. '' when nothing is wrong; else: a defect (exit 1), a good bundle beside the bad one
 * that did not arrive, or a file beside target and state folder.
 */
export async function faultOfHostile(bytes: Buffer, folder: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const path = join(folder, NAME);
  writeFileSync(path, bytes);
  const store = join(folder, 'store');
  const engine = createEngine({ stateDir: join(folder, 'state'), version: '0.0.0', log: () => undefined });
  const options = { signal: new AbortController().signal };
  const inventory = await engine.inspect({ packages: [path] }, options);
  const looked = inventory.ok ? exitCodeForInventory(inventory.value) : exitCodeForProblem(inventory.problem);
  if (looked === 1) return `inspect: a defect ${inventory.ok ? '' : inventory.problem.message}`;
  const result = await engine.import({ packages: [path], target: { store } }, options);
  const exit = result.ok ? exitCodeForReport(result.value) : exitCodeForProblem(result.problem);
  if (exit === 1) return `import: a defect ${result.ok ? '' : result.problem.message}`;
  const strangers = readdirSync(folder).filter((name) => !['store', 'state', NAME].includes(name));
  if (strangers.length > 0) return `wrote ${strangers.join()}`;
  const charts = join(store, 'charts');
  const published = existsSync(charts) ? readdirSync(charts) : [];
  const lacking = GOOD_CHARTS.filter((chart) => !published.includes(`${chart}-1.0.0.tgz`));
  return lacking.length > 0 ? `not published: ${lacking.join()} (exit ${String(exit)})` : '';
}
