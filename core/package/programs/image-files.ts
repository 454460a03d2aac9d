// The programs of an image as a container sees them: its layers one upon the other, links followed, what is hidden left out.
import { posix } from 'node:path';
import { LIMITS } from '../bytes/limits.js';
import type { LayerFile } from './layer-files.js';

type Shown = Exclude<LayerFile, { readonly kind: 'whiteout' }>;

export interface ImageProgram {
  /** Where it lies, without a leading slash. */
  readonly path: string;
  readonly architecture: string;
}

export class ImageFiles {
  #files = new Map<string, Shown>();

  /** `layers`: base first. */
  constructor(layers: Iterable<readonly LayerFile[]>) {
    for (const layer of layers) this.#put(layer);
  }

  *entries(): Iterable<Shown> {
    yield* this.#files.values();
  }

  /** Where a path leads to, links in all of its parts followed; null for a circle. */
  resolve(path: string): string | null {
    let at: readonly string[] = [];
    const rest = path.split('/').reverse();
    for (let hops = 0; rest.length > 0;) {
      const part = rest.pop();
      if (part === '..') at = at.slice(0, -1);
      if (part === undefined || part === '' || part === '.' || part === '..') continue;
      const here = this.#files.get([...at, part].join('/'));
      if (here?.kind !== 'symlink' && here?.kind !== 'hardlink') {
        at = [...at, part];
        continue;
      }
      if (++hops > LIMITS.linkHops) return null;
      // hard links name a path of the image, symlinks one from where they lie
      if (here.kind === 'hardlink' || here.to.startsWith('/')) at = [];
      rest.push(...here.to.split('/').reverse());
    }
    return at.join('/');
  }

  /** The program that a path leads to; null when it leads to none. */
  program(path: string): ImageProgram | null {
    const file = this.#files.get(this.resolve(path) ?? '');
    return file?.kind === 'program' ? file : null;
  }

  #put(layer: readonly LayerFile[]): void {
    const hidden = new Set<string>();
    for (const { kind, path } of layer) {
      // a link where a folder was takes the place of all that lay in it
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
