// Bundles in the forms of other tools that were built to exhaust: wraps of dt and the storage of a registry.
import { hexOf } from '../../../core/content/digest.js';
import { LayoutBuilder, makeImage, type JsonDescriptor, type TarFile } from '../packages.js';
import { badBundle, repeated, type Hostile } from './package-parts.js';

const files = (name: string, make: (size: number) => readonly TarFile[]): Hostile => ({
  name,
  build: (size) => badBundle(make(size)),
});

/** A wrap with one image; `lock` makes its Images.lock. */
const wrap = (name: string, lock: (size: number, image: JsonDescriptor) => string): Hostile =>
  files(`wrap: an Images.lock of ${name}`, (size) => {
    const layout = new LayoutBuilder();
    const image = layout.image(makeImage('ghcr.io/bad/app:1.0.0', 'amd64'));
    const folder = `bad-1.0.0/images/${hexOf(image.digest)}.layout`;
    return [
      { path: 'bad-1.0.0/chart/Chart.yaml', body: 'apiVersion: v2\nname: bad\nversion: 1.0.0\n' },
      { path: 'bad-1.0.0/chart/Images.lock', body: lock(size, image) },
      ...layout.files([image]).map((file) => ({ ...file, path: `${folder}/${file.path}` })),
    ];
  });

const digestLine = ({ digest }: JsonDescriptor): string => `      - digest: ${digest}\n`;

/** The storage of a registry with one image; `list` makes its images.yaml. */
const storage = (name: string, list: (size: number) => string, tags: (size: number) => number): Hostile =>
  files(`storage: ${name}`, (size) => {
    const layout = new LayoutBuilder();
    const image = layout.image(makeImage('ghcr.io/bad/app:1.0.0', 'amd64'));
    const root = 'docker/registry/v2';
    const link = `${root}/repositories/bad/app/_manifests/tags/1/current/link`;
    return [
      ...layout.files([]).flatMap(({ path, body }) => {
        const hex = /^blobs\/sha256\/(.+)$/.exec(path)?.[1];
        return hex ? [{ path: `${root}/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`, body: body ?? '' }] : [];
      }),
      ...Array.from({ length: tags(size) }, () => ({ path: link, body: image.digest })),
      { path: 'images.yaml', body: list(size) },
    ];
  });

export const HOSTILE_OTHERS: readonly Hostile[] = [
  wrap(
    'many names for one image',
    (size, image) =>
      `images:\n${repeated(20_000 * size, (at) => `  - image: ghcr.io/bad/a${at}:1\n    digests:\n${digestLine(image)}`)}`,
  ),
  wrap(
    'one image many times',
    (size, image) =>
      `images:\n  - image: ghcr.io/bad/app:1\n    digests:\n${digestLine(image).repeat(15_000 * size)}`,
  ),
  wrap('errors in every line', (size) => 'a: b: c\n'.repeat(100_000 * size)),
  wrap('open brackets', (size) => `a: ${'[{'.repeat(50_000 * size)}\n`),
  wrap('aliases', (size) => `a: &a [x]\nimages: [${'*a, '.repeat(20_000 * size)}*a]\n`),
  storage(
    'one tag many times, of many registries',
    (size) => repeated(2_000 * size, (at) => `r${at}:\n  images:\n    bad/app: ["1"]\n`),
    (size) => 3_000 * size,
  ),
  storage(
    'a list with one tag many times',
    (size) => `ghcr.io:\n  images:\n    bad/app:\n${'      - "1"\n'.repeat(6_000 * size)}`,
    () => 1,
  ),
];
