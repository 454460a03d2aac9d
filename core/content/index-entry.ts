// The entries of an index: read as Go programs read them, so that what skopeo takes is no obstacle here either.
// https://github.com/opencontainers/image-spec/blob/main/image-index.md
import { z } from 'zod';
import { optional, optionalTexts } from './absent.js';
import { platformFromJson, platformSchema, type Descriptor } from './descriptor.js';
import { isDigest } from './digest.js';
import type { Platform } from './platform.js';

export interface IndexEntry {
  /**
   * Null for an entry that Archbridge cannot follow: null, without a digest, or with one of another algorithm than SHA-256. It stays in
   * the index as it is. `size` is 0 and `mediaType` '' where the entry does not say.
   */
  readonly descriptor: Descriptor | null;
  /** The platform of the entry, also without a descriptor; null where it has none. */
  readonly platform: Platform | null;
}

const shape = z.looseObject({
  mediaType: optional(z.string()),
  digest: optional(z.string()),
  size: optional(z.number().int()),
  urls: optional(z.array(z.string().nullable())),
  annotations: optionalTexts,
  platform: optional(platformSchema),
});

/** Reads one entry. Refuses only what Go's decoder refuses as well: a field of another kind than the specification has. */
export const indexEntrySchema = z
  .looseObject({})
  .nullable()
  .transform((raw, context): IndexEntry => {
    if (raw === null) return { descriptor: null, platform: null };
    refuseOtherSpelling(raw, ['digest', 'platform'], context);
    const parsed = shape.safeParse(raw);
    if (!parsed.success) {
      for (const issue of parsed.error.issues) context.addIssue({ ...issue });
      return z.NEVER;
    }
    const { mediaType = '', digest, size = 0, urls, annotations, platform: named } = parsed.data;
    if (named) refuseOtherSpelling(named, ['os', 'architecture', 'variant', 'os.version'], context);
    const platform = named ? platformFromJson(named) : null;
    if (!isDigest(digest) || size < 0) return { descriptor: null, platform };
    const descriptor: Descriptor = {
      ...{ mediaType, digest, size },
      ...(urls ? { urls: urls.filter((url) => url !== null) } : {}),
      ...(annotations ? { annotations } : {}),
      ...(platform ? { platform } : {}),
      raw,
    };
    return { descriptor, platform };
  });

/**
 * Adds an issue for a field like `Digest` in the place of `digest`. Go programs take it for the same field; here it would be taken for
 * an absent one, and an entry that they serve would be overlooked.
 */
export function refuseOtherSpelling(
  json: object,
  fields: readonly string[],
  context: { addIssue(issue: { code: 'custom'; message: string }): void },
): void {
  for (const key of Object.keys(json)) {
    const field = key.toLowerCase();
    if (key !== field && fields.includes(field))
      context.addIssue({ code: 'custom', message: `the field ${field} is written as ${key}` });
  }
}
