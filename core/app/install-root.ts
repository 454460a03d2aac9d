// Finds the folder of Archbridge itself: sources, compiled files and the bundled program lie at different depths
// below its package.json.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export function installRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = [here, join(here, '..', '..'), join(here, '..', '..', '..')];
  return places.find((place) => existsSync(join(place, 'package.json'))) ?? here;
}

/** Absolute paths of the example packages; empty where they are not installed. */
export function examplePackages(): readonly string[] {
  const folder = join(installRoot(), 'examples');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.tar.gz'))
    .sort()
    .map((name) => join(folder, name));
}

/** The built files of the window. */
export function windowFolder(): string {
  return join(installRoot(), 'dist', 'renderer');
}
