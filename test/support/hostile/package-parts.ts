// Packages around hostile parts: a good bundle stands before and behind what was built to do harm, and has to stay unharmed.
import { gzipSync } from 'node:zlib';
import { makeBundle, makeImage, makePackage, makeTar, tinyBundle, type TarFile } from '../packages.js';

/** A package that was built to exhaust or to deceive. `size` makes it larger: 1 is enough for a fault to show in a test. */
export interface Hostile {
  readonly name: string;
  readonly build: (size: number) => Buffer;
  /** Three times as large, it may use up what the compression around all bundles may give: then nothing of the package is imported. */
  readonly mayEndPackage?: boolean;
}

const good = (name: string): TarFile => ({
  path: `addon/${name}_1.0.0.bundle.tar`,
  body: makeBundle(tinyBundle(name, [makeImage(`ghcr.io/${name}/app:1.0.0`, 'amd64')])),
});

/** The sources of the images that every hostile package holds undamaged. */
export const GOOD_CHARTS = ['anchor', 'bollard'] as const;

/** A package of two good bundles and a bad one between them. */
export function besideGood(bad: Buffer): Buffer {
  return makePackage([good('anchor'), { path: 'addon/bad_1.0.0.bundle.tar', body: bad }, good('bollard')]);
}

/** The same with a bad bundle of these files. */
export function badBundle(files: readonly TarFile[]): Buffer {
  return besideGood(makeTar(files));
}

export interface BadChart {
  readonly chartYaml?: string;
  readonly values?: string;
  readonly hints?: string;
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

const CHART = 'apiVersion: v2\nname: bad\nversion: 1.0.0\n';
const VALUES = 'image:\n  registry: ghcr.io\n  repository: bad/app\n  tag: 1.0.0\n';
export const HINT = '- "{{ .image.registry }}/{{ .image.repository }}:{{ .image.tag }}"\n';

/** The same with a bundle whose chart holds what is given; its image is there and intact. */
export function badChart({ chartYaml = CHART, values = VALUES, hints = HINT, files = {} }: BadChart): Buffer {
  const images = tinyBundle('bad', [makeImage('ghcr.io/bad/app:1.0.0', 'amd64')]).images ?? '';
  return badBundle([
    { path: 'hints.yaml', body: hints },
    { path: 'original-chart/Chart.yaml', body: chartYaml },
    { path: 'original-chart/values.yaml', body: values },
    ...Object.entries(files).map(([path, body]) => ({ path: `original-chart/${path}`, body })),
    { path: 'images.tar', body: images },
  ]);
}

/** The same with a bundle whose images.tar holds these files. */
export function badImages(files: readonly TarFile[]): Buffer {
  return badBundle([
    { path: 'hints.yaml', body: HINT },
    { path: 'original-chart/Chart.yaml', body: CHART },
    { path: 'original-chart/values.yaml', body: VALUES },
    { path: 'images.tar', body: makeTar(files) },
  ]);
}

/** A packed chart of these files. */
export function packed(name: string, files: Readonly<Record<string, string | Buffer>>): Buffer {
  return gzipSync(makeTar(Object.entries(files).map(([path, body]) => ({ path: `${name}/${path}`, body }))));
}

/** `count` texts, one after the other. */
export function repeated(count: number, text: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => text(at)).join('');
}
