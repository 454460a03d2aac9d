// Makes a small file with 4,000 images, more than real packages have, for tests of speed.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './source-tree.js';

export const LARGE = { charts: 100, images: 4000 } as const;

/** Writes it into the folder, which is created if needed; returns its path. */
export function makeLargePackage(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'addon-offline-full-package-v4.0.0-amd64.tar.gz');
  const args = [
    ...['--charts', String(LARGE.charts), '--images', String(LARGE.images / LARGE.charts)],
    ...['--layers', '1', '--layer-mb', '0.0002', '--bases', '2', '--version', 'v4.0.0', '--out', path],
  ];
  const script = join(PROJECT_ROOT, 'bench', 'make-package.mjs');
  execFileSync(process.execPath, [script, ...args], { stdio: 'pipe' });
  return path;
}
