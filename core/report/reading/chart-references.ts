// Finds which images a published chart names by its hints, where they lie in the target, and which image names mean this target.
import type { Chart } from '../../chart/files/chart.js';
import type { NamingRules } from '../../chart/relocation/naming.js';
import { planChart } from '../../chart/relocation/plan-chart.js';
import { imagesRead } from '../../chart/relocation/read-hints.js';
import { relocateName } from '../../chart/relocation/relocation.js';
import type { ValuePath } from '../../chart/types.js';
import { familiarReference, formatReference, type Reference } from '../../content/reference.js';
import type { AppError } from '../../errors.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { placeIn } from '../../target/place.js';

export interface ChartReference {
  /** In its short form, as in `nginx:1`. */
  readonly text: string;
  readonly source: Reference;
  /** Where the naming rules would put it; equal to `source` when it is named there already. */
  readonly home: Reference;
}

/** Where a reference leads in a target: `reference` is a tag or a digest. */
export interface ReadPlace {
  readonly repository: string;
  readonly reference: string;
}

export interface HintedReferences {
  readonly references: readonly ChartReference[];
  /** Keys of the values that the hints use. */
  readonly keys: readonly ValuePath[];
  readonly problems: readonly AppError[];
}

/**
 * The images that the hints name, as Helm reads them: an aliased subchart has its values under the alias, whatever the hint says.
 * `hints`: the hints file of the bundle, for a chart that holds none. Hints that give no image name are in `problems`.
 */
export function hintedReferences(chart: Chart, hints: Buffer | null, rules: NamingRules): HintedReferences {
  const read = imagesRead(chart, hints);
  const planned = planChart(chart, hints, rules).images;
  const references = new Map<string, ChartReference>();
  for (const { source, hint } of read) {
    const name = formatReference(source);
    const home = planned.find((image) => image.hint === hint && formatReference(image.source) === name);
    references.set(name, {
      text: familiarReference(source),
      source,
      home: home?.target ?? relocateName(source, rules),
    });
  }
  const isRead = ({ code, params }: AppError): boolean =>
    code === 'chart.hint-not-read' && read.some(({ hint }) => hint === params['hint']);
  const problems = planChart(chart, hints, {}).problems.filter((problem) => !isRead(problem));
  return { references: [...references.values()], keys: read.flatMap(({ keys }) => keys), problems };
}

/** Gives a function that tells whether a reference means the target; in a folder without naming rules, and under mirror naming, each does. */
export function ownNames(
  images: Pick<ImageTarget, 'host'>,
  { mirror, containerRegistry, containerPrefixRegistry }: NamingRules,
): (reference: Reference) => boolean {
  const named = [images.host, containerRegistry ?? '', containerPrefixRegistry ?? ''];
  const hosts = new Set(named.map((name) => name.split('/', 1)[0] ?? '').filter(Boolean));
  return ({ registry }) => mirror === true || hosts.size === 0 || hosts.has(registry);
}

/** The place to read. Under mirror naming a node asks for the canonical path, whatever host the name has. */
export function readPlace(images: Pick<ImageTarget, 'kind'>, reference: Reference): ReadPlace {
  const { repository, tag } = placeIn(images, reference);
  return { repository, reference: reference.digest ?? tag };
}

/** The place of an image of a published chart whose name means the target (see {@link ownNames}). */
export function homePlace(
  { source, home }: ChartReference,
  images: Pick<ImageTarget, 'kind'>,
  rules: NamingRules,
): ReadPlace {
  if (!rules.mirror) return readPlace(images, source);
  return readPlace(images, source.digest ? { ...home, digest: source.digest } : home);
}
