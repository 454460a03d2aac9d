// Packages of any size, made by bench/make-package.mjs, and the built command that imports them in folders of its own.
import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { PROJECT_ROOT } from './source-tree.js';

const run = promisify(execFile);

export interface BigPackage {
  readonly path: string;
  /** Bytes of all layers, each layer counted once. */
  readonly uniqueLayerBytes: number;
  readonly images: number;
}

const madeSchema = z.object({ out: z.string(), uniqueLayerBytes: z.number(), images: z.number() });

/** `layerMb`: size of each of the 180 own layers in MB (the base layers have twice that); 5 gives a package of 1.2 GB. */
export async function makeBigPackage(folder: string, layerMb: number, charts = 12): Promise<BigPackage> {
  const out = join(folder, `addon-offline-full-package-v${String(layerMb)}.0.0-amd64.tar.gz`);
  const { stdout } = await run(process.execPath, [
    join(PROJECT_ROOT, 'bench/make-package.mjs'),
    ...['--out', out, '--layer-mb', String(layerMb), '--charts', String(charts)],
  ]);
  const { uniqueLayerBytes, images } = madeSchema.parse(JSON.parse(stdout));
  return { path: out, uniqueLayerBytes, images };
}

const reportSchema = z.looseObject({
  result: z.string(),
  images: z.array(z.looseObject({ action: z.string() })),
  totals: z.looseObject({ bytesSent: z.number(), passes: z.number(), peakMemoryBytes: z.number() }),
});

export interface Imported extends z.infer<typeof reportSchema> {
  /** Files that appeared in the home, temporary and working folders of the process. */
  readonly strays: readonly string[];
}

/** Runs `archbridge import` with a home, temporary and working folder of its own, which must stay empty. */
export async function importAlone(folder: string, ...args: readonly string[]): Promise<Imported> {
  const around = ['home', 'tmp', 'cwd'].map((name) => join(folder, name));
  for (const path of around) await mkdir(path, { recursive: true });
  const [home = '', tmp = '', cwd = ''] = around;
  const { stdout } = await run(
    process.execPath,
    [
      join(PROJECT_ROOT, 'dist/cli/main.js'),
      'import',
      ...args,
      '--state-dir',
      join(folder, 'state'),
      '--json',
    ],
    { cwd, maxBuffer: 1 << 28, env: { PATH: process.env['PATH'], HOME: home, TMPDIR: tmp } },
  );
  const strays = (await Promise.all(around.map((path) => readdir(path)))).flat();
  return { ...reportSchema.parse(JSON.parse(stdout)), strays };
}

const inventorySchema = z.looseObject({
  packages: z.array(
    z.looseObject({ cached: z.boolean(), images: z.array(z.looseObject({ programs: z.string() })) }),
  ),
});

export interface Inspected extends z.infer<typeof inventorySchema> {
  /** Bytes of the whole process, including its start. */
  readonly seconds: number;
  readonly peakMemoryBytes: number;
}

const TELL_PEAK = `data:text/javascript,process.on('exit',()=>console.error('peak',process.resourceUsage().maxRSS))`;

/** Runs `archbridge inspect` in a process of its own, with its state under `folder`. */
export async function inspectAlone(folder: string, ...args: readonly string[]): Promise<Inspected> {
  const began = performance.now();
  const { stdout, stderr } = await run(
    process.execPath,
    [
      ...['--import', TELL_PEAK, join(PROJECT_ROOT, 'dist/cli/main.js'), 'inspect', ...args],
      ...['--state-dir', join(folder, 'state'), '--json'],
    ],
    { maxBuffer: 1 << 28 },
  );
  const seconds = (performance.now() - began) / 1000;
  const peakKiB = Number(/^peak (\d+)$/m.exec(stderr)?.[1]);
  return { ...inventorySchema.parse(JSON.parse(stdout)), seconds, peakMemoryBytes: peakKiB * 1024 };
}
