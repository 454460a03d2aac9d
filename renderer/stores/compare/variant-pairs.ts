// Which builds of an image the drawer puts side by side. Pure.
import type { CoverageImage, ImageDetail, ImageVariant } from '../../../core/contract.js';

/** Two builds for one platform: what the target has now, or a package, beside what another package brings. */
export interface VariantPair {
  readonly left: ImageVariant;
  readonly right: ImageVariant;
}

/** The pairs of one platform, that with the target first; none where there is only one build. */
export function pairsOf({ variants }: ImageDetail, platform: string): readonly VariantPair[] {
  const here = variants.filter((one) => one.platform === platform);
  const held = here.filter(({ from }) => from === 'target');
  const offered = here.filter(({ from }) => from !== 'target');
  const lefts = held.length > 0 ? held : offered.slice(0, 1);
  const rights = held.length > 0 ? offered : offered.slice(1);
  return lefts.flatMap((left) => rights.map((right): VariantPair => ({ left, right })));
}

/** The only build for a platform; null where there are several or none. */
export function singleOf({ variants }: ImageDetail, platform: string): ImageVariant | null {
  const here = variants.filter((one) => one.platform === platform);
  return here.length === 1 ? (here[0] ?? null) : null;
}

/** For each platform the build that the tag serves after the import, otherwise the first one. */
export function acrossPlatforms(
  { variants }: ImageDetail,
  { cells }: Pick<CoverageImage, 'cells'>,
): readonly ImageVariant[] {
  const platforms = [...new Set(variants.map(({ platform }) => platform))];
  return platforms.flatMap((platform) => {
    const here = variants.filter((one) => one.platform === platform);
    const cell = cells[platform];
    const served =
      cell?.state === 'replace'
        ? here.find(({ from }) => from !== 'target')
        : here.find(({ digest }) => digest === cell?.digest);
    return served ?? here[0] ?? [];
  });
}
