// Optional fields of JSON that programs in other languages wrote: null, which .NET, Python and Java write for a field that is
// not set, counts as absent. Go's decoder, which skopeo, containerd and Docker use, reads it so: https://pkg.go.dev/encoding/json#Unmarshal
import { z } from 'zod';

/**
 * The schema of a field that may be missing: undefined for a missing field and for null, else what `schema` gives. A value of
 * another kind is refused as `schema` refuses it.
 */
export function optional<T extends z.ZodType>(schema: T): z.ZodType<z.output<T> | undefined> {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** The same for a map of texts, as annotations and labels are: an entry whose value is null is left out. */
export const optionalTexts = optional(
  z.record(z.string(), z.string().nullable()).transform((texts) => {
    const present = Object.entries(texts).flatMap(([key, value]) =>
      value === null ? [] : [[key, value] as const],
    );
    return Object.fromEntries(present);
  }),
);
