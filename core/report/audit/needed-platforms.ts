// Guesses which platforms the tags of a site should serve, where no option says so, from what its multi-arch tags have in common.

/**
 * `held`: the platforms of each tag. Where some tags serve several platforms, what more than half of them serve; an exotic one that
 * a few foreign images have is then no gap of all the others. Where every tag serves a single one, all of them: a site whose
 * tags were collapsed to one architecture or another looks like that. `unknown` counts for nothing.
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
