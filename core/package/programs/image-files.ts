// The programs of an image as a container sees them: layers applied in order, links followed, hidden files left out.
import { posix } from 'node:path';
import { LIMITS } from '../../flow/limits.js';
import type { LayerFile } from './layer-files.js';

type Shown = Exclude<LayerFile, { readonly kind: 'whiteout' }>;

export interface ImageProgram {
  /** Its path in the image, without a leading slash. */
  readonly path: string;
  readonly architecture: string;
}

/** The files of one image, with its layers applied one after the other. */
export class ImageFiles {
  #files = new Map<string, Shown>();
  /** Steps of all paths that were followed. */
  #steps = 0;

  /** `layers`: base first. */
  constructor(layers: Iterable<readonly LayerFile[]>) {
    for (const layer of layers) this.#put(layer);
  }

  /** True when links took so many steps that not every path was followed. */
  get isGivenUp(): boolean {
    return this.#steps > LIMITS.linkSteps;
  }

  *entries(): Iterable<Shown> {
    yield* this.#files.values();
  }

  /** The path after following links in all of its parts; null when they form a circle or links need too many steps. */
  resolve(path: string): string | null {
    let at = '';
    const rest = path.split('/').reverse();
    for (let hops = 0; rest.length > 0;) {
      if (++this.#steps > LIMITS.linkSteps) return null;
      const part = rest.pop();
      if (part === '..') at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
      if (part === undefined || part === '' || part === '.' || part === '..') continue;
      const next = at === '' ? part : `${at}/${part}`;
      const here = this.#files.get(next);
      if (here?.kind !== 'symlink' && here?.kind !== 'hardlink') {
        at = next;
        continue;
      }
      if (++hops > LIMITS.linkHops) return null;
      // the target of a hard link starts at the top of the image, that of a relative symlink at its folder
      if (here.kind === 'hardlink' || here.to.startsWith('/')) at = '';
      rest.push(...here.to.split('/').reverse());
    }
    return at;
  }

  /** The program at a path, after following links; null when there is none. */
  program(path: string): ImageProgram | null {
    const file = this.#files.get(this.resolve(path) ?? '');
    return file?.kind === 'program' ? file : null;
  }

  #put(layer: readonly LayerFile[]): void {
    const hidden = new Set<string>();
    for (const { kind, path } of layer) {
      // a link that replaces a folder hides all files that were in the folder
      if (kind === 'whiteout' || kind === 'symlink') hidden.add(path);
    }
    if (hidden.size > 0 && this.#files.size > 0) {
      this.#files = new Map([...this.#files].filter(([path]) => !isHidden(path, hidden)));
    }
    for (const file of layer) if (file.kind !== 'whiteout') this.#files.set(file.path, file);
  }
}

function isHidden(path: string, hidden: ReadonlySet<string>): boolean {
  for (let at = path; at !== '.'; at = posix.dirname(at)) if (hidden.has(at)) return true;
  return hidden.has('.');
}
