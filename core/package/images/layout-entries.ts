// Reads the entries of index.json and of indexes in a layout one by one, so that one with a digest of another algorithm does not cost the others.
// https://github.com/opencontainers/image-spec/blob/main/image-index.md
import { z } from 'zod';
import { optional, optionalTexts } from '../../content/absent.js';
import { descriptorSchema, type Descriptor } from '../../content/descriptor.js';
import { digestOf } from '../../content/digest.js';
import { parseBoundedJson, parseJson } from '../../content/json-text.js';

/** An entry whose digest has another algorithm than SHA-256. */
export interface OtherEntry {
  /** Stands for it: its type and annotations, and a digest that no blob has. */
  readonly descriptor: Descriptor;
  /** The digest as it is written: `sha512:...`. */
  readonly digest: string;
}

export interface IndexEntries {
  readonly descriptors: readonly Descriptor[];
  readonly others: readonly OtherEntry[];
}

const indexSchema = z.looseObject({ manifests: optional(z.array(z.unknown())) });
const entrySchema = z.looseObject({
  mediaType: z.string().catch(''),
  digest: z.string().catch(''),
  annotations: optionalTexts.catch(undefined),
});
const partsSchema = z.looseObject({ config: z.unknown(), layers: optional(z.array(z.unknown())) });

/** The entries of an index; a text that says what is wrong, when the index or one of its entries cannot be read at all. */
export function parseEntries(bytes: Buffer): IndexEntries | string {
  let json: unknown;
  try {
    json = parseBoundedJson(bytes);
  } catch (error) {
    return error instanceof Error ? error.message : 'not JSON';
  }
  const parsed = indexSchema.safeParse(json);
  if (!parsed.success) return detailOf(parsed.error);
  const descriptors: Descriptor[] = [];
  const others: OtherEntry[] = [];
  for (const entry of parsed.data.manifests ?? []) {
    const read = descriptorSchema.safeParse(entry);
    const other = otherDigestOf(entry);
    if (read.success) descriptors.push(read.data);
    else if (other !== null) others.push({ descriptor: standIn(entry), digest: other });
    else return detailOf(read.error);
  }
  return { descriptors, others };
}

/** The first digest of another algorithm among the config and layers of a manifest; null when there is none. */
export function otherDigestIn(manifest: Buffer): string | null {
  const json = parseJson(manifest.toString('utf8'));
  const { config, layers } = partsSchema.safeParse(json).data ?? {};
  return [config, ...(layers ?? [])].map(otherDigestOf).find((digest) => digest !== null) ?? null;
}

function standIn(entry: unknown): Descriptor {
  const { mediaType, annotations } = entrySchema.safeParse(entry).data ?? { mediaType: '', annotations: {} };
  return {
    mediaType,
    digest: digestOf(JSON.stringify(entry)),
    size: 0,
    ...(annotations ? { annotations } : {}),
  };
}

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests */
function otherDigestOf(entry: unknown): string | null {
  const digest = entrySchema.safeParse(entry).data?.digest ?? '';
  return /^(?!sha256:)[a-z0-9]+(?:[+._-][a-z0-9]+)*:[\w=-]+$/.test(digest) ? digest : null;
}

function detailOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  return issue ? `${path === '' ? '' : `${path}: `}${issue.message}` : error.message;
}
