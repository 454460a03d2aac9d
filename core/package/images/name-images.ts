// Names images that neither their package nor a chart names, as the option `--image-name` asks for.
import { formatReference, parseReference, type Reference } from '../../content/reference.js';
import { AppError } from '../../errors.js';
import type { BundleContent, PackageImage } from '../stream/package-stream.js';
import { tagConflict } from './archive-images.js';

/** Reads `REPO[:TAG]`; null when nothing is given. Throws `config.bad-image-name`. */
export function readImageName(text: string | undefined): Reference | null {
  if (text === undefined) return null;
  const name = parseReference(text);
  if (name === null || name.digest !== undefined)
    throw new AppError('config.bad-image-name', { origin: 'config', params: { value: text } });
  return name;
}

/**
 * The content of a bundle with its nameless images named. The tag is that of `name`, else the one that the package gives, else `latest`.
 * A bundle with a chart stays as it is: its chart names the images. Two images of one platform that would get the same name make the
 * bundle unusable (`package.tag-conflict`).
 * @param bundle path of the bundle, for messages
 */
export function nameImages(content: BundleContent, bundle: string, name: Reference | null): BundleContent {
  if (name === null || content.chart !== null) return content;
  const images = content.images.map((image) => (image.names.length > 0 ? image : nameImage(image, name)));
  return { ...content, images, problem: content.problem ?? tagConflict(bundle, images, new Set()) };
}

function nameImage(image: PackageImage, name: Reference): PackageImage {
  const tags = name.tag === undefined && image.tags.length > 0 ? image.tags : [name.tag ?? 'latest'];
  return { ...image, names: tags.map((tag) => formatReference({ ...name, tag })) };
}
