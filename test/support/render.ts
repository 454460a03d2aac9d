// Renders a published chart with helm and finds the image references that a cluster would pull.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { requireProgram } from './programs.js';

const run = promisify(execFile);

/** Renders a chart (a .tgz, a folder, or `oci://…` with `--version`) with its default values and returns every `image:`. */
export async function renderedImages(
  chart: string,
  ...options: readonly string[]
): Promise<readonly string[]> {
  const { stdout } = await run(requireProgram('helm'), ['template', 'release', chart, ...options], {
    maxBuffer: 1 << 26,
  });
  const images = [...stdout.matchAll(/^\s*(?:- )?image:\s*"?([^"\s]+)"?\s*$/gm)].map(
    (match) => match[1] ?? '',
  );
  return [...new Set(images)].sort();
}
