// The findings about programs in images, by the images' names.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openPackage } from '../../core/package/source/open-package.js';
import type { ProgramsFinding } from '../../core/package/programs/programs.js';
import { readPackage } from '../../core/package/read-package.js';
import { makeDockerArchive, type ArchiveStyle, type TarFile, type TestImage } from './packages.js';
import { elf, type Machine } from './program-images.js';

const { signal } = new AbortController();

/** Name of each image and what was found in it. */
export async function findings(path: string, programs = true): Promise<ReadonlyMap<string, ProgramsFinding>> {
  const found = new Map<string, ProgramsFinding>();
  const source = await openPackage(path, { signal });
  await readPackage(
    source,
    {
      bundleEnd: async (_, { images, problem }) => {
        expect(problem).toBeNull();
        for (const image of images) for (const name of image.names) found.set(name, image.programs);
      },
    },
    { programs, signal },
  );
  return found;
}

/** The findings for images in a docker-archive, which is written into `folder`. */
export async function inArchive(
  folder: string,
  images: readonly TestImage[],
  style: ArchiveStyle = 'ggcr',
): Promise<ReadonlyMap<string, ProgramsFinding>> {
  const path = join(folder, 'images.tar');
  writeFileSync(path, makeDockerArchive(images, style));
  return findings(path);
}

export const program = (path: string, machine: Machine, type: 'exec' | 'dyn' | 'rel' = 'exec'): TarFile => ({
  path,
  body: elf(machine, type),
});
export const link = (path: string, linkpath: string, type: 'symlink' | 'link' = 'symlink'): TarFile => ({
  path,
  type,
  linkpath,
});
export const shell: TarFile = { path: 'bin/run', body: '#!/bin/sh\nexec true\n' };
