// Images that neither a package nor a chart names get the name of `--image-name`.
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import { nameImages, readImageName } from '../../../core/package/images/name-images.js';
import { unusableImage } from '../../../core/package/images/image-problems.js';
import type { BundleContent, PackageImage } from '../../../core/package/stream/package-stream.js';
import { AppError } from '../../../core/errors.js';

const PROBLEM = new AppError('package.image-incomplete', {
  origin: 'package',
  params: { image: 'a', part: 'b' },
});

function image(architecture: string, fields: Partial<PackageImage> = {}): PackageImage {
  const descriptor = {
    mediaType: '',
    digest: digestOf(`${architecture} ${JSON.stringify(fields)}`),
    size: 1,
  };
  const platform = { os: 'linux', architecture };
  return {
    ...unusableImage({ names: [], tags: [] }, { ...descriptor, platform }, PROBLEM),
    problem: null,
    ...fields,
  };
}

function content(...images: PackageImage[]): BundleContent {
  return { chart: null, hints: null, images, hasImages: true, problem: null };
}

const namesOf = (named: BundleContent): unknown => named.images.map((one) => one.names);

describe('--image-name', () => {
  it.each([
    ['docks.example/app', { tags: ['2.1', 'latest'] }, ['docks.example/app:2.1', 'docks.example/app:latest']],
    ['docks.example:5000/a/b', { tags: ['2.1'] }, ['docks.example:5000/a/b:2.1']],
    ['docks.example/app:9', { tags: ['2.1'] }, ['docks.example/app:9']],
    ['docks.example/app', {}, ['docks.example/app:latest']],
    ['app', { tags: ['1'] }, ['index.docker.io/library/app:1']],
    ['docks.example/app:9', { names: ['ghcr.io/org/named:1'] }, ['ghcr.io/org/named:1']],
  ])('%s names an image with %j', (name, fields, names) => {
    expect(namesOf(nameImages(content(image('amd64', fields)), 'b', readImageName(name)))).toEqual([names]);
  });

  it('names the images of two platforms, and not two of one platform', () => {
    const name = readImageName('docks.example/app:1');
    const two = nameImages(content(image('amd64'), image('arm64')), 'b', name);
    expect(namesOf(two)).toEqual([['docks.example/app:1'], ['docks.example/app:1']]);
    expect(two.problem).toBeNull();
    const same = content(image('amd64', { tags: ['1'] }), image('amd64', { tags: ['2'] }));
    expect(nameImages(same, 'b', name).problem?.code).toBe('package.tag-conflict');
    expect(nameImages(same, 'b', readImageName('docks.example/app')).problem).toBeNull();
  });

  it('leaves a bundle with a chart alone, whose chart names the images', () => {
    const bundle = { ...content(image('amd64')), chart: new Map() };
    expect(nameImages(bundle, 'b', readImageName('docks.example/app'))).toBe(bundle);
    expect(nameImages(content(image('amd64')), 'b', readImageName(undefined)).images[0]?.names).toEqual([]);
  });

  it.each(['', 'UPPER/case', 'docks.example/app:', 'docks.example/app:1 2', `a/b@${digestOf('x')}`])(
    'refuses %j',
    (text) => {
      expect(() => readImageName(text)).toThrow(expect.objectContaining({ code: 'config.bad-image-name' }));
    },
  );
});
