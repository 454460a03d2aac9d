// Compares the architecture of the programs inside an image with the architecture that its config claims.
import { posix } from 'node:path';
import type { Platform } from '../../content/platform.js';
import { isFor, runsOn } from './elf.js';
import { ImageFiles, type ImageProgram } from './image-files.js';
import { isLoader, type LayerFile, type LayerFiles } from './layer-files.js';
import type { StartCommand } from './start-command.js';

/**
 * `right`: at least one program fits the claimed architecture. `mislabelled`: there are programs and none of them fits. `unknown`: there
 * is no program, or not everything was looked at.
 */
export interface ProgramsFinding {
  readonly verdict: 'right' | 'mislabelled' | 'unknown';
  /** Platform of the programs as `os/arch`, or null where there are none. */
  readonly found: string | null;
  /** Path of one such program, or null. */
  readonly example: string | null;
}

export const NOT_LOOKED_AT: ProgramsFinding = { verdict: 'unknown', found: null, example: null };

/**
 * Judges an image. Only programs that a container would start count: the files that entrypoint and command name, the files in the
 * folders of PATH, and the dynamic loader. Kernel objects, libraries, emulators and cross compilers in other folders do not count.
 * @param layers base first. When one of them was not read to its end it may hold a program that fits, so the image is never called
 * mislabelled then.
 */
export function judgePrograms(
  platform: Platform,
  command: StartCommand,
  layers: readonly LayerFiles[],
): ProgramsFinding {
  const image = new ImageFiles(layers.map((layer) => layer.files));
  const programs = startable(image, command);
  const { architecture } = platform;
  const fitting =
    programs.find((program) => isFor(architecture, program.architecture)) ??
    programs.find((program) => runsOn(architecture, program.architecture));
  if (fitting) return { verdict: 'right', ...shownBy(fitting, platform) };
  const [first] = programs;
  if (!first || image.isGivenUp || !layers.every((layer) => layer.complete)) return NOT_LOOKED_AT;
  return { verdict: architecture === '' ? 'unknown' : 'mislabelled', ...shownBy(first, platform) };
}

/** True for a program of this architecture in a place where containers start programs: it shows that the image is right, whatever follows. */
export function settles(file: LayerFile, architecture: string, { folders, files }: StartCommand): boolean {
  if (file.kind !== 'program' || !isFor(architecture, file.architecture)) return false;
  return files.includes(file.path) || folders.includes(posix.dirname(file.path)) || isLoader(file.path);
}

/** The programs that count: first those that the image starts, then those on PATH, then dynamic loaders. */
function startable(image: ImageFiles, { folders, files }: StartCommand): readonly ImageProgram[] {
  const onPath = new Set(folders.map((folder) => image.resolve(folder)));
  const started = files.map((file) => image.program(file));
  const found: (ImageProgram | null)[] = [];
  const loaders: ImageProgram[] = [];
  for (const file of image.entries()) {
    if (onPath.has(posix.dirname(file.path))) found.push(image.program(file.path));
    else if (file.kind === 'program' && isLoader(file.path)) loaders.push(file);
  }
  return [...started, ...found, ...loaders].filter((program) => program !== null);
}

function shownBy(program: ImageProgram, platform: Platform): Pick<ProgramsFinding, 'found' | 'example'> {
  return { found: `${platform.os || 'linux'}/${program.architecture}`, example: `/${program.path}` };
}
