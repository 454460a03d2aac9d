// Guesses which platforms the tags of a site should serve, where no option says so, from what its multi-arch tags have in common.

/**
 * The usual platforms of a site. `held`: the platforms of each tag. Where some tags serve several platforms, the result are those
 * that more than half of these tags serve, so that a rare platform of a few foreign images is not missed in all others. Where every
 * tag serves a single platform, the result are all of them, because tags may have been collapsed to one architecture each.
 * Platforms with `unknown` are ignored.
 */
export function usualPlatforms(held: readonly (readonly string[])[]): readonly string[] {
  const known = held.map((platforms) => [...new Set(platforms)].filter((one) => !one.includes('unknown')));
  const several = known.filter((platforms) => platforms.length > 1);
  const every = (tags: readonly (readonly string[])[]): readonly string[] => [...new Set(tags.flat())].sort();
  if (several.length === 0) return every(known);
  const usual = every(several).filter(
    (platform) => several.filter((platforms) => platforms.includes(platform)).length * 2 > several.length,
  );
  return usual.length > 1 ? usual : every(several);
}
